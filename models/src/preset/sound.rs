//! The preset's keys of the sound: voice, band, phases, channels.

use serde::Serialize;
use serde_saphyr::Spanned;

use super::reader::Reader;
use super::root::Root;
use crate::bends::sound::{
    BAND_RANGE_HZ, CEILING_RANGE_DB, FLOOR_RANGE_DB, ITERATION_RANGE, LOOK_AHEAD_RANGE, Phase,
    Sound, Stereo,
};
use crate::error::PresetError;

/// Reads the keys; those left out are the default.
pub(super) fn read(reader: &Reader<'_>, root: &Root) -> Result<Sound, PresetError> {
    let usual = Sound::default();
    let number = |key: &str, found: &Option<Spanned<f64>>, default: f32, range, unit: &str| {
        reader.number(key, found.as_ref(), default, range, unit)
    };
    let share = |key: &str, found: &Option<Spanned<f64>>, default: f32| {
        reader.unit(key, found.as_ref(), default)
    };
    let (floor, ceiling) = (&root.voice_floor, &root.voice_ceiling);
    let (low, high) = (&root.band_low, &root.band_high);
    Ok(Sound {
        floor_db: number("voice-floor", floor, usual.floor_db, FLOOR_RANGE_DB, "dB")?,
        ceiling_db: number(
            "voice-ceiling",
            ceiling,
            usual.ceiling_db,
            CEILING_RANGE_DB,
            "dB",
        )?,
        smoothing: share("voice-smoothing", &root.voice_smoothing, usual.smoothing)?,
        transient_lock: share("transient-lock", &root.transient_lock, usual.transient_lock)?,
        band_low_hz: number("band-low", low, usual.band_low_hz, BAND_RANGE_HZ, "hertz")?,
        band_high_hz: number(
            "band-high",
            high,
            usual.band_high_hz,
            BAND_RANGE_HZ,
            "hertz",
        )?,
        auto_gain: root.auto_gain.unwrap_or(usual.auto_gain),
        phase: word(
            reader,
            "phase",
            root.phase.as_ref(),
            Phase::ALL.map(|phase| (phase.name(), phase)),
        )?,
        phase_iterations: count(
            reader,
            "phase-iterations",
            root.phase_iterations.as_ref(),
            usual.phase_iterations,
            ITERATION_RANGE,
        )?,
        phase_look_ahead: count(
            reader,
            "phase-look-ahead",
            root.phase_look_ahead.as_ref(),
            usual.phase_look_ahead,
            LOOK_AHEAD_RANGE,
        )?,
        stereo: word(
            reader,
            "stereo",
            root.stereo.as_ref(),
            Stereo::ALL.map(|stereo| (stereo.name(), stereo)),
        )?,
        sidechain: root.sidechain.unwrap_or(usual.sidechain),
    })
}

/// One of a few words; the default where there is none.
fn word<T: Copy + Default, const N: usize>(
    reader: &Reader<'_>,
    key: &str,
    found: Option<&Spanned<String>>,
    words: [(&str, T); N],
) -> Result<T, PresetError> {
    let Some(found) = found else {
        return Ok(T::default());
    };
    let known = words.iter().find(|(name, _)| *name == found.value);
    known.map(|(_, value)| *value).ok_or_else(|| {
        let names = words.map(|(name, _)| name);
        let message = reader.word(key, &found.value, &names);
        reader.error(found, message)
    })
}

fn count(
    reader: &Reader<'_>,
    key: &str,
    found: Option<&Spanned<u64>>,
    default: u32,
    (least, most): (u32, u32),
) -> Result<u32, PresetError> {
    let Some(found) = found else {
        return Ok(default);
    };
    let number = u32::try_from(found.value).ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            let message = format!("{key} {} found; expected {least} to {most}", found.value);
            reader.error(found, message)
        })
}

/// The keys to write: those that differ from the default.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_floor: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_ceiling: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_smoothing: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transient_lock: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    band_low: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    band_high: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_gain: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase_iterations: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase_look_ahead: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stereo: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sidechain: Option<bool>,
}

pub(super) fn write(sound: &Sound) -> Written {
    fn other<T: PartialEq>(value: T, usual: T) -> Option<T> {
        (value != usual).then_some(value)
    }
    let usual = Sound::default();
    Written {
        voice_floor: other(sound.floor_db, usual.floor_db),
        voice_ceiling: other(sound.ceiling_db, usual.ceiling_db),
        voice_smoothing: other(sound.smoothing, usual.smoothing),
        transient_lock: other(sound.transient_lock, usual.transient_lock),
        band_low: other(sound.band_low_hz, usual.band_low_hz),
        band_high: other(sound.band_high_hz, usual.band_high_hz),
        auto_gain: other(sound.auto_gain, usual.auto_gain),
        phase: other(sound.phase, usual.phase).map(Phase::name),
        phase_iterations: other(sound.phase_iterations, usual.phase_iterations),
        phase_look_ahead: other(sound.phase_look_ahead, usual.phase_look_ahead),
        stereo: other(sound.stereo, usual.stereo).map(Stereo::name),
        sidechain: other(sound.sidechain, usual.sidechain),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Preset;
    use super::*;

    /// Every key away from its default, a line each.
    const ALL: &str = "\
netbend: 1
voice-floor: -24.5
voice-ceiling: 6
voice-smoothing: 0.25
transient-lock: 1
band-low: 200
band-high: 8000.5
auto-gain: false
phase: griffin-lim
phase-iterations: 32
phase-look-ahead: 0
stereo: dual
sidechain: true
";

    fn sound() -> Sound {
        Sound {
            floor_db: -24.5,
            ceiling_db: 6.0,
            smoothing: 0.25,
            transient_lock: 1.0,
            band_low_hz: 200.0,
            band_high_hz: 8_000.5,
            auto_gain: false,
            phase: Phase::GriffinLim,
            phase_iterations: 32,
            phase_look_ahead: 0,
            stereo: Stereo::Dual,
            sidechain: true,
        }
    }

    #[test]
    fn every_key_is_read_and_written_back_unchanged() {
        let preset = Preset::from_yaml(ALL, "all.yaml").unwrap();
        assert_eq!(preset.sound, sound());
        let text = preset.to_yaml();
        let again = Preset::from_yaml(&text, "again.yaml").unwrap();
        assert_eq!(again.sound, sound(), "{text}");
        assert_eq!(again.to_yaml(), text);
    }

    #[test]
    fn every_key_may_be_left_out_and_none_at_its_default_is_written() {
        let lines = ALL.lines().skip(1);
        for line in lines.clone() {
            let preset = Preset::from_yaml(line, "one.yaml").unwrap();
            assert_ne!(preset.sound, Sound::default(), "{line}");
            let key = line.split(':').next().unwrap();
            let text = preset.to_yaml();
            let written: Vec<_> = lines
                .clone()
                .filter_map(|line| line.split(':').next())
                .filter(|key| text.contains(&format!("\n{key}:")))
                .collect();
            assert_eq!(written, [key], "{text}");
        }
        assert_eq!(
            Preset::from_yaml("voice: 0.5", "plain.yaml").unwrap().sound,
            Sound::default()
        );
    }

    #[test]
    fn wrong_values_are_named_with_their_line_and_what_was_expected() {
        for (from, to, line, expected) in [
            (
                "floor: -24.5",
                "floor: -61",
                2,
                "voice-floor -61 found; expected -60 to 0 (dB)",
            ),
            ("floor: -24.5", "floor: 1", 2, "-60 to 0"),
            ("ceiling: 6", "ceiling: -1", 3, "0 to 24"),
            ("ceiling: 6", "ceiling: .nan", 3, "0 to 24"),
            ("smoothing: 0.25", "smoothing: 25", 4, "0 to 1"),
            ("lock: 1", "lock: -0.1", 5, "transient-lock -0.1 found"),
            ("low: 200", "low: 0", 6, "20 to 20000 (hertz)"),
            ("high: 8000.5", "high: .inf", 7, "20 to 20000 (hertz)"),
            ("gain: false", "gain: perhaps", 8, "bool"),
            (
                "griffin-lim",
                "griffin",
                9,
                "phase `griffin` found; expected one of auto, input, rtpghi, vocoder, griffin-lim",
            ),
            ("iterations: 32", "iterations: 33", 10, "1 to 32"),
            ("iterations: 32", "iterations: 0", 10, "1 to 32"),
            (
                "ahead: 0",
                "ahead: 4",
                11,
                "phase-look-ahead 4 found; expected 0 to 3",
            ),
            ("dual", "mid", 12, "linked, dual"),
        ] {
            let text = ALL.replacen(from, to, 1);
            let error = Preset::from_yaml(&text, "bad.yaml").unwrap_err();
            assert_eq!(error.line, line, "{to}: {error}");
            assert!(error.message.contains(expected), "{to}: {error}");
        }
    }
}
