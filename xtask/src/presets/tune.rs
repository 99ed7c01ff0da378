//! Which `mix` would bring a preset within its limits. What it would sound like is known without playing it again: dry and bent are added.

use anyhow::Result;
use netbend_dsp::metrics::BandLevels;
use netbend_tests::audio::Audio;

use super::bank::Preset;
use super::figures::Figures;
use super::limits;
use super::sounds::Sounds;

/// The mixes that are tried, in parts of this.
const STEPS: u16 = 20;

/// Advice in a line, for a preset whose sounds, one a loop, are not within the limits.
///
/// # Errors
/// Where a sound's rate is out of range.
pub fn advise(preset: &Preset, sounds: &Sounds, bent: &[Audio]) -> Result<String> {
    let mut best: Option<(f64, f32, Vec<Figures>)> = None;
    for step in (1..=STEPS).rev() {
        let mix = f32::from(step) / f32::from(STEPS);
        let mut figures = Vec::new();
        for (sound, bent) in sounds.all.iter().zip(bent) {
            let mixed = mixed(&sound.dry, bent, mix / preset.head.mix.max(f32::EPSILON));
            let levels = BandLevels::of(&mixed.channels, mixed.sample_rate as f32)?;
            figures.push(Figures::of(sound, &mixed, &levels)?);
        }
        let excess: f64 = (sounds.all.iter().zip(&figures))
            .map(|(sound, figures)| limits::excess(preset, sound, figures))
            .sum();
        // The first is the most that is good.
        if best.as_ref().is_none_or(|(least, ..)| excess < *least) {
            best = Some((excess, mix, figures));
        }
    }
    let Some((excess, mix, figures)) = best else {
        return Ok(String::new());
    };
    let range = |figure: fn(&Figures) -> f64| {
        let all = figures.iter().map(figure);
        let (least, most) = all.fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(x), b.max(x)));
        format!("{least:.1} to {most:.1}")
    };
    let verdict = if excess > 0.0 {
        "would still be beyond them"
    } else {
        "would keep to them"
    };
    Ok(format!(
        "    {}: mix {mix:.2} in place of {:.2} {verdict}: distance {} dB, loudness {} LU, peak {} dB",
        preset.stem,
        preset.head.mix,
        range(|figures| figures.distance_db),
        range(|figures| figures.louder_lu),
        range(|figures| figures.peak_db)
    ))
}

/// The dry sound and `share` of the way to the bent one, or beyond it.
fn mixed(dry: &Audio, bent: &Audio, share: f32) -> Audio {
    let channels = dry.channels.iter().zip(&bent.channels);
    let channels = channels.map(|(dry, bent)| {
        let samples = dry.iter().zip(bent);
        samples.map(|(dry, bent)| dry + share * (bent - dry)).collect()
    });
    Audio {
        sample_rate: dry.sample_rate,
        channels: channels.collect(),
    }
}
