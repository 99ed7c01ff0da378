//! One weight bend of one tensor, ready to be applied.

use super::mask::Mask;
use super::{WeightFrame, WeightTransform};

/// The strongest amount that is not cut.
const MAX_AMOUNT: f32 = 1e6;

/// What one bend does to one tensor. Stages that are equal do the same, bit for bit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stage {
    pub(crate) transform: WeightTransform,
    /// Finite and not 0.
    pub(crate) amount: f32,
    /// 0 unless the transform draws.
    pub(crate) seed: u32,
    /// Picks one point at least.
    pub(crate) mask: Mask,
}

impl Stage {
    /// The stage of a bend on a tensor of so many points; `None` where it changes none of them.
    pub(crate) fn of(frame: &WeightFrame, points: usize) -> Option<Self> {
        let mask = Mask::of_share(points, frame.share);
        if !frame.is_active() || !frame.amount.is_finite() || mask.count() == 0 {
            return None;
        }
        let seeded = frame.transform == WeightTransform::Randomise;
        Some(Self {
            transform: frame.transform,
            amount: frame.amount.clamp(-MAX_AMOUNT, MAX_AMOUNT),
            seed: if seeded { frame.seed } else { 0 },
            mask,
        })
    }
}
