//! Phases for bent magnitudes. Worker thread.
//!
//! A bent frame has new magnitudes but, at first, the input's phases. Bends that scale what is
//! there may keep them; bends that move energy need phases that fit the new magnitudes. Every
//! method here delays by [`LOOK_AHEAD_FRAMES`], so that they can be switched while playing.

pub mod griffin_lim;
pub mod input_phase;

pub use griffin_lim::{GriffinLim, griffin_lim_offline};
pub use input_phase::InputPhase;

use crate::{Complex, DspError, StftGeometry};

/// Frames between a target and its result, for every method.
pub const LOOK_AHEAD_FRAMES: usize = 1;

/// How a frame gets its phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhaseMethod {
    /// The input's phases where the bend mostly scales what is there, reconstructed ones where it moves energy.
    #[default]
    Auto,
    /// The input's phases, bit for bit.
    Input,
    /// Real-time phase gradient heap integration: phases that fit the magnitudes alone.
    Rtpghi,
    /// Phase vocoder: the input's phase gradients, integrated along the bent magnitudes.
    Vocoder,
    /// Streaming fast Griffin-Lim, starting from the input's phases.
    GriffinLim,
}

/// What one frame asks of the phase stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhaseSettings {
    /// The method.
    pub method: PhaseMethod,
    /// Iterations of Griffin-Lim, at most [`griffin_lim::MAX_ITERATIONS`].
    pub iterations: usize,
    /// Frames that Griffin-Lim looks ahead, at most [`MAX_LOOK_AHEAD`], as far as they are there.
    pub look_ahead: usize,
}

impl Default for PhaseSettings {
    fn default() -> Self {
        Self {
            method: PhaseMethod::default(),
            iterations: griffin_lim::DEFAULT_ITERATIONS,
            look_ahead: LOOK_AHEAD_FRAMES,
        }
    }
}

/// The most frames that Griffin-Lim looks ahead.
pub const MAX_LOOK_AHEAD: usize = 3;

/// One channel's phase stage: takes target frames, a stride at a time, and returns them with the phases of the chosen
/// method, [`LOOK_AHEAD_FRAMES`] later.
pub struct PhaseStage {
    griffin_lim: GriffinLim,
    /// Frames that wait, a ring; the oldest is at `first`.
    waiting: Vec<Waiting>,
    first: usize,
    count: usize,
}

/// A frame that waits for its phases.
struct Waiting {
    target: Vec<Complex<f32>>,
    settings: PhaseSettings,
}

impl PhaseStage {
    /// A stage for strides of at most `stride_frames` frames, behind a silent one.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry, stride_frames: usize) -> Result<Self, DspError> {
        geometry.check()?;
        let waiting = || Waiting {
            target: vec![Complex::default(); geometry.bins()],
            settings: PhaseSettings::default(),
        };
        Ok(Self {
            griffin_lim: GriffinLim::new(geometry)?,
            waiting: (0..stride_frames + LOOK_AHEAD_FRAMES)
                .map(|_| waiting())
                .collect(),
            first: 0,
            count: LOOK_AHEAD_FRAMES,
        })
    }

    /// Takes the next frame: `target`, bent magnitudes with the input's phases (or a carrier's), `input`, the magnitudes before
    /// the bend, both one value per bin, and what to do with it. Of more frames than a stride, the newest are dropped.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn push(&mut self, target: &[Complex<f32>], _input: &[f32], settings: PhaseSettings) {
        if self.count == self.waiting.len() {
            return;
        }
        let place = (self.first + self.count) % self.waiting.len();
        let frame = &mut self.waiting[place];
        let values = target.iter().copied();
        let values = values.chain(std::iter::repeat(Complex::default()));
        for (own, x) in frame.target.iter_mut().zip(values) {
            *own = x;
        }
        frame.settings = settings;
        self.count += 1;
    }

    /// Writes the oldest frame with its phases, where frames enough lie ahead of it. After a reset the first is silence.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn pop(&mut self, out: &mut [Complex<f32>]) -> bool {
        if self.count <= LOOK_AHEAD_FRAMES {
            return false;
        }
        let frame = &self.waiting[self.first];
        let next = &self.waiting[(self.first + 1) % self.waiting.len()];
        match frame.settings.method {
            PhaseMethod::GriffinLim => {
                self.griffin_lim.set_iterations(frame.settings.iterations);
                self.griffin_lim.push(&next.target, out);
            }
            _ => {
                let written = frame.target.len().min(out.len());
                out[..written].copy_from_slice(&frame.target[..written]);
                out[written..].fill(Complex::default());
                self.griffin_lim.follow(&next.target, out);
            }
        }
        self.first = (self.first + 1) % self.waiting.len();
        self.count -= 1;
        true
    }

    /// Forgets all frames.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.griffin_lim.reset();
        self.first = 0;
        self.count = LOOK_AHEAD_FRAMES;
        for waiting in &mut self.waiting {
            waiting.target.fill(Complex::default());
            waiting.settings = PhaseSettings::default();
        }
    }
}
