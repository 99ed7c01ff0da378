//! Phases for bent magnitudes. Pool thread.
//!
//! A bent frame has new magnitudes but, at first, the input's phases. Bends that scale what is
//! there may keep them; bends that move energy need phases that fit the new magnitudes. Every
//! method of the [`PhaseStage`] delays by [`LOOK_AHEAD_FRAMES`] and goes on from the frame written
//! last, whichever method wrote it, so that they can be switched while playing.

mod auto;
pub mod griffin_lim;
mod heap;
pub mod input_phase;
mod look_ahead;
pub mod rtpghi;
mod safe;
mod settings;
mod stage;
pub mod vocoder;

pub use auto::{MethodChooser, spectral_distance};
pub use griffin_lim::{GriffinLim, griffin_lim_offline};
pub use input_phase::InputPhase;
pub use look_ahead::{LOOK_AHEAD_FRAMES, MAX_LOOK_AHEAD};
pub use rtpghi::Rtpghi;
pub use settings::{PhaseMethod, PhaseSettings};
pub use stage::PhaseStage;
pub use vocoder::Vocoder;
