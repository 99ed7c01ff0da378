//! Where strokes begin, and which frames are attack, body and tail.
//!
//! Onsets are peaks of the spectral flux, `SF(n) = Σₖ max(0, |X(n, k)| − |X(n − 1, k)|)`, over linear magnitudes (the L1 form of
//! Dixon, *Onset Detection Revisited*, DAFx 2006; for the family see Bello et al., *A Tutorial on Onset Detection in Music
//! Signals*, IEEE Trans. Speech Audio Process. 13(5), 2005). It is linear in the magnitudes, so turning everything
//! down by 6 dB lowers it by 6 dB, which is what makes it comparable with a change of level. Frames are 5.8 ms apart at the models' rates.

use netbend_dsp::number::nearest_f64;

use super::spectrogram::Spectrogram;

/// An onset is the largest flux among this many frames to either side.
const NEIGHBOURS: usize = 4;
/// It is at least this share of the window's largest (−26 dB).
const LEAST_SHARE: f64 = 0.05;
/// It is at least this many times the mean of its neighbourhood, twice as wide as [`NEIGHBOURS`].
const LEAST_PROMINENCE: f64 = 1.5;
/// The attack begins this many frames before the onset: the analysis window reaches it there.
const ATTACK_BEFORE: usize = 2;
/// The attack ends this many frames behind the onset, 29 ms.
const ATTACK_AFTER: usize = 5;
/// The tail begins this many frames behind the onset, 122 ms: a sixteenth at 123 beats per minute.
const TAIL_AFTER: usize = 21;

/// What a frame is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cluster) enum Part {
    /// From 12 ms before an onset to 29 ms behind it.
    Attack,
    /// Up to 122 ms behind it. So are frames before the window's first onset.
    Body,
    /// Later than that.
    Tail,
}

/// The parts of one window.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cluster) struct Parts {
    /// Frames of largest flux, rising.
    pub(in crate::cluster) onsets: Vec<usize>,
    /// One for each frame.
    pub(in crate::cluster) of_frame: Vec<Part>,
}

impl Parts {
    /// The parts of a (clean) window.
    pub(in crate::cluster) fn of(spectrogram: &Spectrogram) -> Self {
        let flux = flux(spectrogram);
        let onsets = peaks(&flux);
        let mut of_frame = vec![Part::Body; flux.len()];
        for (number, &onset) in onsets.iter().enumerate() {
            let next = onsets.get(number + 1).copied().unwrap_or(flux.len());
            let tail = (onset + TAIL_AFTER).min(next);
            of_frame[tail..next].fill(Part::Tail);
        }
        for &onset in &onsets {
            let end = (onset + ATTACK_AFTER + 1).min(flux.len());
            of_frame[onset.saturating_sub(ATTACK_BEFORE)..end].fill(Part::Attack);
        }
        Self { onsets, of_frame }
    }
}

/// Spectral flux of each frame; 0 for the first, which has none before it.
fn flux(spectrogram: &Spectrogram) -> Vec<f64> {
    let mut flux = vec![0.0];
    flux.extend(
        spectrogram
            .frames()
            .zip(spectrogram.frames().skip(1))
            .map(|(before, now)| {
                before
                    .iter()
                    .zip(now)
                    .map(|(before, now)| f64::from((now - before).max(0.0)))
                    .sum::<f64>()
            }),
    );
    flux
}

fn peaks(flux: &[f64]) -> Vec<usize> {
    let largest = flux.iter().copied().fold(0.0, f64::max);
    let around =
        |n: usize, reach: usize| &flux[n.saturating_sub(reach)..(n + reach + 1).min(flux.len())];
    (1..flux.len())
        .filter(|&n| {
            let before = &flux[n.saturating_sub(NEIGHBOURS)..n];
            let wide = around(n, 2 * NEIGHBOURS);
            let mean = wide.iter().sum::<f64>() / nearest_f64(wide.len());
            flux[n] > 0.0
                && flux[n] >= LEAST_SHARE * largest
                && flux[n] >= LEAST_PROMINENCE * mean
                && around(n, NEIGHBOURS).iter().all(|&other| other <= flux[n])
                // Of equals the first.
                && before.iter().all(|&other| other < flux[n])
        })
        .collect()
}
