//! A sound as blocks of a waveform model, round and round.

use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_models::package::waveform::WaveformManifest;

use crate::audition::reference::Reference;
use crate::stream::waveform::TAPS;
use crate::worker::waveform::converter::Converter;

/// What is played ahead of the sound beside the model's own latency, in seconds: the model has then heard something.
const LEAD_SECONDS: f64 = 0.25;
/// Samples of a chunk whose rate is changed.
const CHUNK: usize = 1_024;

/// A sound at the model's rate.
pub(super) struct Sound {
    /// Its channels as one.
    pub(super) samples: Vec<f32>,
    /// Samples of a block.
    block: usize,
    channels: usize,
    /// Samples between what goes in and what comes out.
    late: usize,
    /// Blocks ahead of its beginning.
    pub(super) lead: usize,
}

impl Sound {
    /// `reference` as a model takes it.
    pub(super) fn new(reference: &Reference, manifest: &WaveformManifest) -> Self {
        let own = f64::from(manifest.sample_rate);
        let late = manifest.latency_samples();
        let ahead = nearest_f64(late) + LEAD_SECONDS * own;
        Self {
            samples: at_rate(&reference.samples, f64::from(reference.rate_hz), own),
            block: manifest.block,
            channels: manifest.channels_in,
            late,
            lead: cut::<usize>(ahead / nearest_f64(manifest.block)) + 1,
        }
    }

    /// Blocks until all of the first `samples` have come out, without those ahead.
    pub(super) fn blocks(&self, samples: usize) -> usize {
        (samples + self.late).div_ceil(self.block)
    }

    /// Block `number`, `[channel, sample]`, counted from the first one ahead. Before its beginning and behind its end the sound goes on in a circle.
    pub(super) fn block_at(&self, number: usize) -> Vec<f32> {
        let length = self.samples.len().max(1);
        // As many samples as lie ahead, so much earlier in the circle.
        let back = length - self.lead * self.block % length;
        let begin = number * self.block + back;
        let one = (begin..begin + self.block)
            .map(|place| self.samples.get(place % length).copied().unwrap_or(0.0));
        let one: Vec<f32> = one.collect();
        one.repeat(self.channels)
    }

    /// What stands for the first `samples` in blocks `[channel, sample]` that came out, those ahead left out; channels as one.
    pub(super) fn aligned(&self, made: &[Vec<f32>], channels: usize, samples: usize) -> Vec<f32> {
        let share = 1.0 / nearest_f32(channels.max(1));
        let blocks = made.iter().flat_map(|block| {
            let sample = move |n: usize| -> f32 {
                let all = (0..channels).filter_map(|channel| block.get(channel * self.block + n));
                share * all.sum::<f32>()
            };
            (0..self.block).map(sample)
        });
        let sane = |x: f32| if x.is_finite() { x } else { 0.0 };
        blocks.skip(self.late).take(samples).map(sane).collect()
    }
}

/// Samples at another rate, none of them late.
fn at_rate(samples: &[f32], rate: f64, wanted: f64) -> Vec<f32> {
    let ratio = wanted / rate;
    let Some(mut converter) = Converter::new(ratio, CHUNK) else {
        return samples.to_vec();
    };
    let mut made = Vec::new();
    let chunks = samples.len().div_ceil(CHUNK);
    for chunk in samples.chunks(CHUNK) {
        converter.push(chunk, &mut made);
    }
    if ratio == 1.0 {
        return samples.to_vec();
    }
    // Silence, until the last sample has come out.
    let late = cut::<usize>((nearest_f64(TAPS) * ratio - 1.0).round());
    let length = cut::<usize>((nearest_f64(samples.len()) * ratio).round());
    for _ in 0..=chunks {
        if made.len() >= late + length {
            break;
        }
        converter.push(&[], &mut made);
    }
    made.into_iter().skip(late).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_dsp::signal::sine;

    #[test]
    fn a_tone_at_another_rate_is_where_it_was() {
        for (rate, wanted) in [
            (48_000.0, 44_100.0),
            (44_100.0, 48_000.0),
            (44_100.0, 44_100.0),
        ] {
            let heard = at_rate(
                &sine(rate, 0.5, 500.0, 0.5),
                f64::from(rate),
                f64::from(wanted),
            );
            let expected = sine(wanted, 0.5, 500.0, 0.5);
            assert!(heard.len().abs_diff(expected.len()) <= 1, "{}", heard.len());
            let middle = 2_000..18_000;
            for (heard, expected) in heard[middle.clone()].iter().zip(&expected[middle]) {
                // Half a sample at most.
                assert!((heard - expected).abs() < 0.018, "{heard} and {expected}");
            }
        }
    }

    #[test]
    fn blocks_go_round_and_what_comes_out_late_is_put_where_it_belongs() {
        let sound = Sound {
            samples: (0..10_i16).map(f32::from).collect(),
            block: 4,
            channels: 2,
            late: 3,
            lead: 3,
        };
        assert_eq!(sound.blocks(10), 4);
        assert_eq!(sound.block_at(0), [8.0, 9.0, 0.0, 1.0, 8.0, 9.0, 0.0, 1.0]);
        // A model that is three samples late, and gives back what it hears.
        let mut heard: Vec<f32> = (0..7)
            .flat_map(|n| sound.block_at(n)[..4].to_vec())
            .collect();
        heard.splice(0..0, [0.0; 3]);
        let blocks: Vec<Vec<f32>> = heard.chunks(4).map(|block| block.repeat(2)).collect();
        let aligned = sound.aligned(&blocks[sound.lead..], 2, 10);
        assert_eq!(aligned, sound.samples);
    }
}
