//! A preset's sound to the parameters of voice, phases and channels, and back.

use netbend_models::bends::sound::{Phase, Sound, Stereo};
use nice_plug::prelude::*;

use super::number::shortest;
use super::set::set;
use crate::params::phase::PhaseChoice;
use crate::params::{NetbendParams, StereoChoice};

/// Turns the knobs to what the preset says.
pub(super) fn apply(sound: &Sound, params: &NetbendParams) {
    let voice = &params.voice;
    set(&voice.floor, sound.floor_db);
    set(&voice.ceiling, sound.ceiling_db);
    set(&voice.smoothing, sound.smoothing);
    set(&voice.transient_lock, sound.transient_lock);
    set(&voice.band_low, sound.band_low_hz);
    set(&voice.band_high, sound.band_high_hz);
    set(&voice.auto_gain, sound.auto_gain);
    let count = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    set(&params.phase.method, phase_choice(sound.phase));
    set(&params.phase.iterations, count(sound.phase_iterations));
    set(&params.phase.look_ahead, count(sound.phase_look_ahead));
    let stereo = match sound.stereo {
        Stereo::Linked => StereoChoice::Linked,
        Stereo::Dual => StereoChoice::Dual,
    };
    set(&params.stereo, stereo);
    set(&params.sidechain, sound.sidechain);
}

/// What the knobs say.
pub(super) fn capture(params: &NetbendParams) -> Sound {
    let voice = &params.voice;
    let count = |param: &IntParam| param.value().max(0).unsigned_abs();
    Sound {
        floor_db: value(&voice.floor),
        ceiling_db: value(&voice.ceiling),
        smoothing: voice.smoothing.value(),
        transient_lock: voice.transient_lock.value(),
        band_low_hz: value(&voice.band_low),
        band_high_hz: value(&voice.band_high),
        auto_gain: voice.auto_gain.value(),
        phase: phase(params.phase.method.value()),
        phase_iterations: count(&params.phase.iterations),
        phase_look_ahead: count(&params.phase.look_ahead),
        stereo: match params.stereo.value() {
            StereoChoice::Linked => Stereo::Linked,
            StereoChoice::Dual => Stereo::Dual,
        },
        sidechain: params.sidechain.value(),
    }
}

/// The shortest number that turns the knob to where it is.
fn value(knob: &FloatParam) -> f32 {
    let position = knob.preview_normalized(knob.value());
    shortest(knob.value(), |value| {
        knob.preview_normalized(value) == position
    })
}

fn phase(choice: PhaseChoice) -> Phase {
    match choice {
        PhaseChoice::Auto => Phase::Auto,
        PhaseChoice::Input => Phase::Input,
        PhaseChoice::Rtpghi => Phase::Rtpghi,
        PhaseChoice::Vocoder => Phase::Vocoder,
        PhaseChoice::GriffinLim => Phase::GriffinLim,
    }
}

fn phase_choice(phase: Phase) -> PhaseChoice {
    match phase {
        Phase::Auto => PhaseChoice::Auto,
        Phase::Input => PhaseChoice::Input,
        Phase::Rtpghi => PhaseChoice::Rtpghi,
        Phase::Vocoder => PhaseChoice::Vocoder,
        Phase::GriffinLim => PhaseChoice::GriffinLim,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Preset, apply as apply_preset, capture as capture_preset};
    use super::*;
    use netbend_models::bends::sound::{
        BAND_RANGE_HZ, CEILING_RANGE_DB, FLOOR_RANGE_DB, ITERATION_RANGE, LOOK_AHEAD_RANGE,
    };

    #[test]
    fn what_a_preset_leaves_out_is_the_parameters_default() {
        assert_eq!(capture(&NetbendParams::default()), Sound::default());
    }

    #[test]
    fn presets_and_knobs_have_the_same_ranges() {
        let params = NetbendParams::default();
        let voice = &params.voice;
        for (knob, (least, most)) in [
            (&voice.floor, FLOOR_RANGE_DB),
            (&voice.ceiling, CEILING_RANGE_DB),
            (&voice.band_low, BAND_RANGE_HZ),
            (&voice.band_high, BAND_RANGE_HZ),
        ] {
            let ends = [0.0, 1.0].map(|unit| knob.preview_plain(unit));
            assert_eq!(ends, [least, most], "{}", knob.name());
        }
        for (knob, (least, most)) in [
            (&params.phase.iterations, ITERATION_RANGE),
            (&params.phase.look_ahead, LOOK_AHEAD_RANGE),
        ] {
            let ends = [0.0, 1.0].map(|unit| knob.preview_plain(unit));
            assert_eq!(ends, [least as i32, most as i32], "{}", knob.name());
        }
    }

    #[test]
    fn names_in_presets_are_the_ids_of_the_parameters() {
        let phases = Phase::ALL.map(Phase::name);
        assert_eq!(PhaseChoice::ids().unwrap_or_default(), phases);
        let stereos = Stereo::ALL.map(Stereo::name);
        assert_eq!(StereoChoice::ids().unwrap_or_default(), stereos);
    }

    /// What of the controls a preset's sound decides, but the edges of the band.
    fn heard(params: &NetbendParams) -> impl PartialEq + std::fmt::Debug + use<> {
        let controls = params.controls();
        (
            (controls.shape.limits, controls.shape.smoothing),
            (controls.auto_gain, controls.transient_lock),
            (controls.phase, controls.stereo, controls.sidechain),
        )
    }

    /// The edges of the band, in hertz.
    fn edges(params: &NetbendParams) -> [f32; 2] {
        let band = params.controls().shape.band;
        [band.low_hz, band.high_hz]
    }

    /// Through a file, every knob goes back to its place, wherever it was.
    #[test]
    fn the_sound_of_a_preset_is_the_same_elsewhere() {
        /// A few steps of an `f32`: from hertz to a skewed knob's position and back there are powers.
        const TOLERANCE: f32 = 1e-6;
        for turn in 0..40 {
            let params = NetbendParams::default();
            let unit = (turn as f32 * 0.618_034).fract();
            let voice = &params.voice;
            for knob in [
                &voice.floor,
                &voice.ceiling,
                &voice.smoothing,
                &voice.transient_lock,
                &voice.band_low,
                &voice.band_high,
            ] {
                set(knob, knob.preview_plain(unit));
            }
            set(&voice.auto_gain, turn % 2 == 0);
            set(&params.sidechain, turn % 3 == 0);
            set(&params.phase.method, phase_choice(Phase::ALL[turn % 5]));
            set(&params.phase.iterations, 1 + turn as i32 % 32);
            set(&params.phase.look_ahead, turn as i32 % 4);
            if turn % 2 == 1 {
                set(&params.stereo, StereoChoice::Dual);
            }
            let text = capture_preset(&params).unwrap().to_yaml();
            let read = Preset::from_yaml(&text, "captured.yaml").unwrap();
            let elsewhere = NetbendParams::default();
            apply_preset(&read, &elsewhere).unwrap();
            assert_eq!(heard(&elsewhere), heard(&params), "{text}");
            for (there, here) in edges(&elsewhere).into_iter().zip(edges(&params)) {
                assert!((there - here).abs() <= TOLERANCE * here, "{text}");
            }
        }
    }

    #[test]
    fn numbers_are_written_as_they_were_typed() {
        let params = NetbendParams::default();
        set(&params.voice.band_low, 120.0);
        set(&params.voice.floor, -24.5);
        let text = capture_preset(&params).unwrap().to_yaml();
        assert!(
            text.contains("\nband-low: 120.0\n") && text.contains("\nvoice-floor: -24.5\n"),
            "{text}"
        );
    }

    #[test]
    fn a_preset_without_these_keys_turns_the_knobs_back() {
        let params = NetbendParams::default();
        let before = (heard(&params), edges(&params));
        let text = "transient-lock: 0.5\nband-low: 300\nauto-gain: false\nphase: vocoder\n\
                    stereo: dual\nsidechain: true\nvoice-floor: -12\n";
        let preset = Preset::from_yaml(text, "some.yaml").unwrap();
        apply_preset(&preset, &params).unwrap();
        let controls = params.controls();
        assert_eq!(controls.transient_lock, 0.5);
        assert!((controls.shape.band.low_hz - 300.0).abs() < 0.01);
        assert!(!controls.auto_gain && controls.sidechain);
        apply_preset(&Preset::default(), &params).unwrap();
        assert_eq!((heard(&params), edges(&params)), before);
    }
}
