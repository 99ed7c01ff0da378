//! What one frame asks of the phases.

use super::griffin_lim::DEFAULT_ITERATIONS;
use super::look_ahead::LOOK_AHEAD_FRAMES;

/// How a frame gets its phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhaseMethod {
    /// The input's phases where the bend mostly scales what is there, Griffin-Lim where it moves energy: see
    /// [`MethodChooser`](super::MethodChooser).
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
    /// Iterations of Griffin-Lim, at most [`MAX_ITERATIONS`](super::griffin_lim::MAX_ITERATIONS).
    pub iterations: usize,
    /// Frames that Griffin-Lim looks ahead, at most [`MAX_LOOK_AHEAD`](super::MAX_LOOK_AHEAD), as far as they are there: only
    /// [`LOOK_AHEAD_FRAMES`] before the last frame of a stride, so that more makes the frames of a stride unequal.
    pub look_ahead: usize,
}

impl Default for PhaseSettings {
    fn default() -> Self {
        Self {
            method: PhaseMethod::default(),
            iterations: DEFAULT_ITERATIONS,
            look_ahead: LOOK_AHEAD_FRAMES,
        }
    }
}
