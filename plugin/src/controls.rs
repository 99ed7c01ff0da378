//! The values of the parameters at one moment, as plain data that travels with a frame.

use netbend_dsp::phase::PhaseMethod;
use netbend_models::bend::BendFrame;
use netbend_models::latent::LatentPlay;
use netbend_models::weights::WeightFrame;

/// Automatable bends.
pub const SLOTS: usize = 8;
/// Automatable weight bends.
pub const WEIGHT_SLOTS: usize = 2;

/// Everything that shapes the sound of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controls {
    /// The bends, in application order.
    pub slots: [BendFrame; SLOTS],
    /// The bends of weights, in application order.
    pub weights: [WeightFrame; WEIGHT_SLOTS],
    /// What is decoded in place of the encoded sound.
    pub latent: LatentPlay,
    /// 0 = difference, 1 = model.
    pub voice: f32,
    /// Phase reconstruction.
    pub phase: PhaseMethod,
    /// 0 = dry, 1 = wet.
    pub mix: f32,
    /// Linear output gain.
    pub gain: f32,
    /// The latency-aligned input alone.
    pub bypass: bool,
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            slots: [BendFrame::default(); SLOTS],
            weights: [WeightFrame::default(); WEIGHT_SLOTS],
            latent: LatentPlay::default(),
            voice: 0.0,
            phase: PhaseMethod::Input,
            mix: 1.0,
            gain: 1.0,
            bypass: false,
        }
    }
}
