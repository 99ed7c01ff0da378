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
    /// The input's phases, bit for bit.
    #[default]
    Input,
    /// Streaming fast Griffin-Lim, starting from the input's phases.
    GriffinLim,
}

/// One channel's phase stage: takes target frames, returns them one frame later with the phases
/// of the chosen method.
pub struct PhaseStage {
    method: PhaseMethod,
    input: InputPhase,
    griffin_lim: GriffinLim,
}

impl PhaseStage {
    /// A stage that keeps the input's phases until told otherwise.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        Ok(Self {
            method: PhaseMethod::default(),
            input: InputPhase::new(geometry)?,
            griffin_lim: GriffinLim::new(geometry)?,
        })
    }

    /// The method in use.
    pub fn method(&self) -> PhaseMethod {
        self.method
    }

    /// Chooses the method from the next frame on, without a gap and without a change of latency.
    pub fn set_method(&mut self, method: PhaseMethod) {
        self.method = method;
    }

    /// Iterations of Griffin-Lim per frame, at most [`griffin_lim::MAX_ITERATIONS`].
    pub fn set_iterations(&mut self, iterations: usize) {
        self.griffin_lim.set_iterations(iterations);
    }

    /// Takes a target (bent magnitudes with the input's phases, one value per bin) and writes the
    /// frame before it. The first result is silence.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics. Griffin-Lim takes four transforms per iteration, the
    /// input's phases one per frame (which lets Griffin-Lim take over at any time).
    pub fn push(&mut self, target: &[Complex<f32>], out: &mut [Complex<f32>]) {
        self.input.push(target, out);
        match self.method {
            PhaseMethod::Input => self.griffin_lim.follow(target, out),
            PhaseMethod::GriffinLim => self.griffin_lim.push(target, out),
        }
    }

    /// Forgets all frames; method and iterations stay.
    pub fn reset(&mut self) {
        self.input.reset();
        self.griffin_lim.reset();
    }
}
