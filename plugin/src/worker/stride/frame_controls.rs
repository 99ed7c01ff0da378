//! A frame's controls, as far as its stride and the next frame's are concerned.

use netbend_dsp::voice::VoiceShape;

use crate::stream::controls::Controls;
use crate::worker::latent::LatentState;
use crate::worker::moment::Moment;

/// What decoding reads of one frame's controls.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameControls {
    pub(super) moment: Moment,
    pub(super) shape: VoiceShape,
    pub(super) auto_gain: bool,
}

impl FrameControls {
    /// `drifts`: the draw of a fixed bend does.
    pub(super) fn new(controls: &Controls, latent: LatentState, drifts: bool) -> Self {
        Self {
            moment: Moment {
                slots: controls.slots,
                weights: controls.weights,
                parts: controls.parts,
                latent,
                drift_seconds: if drifts { controls.drift_seconds } else { 0.0 },
            },
            shape: controls.shape,
            auto_gain: controls.auto_gain,
        }
    }
}
