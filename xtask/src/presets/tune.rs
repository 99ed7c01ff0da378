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

/// What a preset would do at another mix.
struct Trial {
    mix: f32,
    /// Of each loop.
    figures: Vec<Figures>,
    /// How far distances and loudness are beyond their limits.
    excess: f64,
    /// Whether a peak is.
    is_over: bool,
}

/// Advice in a line, for a preset whose sounds, one a loop, are not within the limits: the most bent that is good; where no mix keeps peaks down, the
/// most that is good but for them.
///
/// # Errors
/// Where a sound's rate is out of range.
pub fn advise(preset: &Preset, sounds: &Sounds, bent: &[Audio]) -> Result<String> {
    let mut trials = Vec::new();
    for step in (1..=STEPS).rev() {
        trials.push(trial(preset, sounds, bent, step)?);
    }
    // Of those that are as good the first stays.
    let least = |a: &Trial, b: &Trial| a.excess.total_cmp(&b.excess);
    let good = trials
        .iter()
        .find(|trial| trial.excess <= 0.0 && !trial.is_over);
    let Some(best) = good.or_else(|| trials.iter().min_by(|a, b| least(a, b))) else {
        return Ok(String::new());
    };
    let range = |figure: fn(&Figures) -> f64| {
        let all = best.figures.iter().map(figure);
        let (least, most) = all.fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(x), b.max(x)));
        format!("{least:.1} to {most:.1}")
    };
    let verdict = match (best.excess > 0.0, best.is_over) {
        (true, _) => "would be nearest, but not keep to them",
        (false, true) => "would keep to them but for peaks",
        (false, false) => "would keep to them",
    };
    Ok(format!(
        "    {}: mix {:.2} in place of {:.2} {verdict}: distance {} dB, loudness {} LU, peak {} dB",
        preset.stem,
        best.mix,
        preset.head.mix,
        range(|figures| figures.distance_db),
        range(|figures| figures.louder_lu),
        range(|figures| figures.peak_db)
    ))
}

fn trial(preset: &Preset, sounds: &Sounds, bent: &[Audio], step: u16) -> Result<Trial> {
    let mix = f32::from(step) / f32::from(STEPS);
    let mut trial = Trial {
        mix,
        figures: Vec::new(),
        excess: 0.0,
        is_over: false,
    };
    for (sound, bent) in sounds.all.iter().zip(bent) {
        let mixed = mixed(&sound.dry, bent, mix / preset.head.mix.max(f32::EPSILON));
        let levels = BandLevels::of(&mixed.channels, mixed.sample_rate as f32)?;
        let figures = Figures::of(sound, &mixed, &levels)?;
        trial.excess += limits::excess(preset, &figures);
        trial.is_over |= limits::is_over(sound, &figures);
        trial.figures.push(figures);
    }
    Ok(trial)
}

/// The dry sound and `share` of the way to the bent one, or beyond it.
fn mixed(dry: &Audio, bent: &Audio, share: f32) -> Audio {
    let channels = dry.channels.iter().zip(&bent.channels);
    let channels = channels.map(|(dry, bent)| {
        let samples = dry.iter().zip(bent);
        samples
            .map(|(dry, bent)| dry + share * (bent - dry))
            .collect()
    });
    Audio {
        sample_rate: dry.sample_rate,
        channels: channels.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_of_a_mix_is_on_the_way_from_dry_to_bent() {
        let (dry, bent) = (Audio::same(8_000, 1, &[1.0]), Audio::same(8_000, 1, &[2.0]));
        assert_eq!(mixed(&dry, &bent, 0.25).channels, [[1.25]]);
        assert_eq!(mixed(&dry, &bent, 2.0).channels, [[3.0]]);
    }
}
