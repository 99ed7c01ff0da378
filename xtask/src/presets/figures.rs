//! What a preset does to the loops, in figures.

use anyhow::Result;
use ebur128::{EbuR128, Mode};
use netbend_dsp::metrics::BandLevels;
use netbend_tests::audio::Audio;

use super::bank::Bank;
use super::sounds::Sound;

/// What stands for silence: the gate of EBU R 128, in LUFS.
const SILENCE_LUFS: f64 = -70.0;
const SILENCE_DB: f64 = -140.0;

/// What a preset does to one loop.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// How far it is from the loop, in dB; see [`BandLevels::distance_db`].
    pub distance_db: f64,
    /// How much louder the whole is, in LU (EBU R 128).
    pub louder_lu: f64,
    /// The loudest sample, in dBFS.
    pub peak_db: f64,
}

impl Figures {
    /// Those of what became of a loop, whose critical bands are `levels`.
    ///
    /// # Errors
    /// Where the rate is out of range.
    pub fn of(sound: &Sound, bent: &Audio, levels: &BandLevels) -> Result<Self> {
        Ok(Self {
            distance_db: levels.distance_db(&sound.levels),
            louder_lu: loudness(bent)? - sound.loudness,
            peak_db: peak_db(bent),
        })
    }
}

/// What a preset does to all loops.
pub struct Measured {
    /// Of each loop, in their order.
    pub figures: Vec<Figures>,
    /// Critical bands of what became of each loop.
    pub levels: Vec<BandLevels>,
    /// The share of a core that it takes to bounce, where the system says so.
    pub load: Option<f64>,
    /// What would bring it within the limits, where it is not and that was asked for.
    pub advice: Option<String>,
}

impl Measured {
    /// The least and the most of a figure.
    pub fn range(&self, figure: impl Fn(&Figures) -> f64) -> (f64, f64) {
        let all = self.figures.iter().map(figure);
        all.fold((f64::MAX, f64::MIN), |(least, most), x| {
            (least.min(x), most.max(x))
        })
    }

    /// How far two presets are from each other: the mean of the loops, in dB.
    pub fn distance_db(&self, other: &Self) -> f64 {
        let pairs = self.levels.iter().zip(&other.levels);
        let sum: f64 = pairs.map(|(one, another)| one.distance_db(another)).sum();
        sum / self.levels.len().max(1) as f64
    }
}

/// The distances of all pairs, the closest first, with the places of both.
pub fn pairs(measured: &[&Measured]) -> Vec<(f64, usize, usize)> {
    let mut pairs = Vec::new();
    for (first, one) in measured.iter().enumerate() {
        for (second, another) in measured.iter().enumerate().skip(first + 1) {
            pairs.push((one.distance_db(another), first, second));
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs
}

/// Prints a line for each preset.
pub fn print(bank: &Bank, measured: &[&Measured]) {
    println!("\n    distance / dB  louder / LU   peak / dB   load");
    for (preset, measured) in bank.presets.iter().zip(measured) {
        let (near, far) = measured.range(|figures| figures.distance_db);
        let (quiet, loud) = measured.range(|figures| figures.louder_lu);
        let (_, peak) = measured.range(|figures| figures.peak_db);
        let load = measured.load.map_or(String::new(), percent);
        println!(
            "    {near:5.1} … {far:4.1}   {quiet:+5.1} … {loud:+4.1}   {peak:+7.1} {load:>7}   {}/{}",
            preset.category, preset.stem
        );
    }
    println!();
    for (distance, first, second) in pairs(measured).into_iter().take(5) {
        println!(
            "    {distance:.1} dB between {} and {}",
            bank.presets[first].stem, bank.presets[second].stem
        );
    }
}

/// A share as people read it.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// The loudness of the whole in LUFS, no less than the gate's.
///
/// # Errors
/// Where the rate is out of range.
pub fn loudness(audio: &Audio) -> Result<f64> {
    let channels = u32::try_from(audio.channels.len())?;
    let mut meter = EbuR128::new(channels, audio.sample_rate, Mode::I)?;
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    meter.add_frames_planar_f32(&planes)?;
    Ok(meter.loudness_global()?.max(SILENCE_LUFS))
}

/// The loudest sample in dBFS.
pub fn peak_db(audio: &Audio) -> f64 {
    let samples = audio.channels.iter().flatten();
    let peak = samples.fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    (20.0 * f64::from(peak).log10()).max(SILENCE_DB)
}

#[cfg(test)]
mod tests {
    use netbend_dsp::signal::sine;

    use super::*;

    #[test]
    fn a_tone_has_the_loudness_and_the_peak_that_the_standard_gives_it() {
        // EBU Tech 3341, case 1.
        let tone = Audio::same(48_000, 2, &sine(48_000.0, 4.0, 1_000.0, 0.070_795));
        assert!((loudness(&tone).unwrap() + 23.0).abs() < 0.1);
        assert!((peak_db(&tone) + 23.0).abs() < 0.1);
        let silence = Audio::silence(48_000, 2, 48_000);
        assert_eq!(loudness(&silence).unwrap(), SILENCE_LUFS);
        assert_eq!(peak_db(&silence), SILENCE_DB);
    }
}
