//! Griffin-Lim phase reconstruction, streaming and offline, with momentum.
//!
//! Sources: D. Griffin, J. Lim, "Signal estimation from modified short-time Fourier transform",
//! 1984; N. Perraudin, P. Balazs, P. Søndergaard, "A fast Griffin-Lim algorithm", 2013
//! (`t_n = P₁P₂c_{n−1}`, `c_n = t_n + α(t_n − t_{n−1})`); streaming after X. Zhu, G. Beauregard,
//! L. Wyse, "Real-time signal estimation from modified short-time Fourier transform magnitude
//! spectra", 2007 (RTISI-LA): committed frames stay, the current one and those ahead iterate.

mod offline;

pub use offline::griffin_lim_offline;

use super::LOOK_AHEAD_FRAMES;
use crate::transform::FrameTransform;
use crate::window::{overlap_of_squares_between, periodic_hann};
use crate::{Complex, DspError, StftGeometry};

/// The momentum α.
pub const MOMENTUM: f32 = 0.99;
/// The most iterations per frame.
pub const MAX_ITERATIONS: usize = 64;
/// Iterations per frame unless set.
pub const DEFAULT_ITERATIONS: usize = 4;

/// Larger magnitudes (+240 dB) are nonsense and count as zero.
const MAX_MAGNITUDE: f32 = 1e12;

/// Frames that iterate: the current one and those ahead.
const ACTIVE: usize = LOOK_AHEAD_FRAMES + 1;

/// A frame whose phases are still open.
struct ActiveFrame {
    magnitude: Vec<f32>,
    /// The momentum sequence c; only its phases matter.
    estimate: Vec<Complex<f32>>,
    /// The projection t of the iteration before.
    previous: Vec<Complex<f32>>,
}

impl ActiveFrame {
    fn new(bins: usize) -> Self {
        Self {
            magnitude: vec![0.0; bins],
            estimate: vec![Complex::default(); bins],
            previous: vec![Complex::default(); bins],
        }
    }

    fn reset(&mut self) {
        self.magnitude.fill(0.0);
        self.estimate.fill(Complex::default());
    }

    fn set(&mut self, target: &[Complex<f32>]) {
        let target = target
            .iter()
            .copied()
            .chain(std::iter::repeat(Complex::default()));
        for ((m, e), x) in self
            .magnitude
            .iter_mut()
            .zip(&mut self.estimate)
            .zip(target)
        {
            *e = usable_or_zero(x);
            *m = e.norm();
        }
    }

    /// P₂: the target's magnitudes with the estimate's phases.
    fn project_magnitude(&self, out: &mut [Complex<f32>]) {
        for ((out, &m), &e) in out.iter_mut().zip(&self.magnitude).zip(&self.estimate) {
            *out = with_magnitude(e, m);
        }
    }
}

/// The bin itself, or zero if it is NaN or so large that a transform of it could overflow.
fn usable_or_zero(x: Complex<f32>) -> Complex<f32> {
    let usable = x.re.abs() <= MAX_MAGNITUDE && x.im.abs() <= MAX_MAGNITUDE;
    if usable { x } else { Complex::default() }
}

/// `x` scaled to a magnitude; real where `x` is too small or too large to have a phase.
fn with_magnitude(x: Complex<f32>, magnitude: f32) -> Complex<f32> {
    // Not `norm`: its `hypot` takes most of an iteration's time.
    let power = x.norm_sqr();
    if power > f32::MIN_POSITIVE && power.is_finite() {
        x * (magnitude / power.sqrt())
    } else {
        Complex::new(magnitude, 0.0)
    }
}

/// Streaming fast Griffin-Lim for one channel, with a delay of [`LOOK_AHEAD_FRAMES`].
pub struct GriffinLim {
    geometry: StftGeometry,
    transform: FrameTransform,
    iterations: usize,
    /// The current frame and those ahead of it, in order.
    active: [ActiveFrame; ACTIVE],
    /// Sum of the committed windowed frames, from the current frame's first sample on.
    committed: Vec<f32>,
    /// Reciprocal of the sum of squared windows of committed and active frames, same samples.
    inverse_norm: Vec<f32>,
    signal: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
}

impl GriffinLim {
    /// A stage with silence behind it and [`DEFAULT_ITERATIONS`].
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        let transform = FrameTransform::without_norm(geometry)?;
        let len = geometry.fft_size + LOOK_AHEAD_FRAMES * geometry.hop_samples;
        let window = periodic_hann(geometry.fft_size);
        let first = 1 - geometry.overlap() as isize;
        let norm =
            overlap_of_squares_between(&window, geometry.hop_samples, first, ACTIVE as isize, len);
        // The last sample of a frame has a squared window near (π/16384)⁴ ≈ 1e-15.
        let inverse_norm = norm
            .iter()
            .map(|&norm| (1.0 / norm.max(1e-18)) as f32)
            .collect();
        let bins = geometry.bins();
        Ok(Self {
            geometry,
            transform,
            iterations: DEFAULT_ITERATIONS,
            active: std::array::from_fn(|_| ActiveFrame::new(bins)),
            committed: vec![0.0; len],
            inverse_norm,
            signal: vec![0.0; len],
            spectrum: vec![Complex::default(); bins],
        })
    }

    /// Iterations per frame, clamped to [`MAX_ITERATIONS`]; 0 keeps the phases given.
    pub fn set_iterations(&mut self, iterations: usize) {
        self.iterations = iterations.min(MAX_ITERATIONS);
    }

    /// Iterations per frame.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Takes a target and writes the frame before it, with the target's magnitudes and
    /// reconstructed phases. Values that are not finite count as zero.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics. Four transforms per iteration, and one more.
    pub fn push(&mut self, target: &[Complex<f32>], out: &mut [Complex<f32>]) {
        self.active[ACTIVE - 1].set(target);
        for iteration in 0..self.iterations {
            self.resynthesize();
            self.reanalyze(iteration == 0);
        }
        self.active[0].project_magnitude(&mut self.spectrum);
        let written = self.spectrum.len().min(out.len());
        out[..written].copy_from_slice(&self.spectrum[..written]);
        out[written..].fill(Complex::default());
        self.commit();
    }

    /// Follows another method: commits the frame that it wrote for the same `target`, so that
    /// this one can take over at the next.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics. One transform.
    pub fn follow(&mut self, target: &[Complex<f32>], written: &[Complex<f32>]) {
        self.active[ACTIVE - 1].set(target);
        let written = written
            .iter()
            .copied()
            .chain(std::iter::repeat(Complex::default()));
        for (own, x) in self.spectrum.iter_mut().zip(written) {
            *own = usable_or_zero(x);
        }
        self.commit();
    }

    /// Forgets all frames.
    pub fn reset(&mut self) {
        self.active.iter_mut().for_each(ActiveFrame::reset);
        self.committed.fill(0.0);
    }

    /// The signal that comes closest to the committed and the active frames.
    fn resynthesize(&mut self) {
        let hop = self.geometry.hop_samples;
        self.signal.copy_from_slice(&self.committed);
        for (n, frame) in self.active.iter().enumerate() {
            frame.project_magnitude(&mut self.spectrum);
            let samples = self.transform.synthesize(&self.spectrum);
            for (sum, &x) in self.signal[n * hop..].iter_mut().zip(samples) {
                *sum += x;
            }
        }
        for (x, &inverse) in self.signal.iter_mut().zip(&self.inverse_norm) {
            *x *= inverse;
        }
    }

    /// The spectra of that signal, and the momentum step.
    fn reanalyze(&mut self, first: bool) {
        let hop = self.geometry.hop_samples;
        for (n, frame) in self.active.iter_mut().enumerate() {
            let samples = &self.signal[n * hop..n * hop + self.geometry.fft_size];
            self.transform.analyze(samples, &[], &mut self.spectrum);
            let bins = frame
                .estimate
                .iter_mut()
                .zip(&mut frame.previous)
                .zip(&self.spectrum);
            for ((estimate, previous), &t) in bins {
                *estimate = if first {
                    t
                } else {
                    t + (t - *previous) * MOMENTUM
                };
                *previous = t;
            }
        }
    }

    /// Adds `self.spectrum` to the committed frames and moves on by one hop.
    fn commit(&mut self) {
        let hop = self.geometry.hop_samples;
        let samples = self.transform.synthesize(&self.spectrum);
        for (sum, &x) in self.committed.iter_mut().zip(samples) {
            *sum += x;
        }
        self.committed.copy_within(hop.., 0);
        let kept = self.committed.len() - hop;
        self.committed[kept..].fill(0.0);
        self.active.rotate_left(1);
    }
}
