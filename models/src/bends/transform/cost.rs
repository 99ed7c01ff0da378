//! What a transform costs.

use super::{MAX_PARAMETERS, MAX_RADIUS, TransformKind};

impl TransformKind {
    /// Nanoseconds for a value of an activation map, at least about right: measured with the transforms' bench on layers of `drums` on one
    /// core of a server, the dearer where layers differ.
    pub(crate) fn nanoseconds_per_value(self, parameters: [f32; MAX_PARAMETERS]) -> f64 {
        match self {
            Self::Ablate
            | Self::Invert
            | Self::ScalarMultiply
            | Self::BinaryThresh
            | Self::FlipVertical => 0.15,
            Self::FlipHorizontal => 0.9,
            Self::Translate => 0.6,
            Self::Scale => 2.0,
            Self::Rotate => 5.0,
            Self::Erode | Self::Dilate => {
                let radius = f64::from(parameters[0]).clamp(0.0, MAX_RADIUS as f64);
                (1.0 + 0.2 * radius + 0.035 * radius * radius).min(48.0)
            }
        }
    }
}
