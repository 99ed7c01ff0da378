//! The parts mixer: faders at 0 dB change nothing, others act from the first sample on, and none clicks when it moves.
//!
//! The model is the one that ships with parts dealt out anew, so that it has some whatever ships. What its own parts come to is measured by
//! `cargo xtask parts`.

use std::fs;

use kit::parted::with_parts;
use netbend_dsp::StftGeometry;
use netbend_dsp::signal::{noise, sine};
use netbend_dsp::spectrogram::{analyze, magnitudes};
use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, param_id};
use netbend_tests::hosted::Hosted;
use netbend_tests::measure::{largest_step, null_db};
use netbend_tests::{alone, built, host, vst3};
use tempfile::TempDir;

use crate::sound::drums;

const PARTS: [&str; 3] = ["kick", "snare", "hats"];
const SECONDS: f32 = 1.5;
/// What is the same: what is left of 32-bit floats and two Fourier transforms is near −138 dB.
const NULL_DB: f64 = -120.0;
/// What is not the same differs by more than this.
const HEARD_DB: f64 = -40.0;

const BEND: [(&str, &str); 3] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Multiply"),
];

const RATE: u32 = 44_100;
/// A sixteenth at 120 beats per minute.
const SIXTEENTH: usize = RATE as usize / 8;
/// Sixteenths that begin with a jump, and sixteenths that are ramps after them.
const JUMPS: usize = 6;
const RAMPS: usize = 4;
const SAMPLES: usize = (JUMPS + RAMPS) * SIXTEENTH;
/// How often a ramp moves, in samples.
const RAMP_STEP: usize = 64;
/// The largest step between two samples while a fader moves, as a multiple of the largest while it rests; and so the amplitude of what
/// sounds above [`HIGH_HZ`].
const LIMIT: f32 = 2.0;
/// Nothing that is played but soft noise lies above: a click does.
const HIGH_HZ: f32 = 8_000.0;

/// Netbend's resources, where the model has the parts `names` and no others.
fn resources(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(built::resources()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let model = fs::read(built::resources().join("models/drums.onnx")).unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    let parted = with_parts(&model, names);
    fs::write(folder.path().join("models/drums.onnx"), parted).unwrap();
    folder
}

fn opened<P: Hosted>(settings: &[(&str, &str)]) -> P {
    let mut plugin = P::open().unwrap();
    set(&mut plugin, settings);
    plugin
}

fn set<P: Hosted>(plugin: &mut P, settings: &[(&str, &str)]) {
    for (id, text) in settings {
        plugin.set_text(id, text).unwrap();
    }
}

/// Sets what every part has to the same.
fn set_all<P: Hosted>(plugin: &mut P, what: &str, text: &str) {
    for number in 1..=PARTS.len() {
        let id = format!("part_{what}_{number}");
        set(plugin, &[(id.as_str(), text)]);
    }
}

fn assert_null<P: Hosted>(expected: &Audio, found: &Audio, what: &str) {
    let null_db = null_db(expected, found);
    println!("{}, {what}: {null_db:.1} dB", P::FORMAT);
    assert!(null_db <= NULL_DB, "{}, {what}: {null_db:.1} dB", P::FORMAT);
}

fn assert_heard<P: Hosted>(without: &Audio, with: &Audio, what: &str) {
    let null_db = null_db(without, with);
    assert!(
        null_db > HEARD_DB,
        "{}, {what}: not heard, {null_db:.1} dB",
        P::FORMAT
    );
}

fn assert_level_faders_null<P: Hosted>() {
    let input = drums(SECONDS);
    for bends in [&[][..], &BEND] {
        let untouched = opened::<P>(bends).bounce(&input).unwrap();
        if bends.is_empty() {
            assert_null::<P>(&input, &untouched, "no bend and no mixer");
        }
        let mut plugin = opened::<P>(bends);
        set_all(&mut plugin, "gain", "-12 dB");
        let lowered = plugin.bounce(&input).unwrap();
        assert_heard::<P>(&untouched, &lowered, "all parts at −12 dB");
        set_all(&mut plugin, "gain", "0 dB");
        let level = plugin.bounce(&input).unwrap();
        assert_null::<P>(&untouched, &level, "faders back at 0 dB");
        set_all(&mut plugin, "solo", "On");
        let soloed = plugin.bounce(&input).unwrap();
        assert_null::<P>(&untouched, &soloed, "all parts soloed");
    }
}

#[test]
fn faders_at_0_db_are_no_mixer_in_both_formats() {
    alone::with_resources(
        "parts::faders_at_0_db_are_no_mixer_in_both_formats",
        resources(&PARTS).path(),
        || {
            assert_level_faders_null::<host::Plugin>();
            assert_level_faders_null::<vst3::Plugin>();
        },
    );
}

fn assert_faders_without_parts_null<P: Hosted>() {
    let input = drums(SECONDS);
    let mut plugin = opened::<P>(&[]);
    set_all(&mut plugin, "gain", "-inf");
    set(&mut plugin, &[("part_mute_1", "On"), ("part_solo_3", "On")]);
    let output = plugin.bounce(&input).unwrap();
    assert_null::<P>(&input, &output, "a model without parts");
}

#[test]
fn faders_of_a_model_without_parts_change_nothing_in_both_formats() {
    alone::with_resources(
        "parts::faders_of_a_model_without_parts_change_nothing_in_both_formats",
        resources(&[]).path(),
        || {
            assert_faders_without_parts_null::<host::Plugin>();
            assert_faders_without_parts_null::<vst3::Plugin>();
        },
    );
}

/// The first bounce of an instance loads the model, which says how many parts there are.
fn assert_acts_from_the_first_sample<P: Hosted>() {
    let input = drums(SECONDS);
    let silenced: [&[(&str, &str)]; 3] = [
        &[("part_gain_3", "-inf")],
        &[("part_mute_3", "On")],
        &[("part_solo_1", "On"), ("part_solo_2", "On")],
    ];
    let mut first = None;
    for settings in silenced {
        let mut plugin = opened::<P>(settings);
        let output = plugin.bounce(&input).unwrap();
        let again = plugin.bounce(&input).unwrap();
        assert_null::<P>(&again, &output, "the first bounce beside the second");
        let expected = first.get_or_insert(again);
        assert_heard::<P>(&input, &output, "a part silenced");
        assert_null::<P>(expected, &output, "silenced another way");
    }
}

#[test]
fn a_part_is_silent_from_the_first_sample_on_in_both_formats() {
    alone::with_resources(
        "parts::a_part_is_silent_from_the_first_sample_on_in_both_formats",
        resources(&PARTS).path(),
        || {
            assert_acts_from_the_first_sample::<host::Plugin>();
            assert_acts_from_the_first_sample::<vst3::Plugin>();
        },
    );
}

/// Low tones over very soft noise, faded in and out: a step of 0.1 would be plain to hear.
fn tones() -> Audio {
    let seconds = SAMPLES as f32 / RATE as f32;
    let mut sum = noise(RATE as f32, seconds, 0.001, 1);
    for (hz, amplitude) in [(110.0, 0.2), (110.7, 0.1), (221.3, 0.1), (331.0, 0.05)] {
        let tone = sine(RATE as f32, seconds, hz, amplitude);
        sum.iter_mut().zip(tone).for_each(|(sum, x)| *sum += x);
    }
    let fade = SIXTEENTH / 2;
    for n in 0..fade {
        let gain = n as f32 / fade as f32;
        sum[n] *= gain;
        sum[SAMPLES - 1 - n] *= gain;
    }
    Audio::same(RATE, 2, &sum)
}

/// The largest amplitude, over time, of what sounds above [`HIGH_HZ`].
fn largest_high(audio: &Audio) -> f32 {
    let geometry = StftGeometry::for_sample_rate(RATE as f32).unwrap();
    let levels = magnitudes(&analyze(&audio.channels[0], geometry).unwrap());
    let first = (HIGH_HZ / RATE as f32 * geometry.fft_size as f32) as usize;
    let high = |frame: &[f32]| frame[first..].iter().map(|x| x * x).sum::<f32>();
    let rows = levels.rows();
    let frames = rows.into_iter().map(|row| high(row.as_slice().unwrap()));
    frames.fold(0.0, f32::max).sqrt()
}

/// Jumps over the whole range at every sixteenth, then, where there is something between, ramps to and fro.
fn automation(id: &str, [min, max]: [f64; 2], has_ramps: bool) -> Automation {
    let jumps = if has_ramps { JUMPS } else { JUMPS + RAMPS };
    let mut automation = Automation::default();
    for sixteenth in 0..jumps {
        let value = if sixteenth % 2 == 0 { min } else { max };
        automation = automation.at_number(sixteenth * SIXTEENTH, param_id(id), value);
    }
    for sample in (jumps * SIXTEENTH..SAMPLES).step_by(RAMP_STEP) {
        let turn = (sample as f64 / SIXTEENTH as f64).rem_euclid(2.0);
        let share = 1.0 - (turn - 1.0).abs();
        automation = automation.at_number(sample, param_id(id), min + share * (max - min));
    }
    automation
}

fn assert_no_clicks<P: Hosted>() {
    let input = tones();
    for (id, ends) in [
        ("part_gain_2", ["-inf", "12 dB"]),
        ("part_mute_2", ["Off", "On"]),
        ("part_solo_2", ["Off", "On"]),
    ] {
        let mut plugin = opened::<P>(&[]);
        let rests = ends.map(|end| {
            set(&mut plugin, &[(id, end)]);
            plugin.bounce(&input).unwrap()
        });
        assert_heard::<P>(&rests[0], &rests[1], id);
        let (_, range) = plugin.value(id).unwrap();
        let moves = automation(id, range, id.starts_with("part_gain"));
        let moving = plugin.bounce_moving(&input, &moves).unwrap();
        for (what, figure) in [
            ("largest step", largest_step as fn(&Audio) -> f32),
            ("highs", largest_high),
        ] {
            let ratio = figure(&moving) / rests.iter().map(figure).fold(0.0, f32::max);
            println!("{}, {id}: {what} {ratio:.2}", P::FORMAT);
            assert!(ratio <= LIMIT, "{}, {id}: {what} {ratio:.2}", P::FORMAT);
        }
    }
}

#[test]
fn a_fader_that_moves_adds_no_click_in_both_formats() {
    alone::with_resources(
        "parts::a_fader_that_moves_adds_no_click_in_both_formats",
        resources(&PARTS).path(),
        || {
            assert_no_clicks::<host::Plugin>();
            assert_no_clicks::<vst3::Plugin>();
        },
    );
}

#[test]
fn a_gain_that_switches_within_a_sample_would_be_found() {
    let still = tones();
    let mut switched = still.clone();
    for (n, sample) in switched
        .channels
        .iter_mut()
        .flat_map(|c| c.iter_mut().enumerate())
    {
        *sample *= if (n / SIXTEENTH).is_multiple_of(2) {
            1.0
        } else {
            0.7
        };
    }
    let steps = largest_step(&switched) / largest_step(&still);
    let highs = largest_high(&switched) / largest_high(&still);
    assert!(steps > LIMIT && highs > LIMIT, "{steps:.2}, {highs:.2}");
}
