//! One tensor: its points as they were loaded, and as they are bent.

use super::original::Original;
use crate::bends::weights::WeightLayer;
use crate::bends::weights::formula::{Formula, restore};
use crate::bends::weights::mask::Mask;
use crate::bends::weights::stage::Stage;

/// A tensor that can be bent.
#[derive(Debug, Clone)]
pub(super) struct BendableTensor {
    pub(super) layer: WeightLayer,
    /// Shared by everything that bends this model's weights.
    original: Original,
    /// Empty until the tensor is first bent. From then on it differs from `original` at most in the points
    /// that the masks of `chain` pick.
    bent: Vec<f32>,
    /// What `bent` went through, in order.
    chain: Vec<Stage>,
}

impl BendableTensor {
    pub(super) fn new(layer: WeightLayer, original: Original) -> Self {
        Self {
            layer,
            original,
            bent: Vec::new(),
            chain: Vec::new(),
        }
    }

    /// The points as they are now.
    pub(super) fn values(&self) -> &[f32] {
        if self.chain.is_empty() {
            self.original.values()
        } else {
            &self.bent
        }
    }

    /// Whether any stage is applied.
    pub(super) fn is_bent(&self) -> bool {
        !self.chain.is_empty()
    }

    /// Applies `chain` to the original in place of what was applied before. Touches only points that either
    /// picks; allocates only where the chain is longer than ever or the tensor is bent for the first time.
    pub(super) fn set(
        &mut self,
        chain: impl Iterator<Item = Stage> + Clone,
        scratch: &mut Vec<f32>,
    ) {
        if self.chain.iter().copied().eq(chain.clone()) {
            return;
        }
        let first = chain.clone().next().map(|stage| stage.mask);
        if first.is_some() && self.bent.is_empty() {
            self.bent = self.original.values().to_vec();
        }
        // The first stage reads the original: what it will overwrite need not be put back before. All else
        // is to be as it was.
        let overwritten = |mask: Mask| first.is_some_and(|first| first == mask || first.is_whole());
        for stage in &self.chain {
            if !overwritten(stage.mask) {
                restore(stage.mask, self.original.values(), &mut self.bent);
            }
        }
        self.chain.clear();
        self.chain.extend(chain);
        for (place, stage) in self.chain.iter().enumerate() {
            let formula = Formula::of(stage, &self.layer);
            if place == 0 {
                formula.write(stage.mask, self.original.values(), &mut self.bent);
            } else {
                formula.rewrite(stage.mask, &mut self.bent, scratch);
            }
        }
    }
}
