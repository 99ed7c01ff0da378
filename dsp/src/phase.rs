//! Phases for bent magnitudes. Worker thread.
//!
//! A bent frame has new magnitudes but, at first, the input's phases. Bends that scale what is
//! there may keep them; bends that move energy need phases that fit the new magnitudes. Every
//! method here delays by [`LOOK_AHEAD_FRAMES`], so that they can be switched while playing.

mod auto;
pub mod griffin_lim;
mod heap;
pub mod input_phase;
pub mod rtpghi;
mod safe;
mod stage;
mod unwinding;
pub mod vocoder;

pub use auto::{MethodChooser, spectral_distance};
pub use griffin_lim::{GriffinLim, griffin_lim_offline};
pub use input_phase::InputPhase;
pub use rtpghi::Rtpghi;
pub use stage::PhaseStage;
pub use vocoder::Vocoder;

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
