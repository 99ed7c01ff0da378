//! What every preset of the bank keeps to, on every loop.

use super::bank::{Bank, Preset};
use super::figures::{Figures, Measured, pairs};
use super::sounds::{Sound, Sounds};

/// How far a preset may be from the loop, in dB: it is to be heard, and the loop within it.
const DISTANCE_DB: std::ops::RangeInclusive<f64> = 1.0..=20.0;
/// How much louder or quieter it may be, in LU.
const LOUDER_LU: f64 = 3.0;
/// The same for what is tagged `destroy`.
const DESTROYED_LOUDER_LU: f64 = 6.0;
/// The least distance between two presets, in dB.
const APART_DB: f64 = 1.5;
/// Full scale, as `f32` has it.
const FULL_SCALE_DB: f64 = 0.001;

/// Whether figures keep to all limits.
pub fn keeps(preset: &Preset, sound: &Sound, figures: &Figures) -> bool {
    excess(preset, figures) <= 0.0 && !is_over(sound, figures)
}

/// By how much distance and loudness are beyond their limits, to compare: 0 where they keep to them.
pub fn excess(preset: &Preset, figures: &Figures) -> f64 {
    let beyond = |value: f64, most: f64| ((value - most) / most).max(0.0);
    let (least, most) = (*DISTANCE_DB.start(), *DISTANCE_DB.end());
    (least - figures.distance_db).max(0.0)
        + beyond(figures.distance_db, most)
        + beyond(figures.louder_lu.abs(), most_louder_lu(preset))
}

/// Whether the peak is beyond its limit.
pub fn is_over(sound: &Sound, figures: &Figures) -> bool {
    figures.peak_db > highest_db(sound)
}

fn most_louder_lu(preset: &Preset) -> f64 {
    if preset.destroys() {
        DESTROYED_LOUDER_LU
    } else {
        LOUDER_LU
    }
}

/// The highest peak: full scale, or the loop's own.
fn highest_db(sound: &Sound) -> f64 {
    sound.peak_db.max(0.0) + FULL_SCALE_DB
}

/// What does not keep to the limits, a line each.
pub fn faults(bank: &Bank, sounds: &Sounds, found: &[Option<Measured>]) -> Vec<String> {
    let mut faults = Vec::new();
    for (preset, measured) in bank.presets.iter().zip(found) {
        let Some(measured) = measured else {
            faults.push(format!("{}: could not be played, see above", preset.stem));
            continue;
        };
        let before = faults.len();
        for (sound, figures) in sounds.all.iter().zip(&measured.figures) {
            faults.extend(said(preset, sound, figures));
        }
        if faults.len() > before {
            faults.extend(measured.advice.iter().cloned());
        }
    }
    let known: Vec<(&Preset, &Measured)> = (bank.presets.iter().zip(found))
        .filter_map(|(preset, measured)| Some((preset, measured.as_ref()?)))
        .collect();
    let measured: Vec<&Measured> = known.iter().map(|(_, measured)| *measured).collect();
    for (distance, first, second) in pairs(&measured) {
        if distance >= APART_DB {
            break;
        }
        faults.push(format!(
            "{} and {}: {distance:.2} dB from each other; expected at least {APART_DB}",
            known[first].0.stem, known[second].0.stem
        ));
    }
    faults
}

/// The limits that a preset does not keep to on a loop, in a line.
fn said(preset: &Preset, sound: &Sound, figures: &Figures) -> Option<String> {
    let mut parts = Vec::new();
    if !DISTANCE_DB.contains(&figures.distance_db) {
        let (least, most) = (DISTANCE_DB.start(), DISTANCE_DB.end());
        let distance = figures.distance_db;
        parts.push(format!("distance {distance:.1} dB ({least} to {most})"));
    }
    let most = most_louder_lu(preset);
    if figures.louder_lu.abs() > most {
        parts.push(format!("loudness {:+.1} LU (±{most})", figures.louder_lu));
    }
    if is_over(sound, figures) {
        let (peak, most) = (figures.peak_db, sound.peak_db.max(0.0));
        parts.push(format!("peak {peak:+.1} dBFS ({most:.1})"));
    }
    let parts = parts.join(", ");
    (!parts.is_empty()).then(|| format!("{} on {}: {parts}", preset.stem, sound.name))
}
