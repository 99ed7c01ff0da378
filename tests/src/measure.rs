//! Level, null depth and delay of sounds, written apart from Netbend's own metrics.

use crate::audio::Audio;

/// What stands for the level of silence, in dB.
const SILENCE_DB: f64 = -400.0;

/// The root mean square over all samples of all channels, in dB relative to full scale.
pub fn rms_db(audio: &Audio) -> f64 {
    mean_square_db(
        audio
            .channels
            .iter()
            .flatten()
            .map(|&sample| f64::from(sample)),
    )
}

/// The level of the difference of two sounds relative to the first, in dB RMS: how deep they null.
///
/// # Panics
/// If they differ in channels or length.
pub fn null_db(reference: &Audio, other: &Audio) -> f64 {
    assert_eq!(reference.channels.len(), other.channels.len(), "channels");
    assert_eq!(reference.samples(), other.samples(), "samples");
    let pairs = reference
        .channels
        .iter()
        .flatten()
        .zip(other.channels.iter().flatten());
    let difference = pairs.map(|(&a, &b)| f64::from(a) - f64::from(b));
    mean_square_db(difference) - rms_db(reference)
}

/// The largest magnitude of any sample.
pub fn peak(audio: &Audio) -> f32 {
    audio
        .channels
        .iter()
        .flatten()
        .fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// Whether every sample is a finite number.
pub fn is_finite(audio: &Audio) -> bool {
    audio
        .channels
        .iter()
        .flatten()
        .all(|sample| sample.is_finite())
}

/// The largest step from one sample to the next in any channel: what a click makes large.
pub fn largest_step(audio: &Audio) -> f32 {
    let steps = |channel: &Vec<f32>| {
        channel.windows(2).fold(0.0_f32, |largest, pair| {
            largest.max((pair[1] - pair[0]).abs())
        })
    };
    audio.channels.iter().map(steps).fold(0.0, f32::max)
}

/// The index of the largest sample of a channel.
pub fn peak_index(channel: &[f32]) -> usize {
    let largest = |a: &(usize, &f32), b: &(usize, &f32)| a.1.abs().total_cmp(&b.1.abs());
    channel
        .iter()
        .enumerate()
        .max_by(largest)
        .map_or(0, |(index, _)| index)
}

/// The delay of `output` behind `input` in samples, of those in `range`, where their
/// cross-correlation is greatest.
///
/// # Panics
/// If `output` is not long enough to be tried at every delay.
pub fn delay(input: &[f32], output: &[f32], range: std::ops::RangeInclusive<usize>) -> usize {
    assert!(
        output.len() > *range.end(),
        "output of {} samples",
        output.len()
    );
    let correlation = |delay: usize| -> f64 {
        let pairs = input.iter().zip(&output[delay..]);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    let first = *range.start();
    range
        .map(|delay| (delay, correlation(delay)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(first, |(delay, _)| delay)
}

/// The first sample in which two sounds differ by more than `tolerance` in any channel.
pub fn first_difference(a: &Audio, b: &Audio, tolerance: f32) -> Option<usize> {
    (0..a.samples().min(b.samples())).find(|&sample| {
        let pairs = a.channels.iter().zip(&b.channels);
        pairs
            .into_iter()
            .any(|(a, b)| (a[sample] - b[sample]).abs() > tolerance)
    })
}

fn mean_square_db(samples: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = samples.fold((0.0, 0usize), |(sum, count), x| (sum + x * x, count + 1));
    if sum > 0.0 {
        10.0 * (sum / count as f64).log10()
    } else {
        SILENCE_DB
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise() -> Vec<f32> {
        (0..2_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 16) as f32 / 32_768.0 - 1.0)
            .collect()
    }

    #[test]
    fn a_known_delay_is_found() {
        let input = noise();
        let output = [&[0.0; 137][..], &input, &[0.0; 500]].concat();
        assert_eq!(delay(&input, &output, 0..=500), 137);
        assert_eq!(delay(&input, &output, 130..=140), 137);
    }

    #[test]
    fn a_tenth_of_the_level_off_nulls_at_minus_20_db() {
        let reference = Audio::same(48_000, 2, &noise());
        let louder: Vec<f32> = noise().iter().map(|x| x * 1.1).collect();
        let null = null_db(&reference, &Audio::same(48_000, 2, &louder));
        assert!((null + 20.0).abs() < 0.01, "{null}");
        assert!(null_db(&reference, &reference) < -300.0);
    }

    #[test]
    fn a_full_scale_square_has_0_db() {
        let square = Audio::same(48_000, 1, &[1.0, -1.0, 1.0, -1.0]);
        assert_eq!((rms_db(&square), peak(&square)), (0.0, 1.0));
    }

    #[test]
    fn a_click_is_the_largest_step() {
        let mut audio = Audio::same(48_000, 2, &[0.0, 0.1, 0.2, 0.1]);
        assert!((largest_step(&audio) - 0.1).abs() < 1e-6);
        audio.channels[1][2] = -0.5;
        assert!((largest_step(&audio) - 0.6).abs() < 1e-6);
    }

    #[test]
    fn the_first_difference_is_the_first_in_any_channel() {
        let a = Audio::silence(48_000, 2, 10);
        let mut b = a.clone();
        b.channels[0][7] = 0.5;
        b.channels[1][3] = 0.1;
        assert_eq!(first_difference(&a, &b, 0.0), Some(3));
        assert_eq!(first_difference(&a, &b, 0.2), Some(7));
        assert_eq!(first_difference(&a, &b, 0.5), None);
    }
}
