//! The parameters of phase reconstruction.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `phase` | auto, input, rtpghi, vocoder, griffin-lim | how bent frames get their phases |
//! | `phase_iterations` | 1–32 | iterations of Griffin-Lim, chosen or found by auto |
//! | `phase_look_ahead` | 0–3 | frames that it looks ahead, as far as they are there: all in most frames of a stride, one in its last |

use netbend_dsp::number::low_bits;
use netbend_dsp::phase::griffin_lim::DEFAULT_ITERATIONS;
use netbend_dsp::phase::{LOOK_AHEAD_FRAMES, MAX_LOOK_AHEAD, PhaseMethod, PhaseSettings};
use nice_plug::prelude::*;

/// The most iterations that may be set.
const MAX_ITERATIONS: i32 = 32;

/// Phase reconstruction.
#[derive(Params)]
pub struct PhaseParams {
    /// The method.
    #[id = "phase"]
    pub method: EnumParam<PhaseChoice>,
    /// Iterations of Griffin-Lim.
    #[id = "phase_iterations"]
    pub iterations: IntParam,
    /// Frames that Griffin-Lim looks ahead.
    #[id = "phase_look_ahead"]
    pub look_ahead: IntParam,
}

/// [`PhaseMethod`] as a parameter.
#[derive(Debug, Enum, PartialEq, Eq, Clone, Copy)]
pub enum PhaseChoice {
    /// The input's phases, bit for bit, or Griffin-Lim from them where the bend moves energy, frame by frame.
    #[id = "auto"]
    #[name = "Auto"]
    Auto,
    /// The input's own phases.
    #[id = "input"]
    #[name = "Input"]
    Input,
    /// Phase gradient heap integration: phases from the bent magnitudes alone.
    #[id = "rtpghi"]
    #[name = "RTPGHI"]
    Rtpghi,
    /// Phase vocoder: the input's phase gradients, integrated along the bent magnitudes.
    #[id = "vocoder"]
    #[name = "Vocoder"]
    Vocoder,
    /// Streaming fast Griffin-Lim, started from the input's phases.
    #[id = "griffin-lim"]
    #[name = "Griffin-Lim"]
    GriffinLim,
}

impl Default for PhaseParams {
    fn default() -> Self {
        let count = |name, default: usize, min, max| {
            IntParam::new(
                name,
                low_bits::<i32>(default),
                IntRange::Linear { min, max },
            )
        };
        Self {
            method: EnumParam::new("Phase", PhaseChoice::Auto),
            iterations: count("Phase Iterations", DEFAULT_ITERATIONS, 1, MAX_ITERATIONS),
            look_ahead: count(
                "Phase Look-ahead",
                LOOK_AHEAD_FRAMES,
                0,
                low_bits::<i32>(MAX_LOOK_AHEAD),
            ),
        }
    }
}

impl PhaseParams {
    /// The values of this moment.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub fn settings(&self) -> PhaseSettings {
        PhaseSettings {
            method: match self.method.value() {
                PhaseChoice::Auto => PhaseMethod::Auto,
                PhaseChoice::Input => PhaseMethod::Input,
                PhaseChoice::Rtpghi => PhaseMethod::Rtpghi,
                PhaseChoice::Vocoder => PhaseMethod::Vocoder,
                PhaseChoice::GriffinLim => PhaseMethod::GriffinLim,
            },
            iterations: low_bits::<usize>(self.iterations.value().max(0)),
            look_ahead: low_bits::<usize>(self.look_ahead.value().max(0)),
        }
    }
}
