//! Real-time phase gradient heap integration: phases from magnitudes alone. Pool thread.
//!
//! Source: Z. Průša, P. Søndergaard, "Real-time spectrogram inversion using phase gradient heap integration", DAFx-16. With `s` the
//! logarithm of the magnitudes, `a` the hop, `M` the frame and `γ` the window's time-frequency ratio, the phase moves by
//! `aM/(2γ)·(s[m+1] − s[m−1]) + 2πam/M` a frame and by `−γ/(2aM)·(s_{n+1} − s_{n−1})` a bin, or, without a frame to
//! look ahead to, by `−γ/(2aM)·(3s_n − 4s_{n−1} + s_{n−2})`. Phases count from the window's centre there and from the frame's first
//! sample here, which is another half turn a bin.

use std::f32::consts::{PI, TAU};

use multiversion::multiversion;

use super::heap::{Field, HeapIntegrator};
use super::safe::{bin_of, read_angles, read_magnitudes, with_phase};
use crate::elementary::{fast_atan2, fast_ln};
use crate::number::nearest_f32;
use crate::{Complex, DspError, StftGeometry};

/// A Hann window is nearest to the Gaussian `exp(−πt²/γ)` of `γ = C·M²` for this C (Průša, Balazs, Søndergaard, "A
/// noniterative method for reconstruction of phase from STFT magnitude", 2017).
const HANN_RATIO: f32 = 0.256_45;

/// Magnitudes this far below the loudest of all frames looked at (−80 dB) have no logarithm of their own. Without a floor, slopes at the edge of
/// silence are of any size, and onsets are off by up to twice as much; convergence is the same.
const LOG_FLOOR: f32 = 1e-4;

/// The other frame, beside the one before, that the slope over frequency is read from; one value per bin.
#[derive(Debug, Clone, Copy)]
pub enum Neighbour<'a> {
    /// The frame after: one frame of look-ahead.
    Next(&'a [Complex<f32>]),
    /// The frame before the one before: causal.
    SecondLast(&'a [Complex<f32>]),
}

/// The method for one channel. It remembers no frames: what was written last is told it, so it takes over from any other.
pub struct Rtpghi {
    geometry: StftGeometry,
    integrator: HeapIntegrator,
    /// Magnitudes of the frame before, this one and the neighbour, then their logarithms.
    magnitudes: [Vec<f32>; 3],
    logs: [Vec<f32>; 3],
    previous_phase: Vec<f32>,
    advance: Vec<f32>,
    slope: Vec<f32>,
    phase: Vec<f32>,
}

impl Rtpghi {
    /// The method for frames of a geometry, which are analysed with Hann windows.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        geometry.check()?;
        let zeros = || vec![0.0; geometry.bins()];
        Ok(Self {
            geometry,
            integrator: HeapIntegrator::new(geometry.bins()),
            magnitudes: std::array::from_fn(|_| zeros()),
            logs: std::array::from_fn(|_| zeros()),
            previous_phase: zeros(),
            advance: zeros(),
            slope: zeros(),
            phase: zeros(),
        })
    }

    /// Writes the magnitudes of `target` with reconstructed phases, going on from `previous`, the frame written last. The target's own
    /// phases count only where nothing in the frame before leads to. Bins that are not finite or beyond a slice's end are zero.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn process(
        &mut self,
        previous: &[Complex<f32>],
        target: &[Complex<f32>],
        neighbour: Neighbour<'_>,
        out: &mut [Complex<f32>],
    ) {
        let (Neighbour::Next(other) | Neighbour::SecondLast(other)) = neighbour;
        for (magnitude, frame) in self.magnitudes.iter_mut().zip([previous, target, other]) {
            read_magnitudes(frame, magnitude);
        }
        self.set_logs();
        self.set_advance();
        self.set_slope(neighbour);
        read_angles(previous, &mut self.previous_phase);
        let field = Field {
            previous: &self.magnitudes[0],
            magnitude: &self.magnitudes[1],
            previous_phase: &self.previous_phase,
            advance: &self.advance,
            slope: &self.slope,
        };
        let start = |bin: usize| {
            let x = bin_of(target, bin);
            fast_atan2(x.im, x.re)
        };
        self.integrator.integrate(&field, start, &mut self.phase);
        with_phase(&self.magnitudes[1], &self.phase, out);
    }

    /// Starts anew.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.integrator.reset();
    }

    /// Logarithms of magnitudes, none below [`LOG_FLOOR`].
    fn set_logs(&mut self) {
        let all = self.magnitudes.iter().flatten();
        let loudest = all.fold(0.0, |loudest: f32, &m| loudest.max(m));
        let floor = (loudest * LOG_FLOOR).max(f32::MIN_POSITIVE);
        for (logs, magnitudes) in self.logs.iter_mut().zip(&self.magnitudes) {
            read_logs(magnitudes, floor, logs);
        }
    }

    /// The advance from the frame before: the mean of what both frames say.
    fn set_advance(&mut self) {
        let (hop, len) = self.hop_and_len();
        // aM/(2γ), halved for the mean.
        let scale = hop / (4.0 * HANN_RATIO * len);
        let [previous, current, _] = &self.logs;
        let top = self.advance.len() - 1;
        self.advance[0] = 0.0;
        for bin in 1..top {
            let tilt = previous[bin + 1] - previous[bin - 1] + current[bin + 1] - current[bin - 1];
            // Whole turns are taken out in integers: they would cost an f32 its last digits.
            let turned = (bin * self.geometry.hop_samples) % self.geometry.fft_size;
            self.advance[bin] = scale * tilt + TAU * nearest_f32(turned) / len;
        }
        self.advance[top] = 0.0;
    }

    fn set_slope(&mut self, neighbour: Neighbour<'_>) {
        let (hop, len) = self.hop_and_len();
        let scale = -HANN_RATIO * len / (2.0 * hop);
        let [previous, current, other] = &self.logs;
        for bin in 0..self.slope.len() {
            let rise = match neighbour {
                Neighbour::Next(_) => other[bin] - previous[bin],
                Neighbour::SecondLast(_) => 3.0 * current[bin] - 4.0 * previous[bin] + other[bin],
            };
            self.slope[bin] = scale * rise - PI;
        }
    }

    fn hop_and_len(&self) -> (f32, f32) {
        (
            nearest_f32(self.geometry.hop_samples),
            nearest_f32(self.geometry.fft_size),
        )
    }
}

/// Natural logarithms of magnitudes, none below that of `floor`.
#[multiversion(targets("x86_64+avx2"))]
fn read_logs(magnitudes: &[f32], floor: f32, logs: &mut [f32]) {
    for (log, magnitude) in logs.iter_mut().zip(magnitudes) {
        *log = fast_ln(magnitude.max(floor));
    }
}
