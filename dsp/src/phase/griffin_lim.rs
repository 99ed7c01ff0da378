//! Griffin-Lim phase reconstruction, streaming and offline, with momentum.
//!
//! Sources: D. Griffin, J. Lim, "Signal estimation from modified short-time Fourier transform",
//! 1984; N. Perraudin, P. Balazs, P. Søndergaard, "A fast Griffin-Lim algorithm", 2013
//! (`t_n = P₁P₂c_{n−1}`, `c_n = t_n + α(t_n − t_{n−1})`); streaming after X. Zhu, G. Beauregard,
//! L. Wyse, "Real-time signal estimation from modified short-time Fourier transform magnitude
//! spectra", 2007 (RTISI-LA): committed frames stay, the current one and those ahead iterate.

mod active_frame;
mod offline;

pub use active_frame::MOMENTUM;
pub use offline::griffin_lim_offline;

use super::MAX_LOOK_AHEAD;
use super::safe::read_bins;
use crate::number::{low_bits, nearest_f32};
use crate::rows;
use crate::transform::FrameTransform;
use crate::window::{overlap_of_squares_between, periodic_hann};
use crate::{Complex, DspError, StftGeometry};
use active_frame::ActiveFrame;

/// The most iterations per frame.
pub const MAX_ITERATIONS: usize = 64;
/// Iterations per frame unless set.
pub const DEFAULT_ITERATIONS: usize = 4;

/// The most frames that iterate: the current one and those ahead.
const MAX_ACTIVE: usize = MAX_LOOK_AHEAD + 1;

/// The phases a frame starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// Those of the target.
    #[default]
    Given,
    /// Those of what the frames before it make of its time: reconstruction from magnitudes alone.
    Overlap,
}

/// Streaming fast Griffin-Lim for one channel.
pub struct GriffinLim {
    geometry: StftGeometry,
    transform: FrameTransform,
    iterations: usize,
    start: Start,
    /// The current frame and those ahead of it, in order; the first `prepared` have begun to iterate.
    active: [ActiveFrame; MAX_ACTIVE],
    prepared: usize,
    /// Sum of the committed windowed frames, from the current frame's first sample on.
    committed: Vec<f32>,
    /// Frames that other methods wrote since then, oldest first; the first `waiting` of as many as overlap the next.
    followed: Vec<Vec<Complex<f32>>>,
    waiting: usize,
    /// Reciprocals of the sum of squared windows of the committed and of 1, 2, … active frames, same samples.
    inverse_norms: [Vec<f32>; MAX_ACTIVE],
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
        let len = geometry.fft_size + MAX_LOOK_AHEAD * geometry.hop_samples;
        let window = periodic_hann(geometry.fft_size);
        let first = 1 - low_bits::<isize>(geometry.overlap());
        let inverse_norm = |active: usize| {
            let hop = geometry.hop_samples;
            let norm =
                overlap_of_squares_between(&window, hop, first, low_bits::<isize>(active), len);
            // The last sample of a frame has a squared window near (π/16384)⁴ ≈ 1e-15.
            norm.iter()
                .map(|&norm| nearest_f32(1.0 / norm.max(1e-18)))
                .collect()
        };
        let bins = geometry.bins();
        Ok(Self {
            geometry,
            transform,
            iterations: DEFAULT_ITERATIONS,
            start: Start::default(),
            active: std::array::from_fn(|_| ActiveFrame::new(bins)),
            prepared: 0,
            committed: vec![0.0; len],
            followed: vec![vec![Complex::default(); bins]; geometry.overlap() - 1],
            waiting: 0,
            inverse_norms: std::array::from_fn(|n| inverse_norm(n + 1)),
            signal: vec![0.0; len],
            spectrum: vec![Complex::default(); bins],
        })
    }

    /// Iterations per frame, clamped to [`MAX_ITERATIONS`]; 0 keeps the phases that frames start from.
    pub fn set_iterations(&mut self, iterations: usize) {
        self.iterations = iterations.min(MAX_ITERATIONS);
    }

    /// Iterations per frame.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// The phases that frames start from.
    pub fn set_start(&mut self, start: Start) {
        self.start = start;
    }

    /// Writes the first of `targets`, with its magnitudes and reconstructed phases. Up to [`MAX_LOOK_AHEAD`] more are looked
    /// ahead to; the next call should go on with the second. Values that are not finite count as zero.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics. Two transforms per iteration and target, and one more; another for each frame that
    /// was followed just before, as far as they overlap.
    pub fn process<'a>(
        &mut self,
        targets: impl IntoIterator<Item = &'a [Complex<f32>]>,
        out: &mut [Complex<f32>],
    ) {
        self.catch_up();
        let mut count = 0;
        for (n, target) in targets.into_iter().take(MAX_ACTIVE).enumerate() {
            if n >= self.prepared {
                self.prepare(n, target);
            }
            count = n + 1;
        }
        if count == 0 {
            self.prepare(0, &[]);
            count = 1;
        }
        for iteration in 0..self.iterations {
            self.resynthesize(count, count);
            for n in 0..count {
                self.reanalyze(n);
                self.active[n].step(&self.spectrum, iteration == 0);
            }
        }
        self.active[0].project_magnitude(&mut self.spectrum);
        let written = self.spectrum.len().min(out.len());
        out[..written].copy_from_slice(&self.spectrum[..written]);
        out[written..].fill(Complex::default());
        self.commit();
    }

    /// Follows another method: commits the frame that it wrote, so that this one can take over at the next. It is only
    /// copied until then, and only the frames that still reach into the next one are ever transformed.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn follow(&mut self, written: &[Complex<f32>]) {
        if self.waiting == self.followed.len() {
            // Nothing older than those that wait reaches into the frames to come.
            self.followed.rotate_left(1);
            self.waiting -= 1;
            self.committed.fill(0.0);
        }
        read_bins(written, &mut self.followed[self.waiting]);
        self.waiting += 1;
        self.active.rotate_left(1);
        self.prepared = self.prepared.saturating_sub(1);
    }

    /// Forgets all frames.
    pub fn reset(&mut self) {
        self.prepared = 0;
        self.waiting = 0;
        self.committed.fill(0.0);
    }

    /// Commits the frames that were followed.
    fn catch_up(&mut self) {
        for waiting in 0..std::mem::take(&mut self.waiting) {
            let samples = self.transform.synthesize(&self.followed[waiting]);
            rows::add_to(&mut self.committed, samples);
            rows::shift(&mut self.committed, self.geometry.hop_samples);
        }
    }

    /// Lets a frame begin to iterate.
    fn prepare(&mut self, n: usize, target: &[Complex<f32>]) {
        self.active[n].set(target);
        self.prepared = n + 1;
        if self.start == Start::Overlap {
            self.resynthesize(n, n + 1);
            self.reanalyze(n);
            self.active[n].step(&self.spectrum, true);
        }
    }

    /// The signal that comes closest to the committed and the first `count` active frames, as if there were `counted` of them.
    fn resynthesize(&mut self, count: usize, counted: usize) {
        let hop = self.geometry.hop_samples;
        self.signal.copy_from_slice(&self.committed);
        for (n, frame) in self.active.iter().enumerate().take(count) {
            frame.project_magnitude(&mut self.spectrum);
            let samples = self.transform.synthesize(&self.spectrum);
            rows::add_to(&mut self.signal[n * hop..], samples);
        }
        rows::multiply_by(&mut self.signal, &self.inverse_norms[counted - 1]);
    }

    /// The spectrum of that signal at an active frame.
    fn reanalyze(&mut self, n: usize) {
        let from = n * self.geometry.hop_samples;
        let samples = &self.signal[from..from + self.geometry.fft_size];
        self.transform.analyze(samples, &[], &mut self.spectrum);
    }

    /// Adds `self.spectrum` to the committed frames and moves on by one hop.
    fn commit(&mut self) {
        let samples = self.transform.synthesize(&self.spectrum);
        rows::add_to(&mut self.committed, samples);
        rows::shift(&mut self.committed, self.geometry.hop_samples);
        self.active.rotate_left(1);
        self.prepared = self.prepared.saturating_sub(1);
    }
}
