//! All tensors of a decoder that can be bent.

use super::original::Original;
use super::tensor::BendableTensor;
use crate::bends::weights::stage::Stage;
use crate::bends::weights::{WeightFrame, WeightLayer};
use crate::error::ModelError;
use crate::node::weights::{FoundWeight, find};
use crate::package::Package;
use crate::run::runtime::Runtime;

/// The weights of a decoder, as they were loaded and as they are bent.
///
/// # Real-time safety
/// For a pool thread. A tensor's copy is made when it is first bent; after that a change of bends touches
/// only the points that were bent or will be, and allocates nothing. A clone shares the originals.
#[derive(Debug, Clone)]
pub struct BendableWeights {
    tensors: Vec<BendableTensor>,
    /// Points on their way from one place of a tensor to another.
    scratch: Vec<f32>,
}

impl BendableWeights {
    /// The weights of a model, unbent.
    ///
    /// # Errors
    /// [`ModelError`] where the decoder cannot be cut out of the graph.
    pub fn of(package: &Package) -> Result<Self, ModelError> {
        let (_, decoder) = crate::package::halves::split(package.model(), package.manifest())?;
        Ok(Self::alone(find(&decoder, &package.manifest().layers)))
    }

    /// Weights that no session holds, unbent.
    pub(crate) fn alone(weights: Vec<FoundWeight>) -> Self {
        let own = |weight: FoundWeight| {
            BendableTensor::new(weight.layer, Original::Own(weight.values.into()))
        };
        Self::new(weights.into_iter().map(own).collect())
    }

    /// Weights that were found in a decoder of which there is a session, unbent. What that session holds is not held twice.
    pub(crate) fn beside_session(weights: Vec<FoundWeight>, runtime: &Runtime) -> Self {
        let share = |FoundWeight { layer, values }| {
            let original = Original::shared(runtime, &layer.shape, values);
            BendableTensor::new(layer, original)
        };
        Self::new(weights.into_iter().map(share).collect())
    }

    fn new(tensors: Vec<BendableTensor>) -> Self {
        Self {
            tensors,
            scratch: Vec::new(),
        }
    }

    /// The tensors, in the order of their numbers.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = &WeightLayer> {
        self.tensors.iter().map(|tensor| &tensor.layer)
    }

    /// The points of the tensor numbered `layer` as they are now, flattened; `None` where there is no such
    /// tensor.
    pub fn values(&self, layer: usize) -> Option<&[f32]> {
        let tensor = self.tensors.get(layer.checked_sub(1)?)?;
        Some(tensor.values())
    }

    /// The points of every tensor, in the order of their numbers.
    pub(super) fn all_values(&self) -> impl Iterator<Item = &[f32]> {
        self.tensors.iter().map(BendableTensor::values)
    }

    /// Whether `bends` would change a point of any tensor.
    pub fn would_change(&self, bends: &[WeightFrame]) -> bool {
        bends.iter().any(|bend| {
            let place = usize::from(bend.layer).checked_sub(1);
            let tensor = place.and_then(|place| self.tensors.get(place));
            tensor.is_some_and(|tensor| Stage::of(bend, tensor.layer.points()).is_some())
        })
    }

    /// Bends the weights by `bends`, in order, and by nothing else: what was bent before and is no more is
    /// as it was loaded, bit for bit. Bends of tensors that do not exist do nothing.
    pub fn set(&mut self, bends: &[WeightFrame]) {
        for tensor in &mut self.tensors {
            let (number, points) = (tensor.layer.number, tensor.layer.points());
            let chain = bends
                .iter()
                .filter(|bend| usize::from(bend.layer) == number)
                .filter_map(|bend| Stage::of(bend, points));
            tensor.set(chain, &mut self.scratch);
        }
    }

    /// Whether any tensor is bent.
    pub fn is_bent(&self) -> bool {
        self.tensors.iter().any(BendableTensor::is_bent)
    }
}
