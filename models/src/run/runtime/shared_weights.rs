//! Weights that the sessions of this process share: each tensor is in memory once, whatever the number of sessions and models
//! that hold its numbers.
//!
//! ONNX Runtime copies weights into every session, and packs them there for its matrix products. It leaves that be for tensors
//! that it is given from outside, and finds what it packed of them before. Tensors are known by their shape and numbers, so
//! nobody has to say which sessions belong together.

mod take_out;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use ort::session::builder::PrepackedWeights;
use ort::value::{DynValue, Tensor};

use crate::error::ModelError;
use crate::onnx::proto::ModelProto;
use crate::onnx::values::{are_these, floats, same_bits};
use netbend_dsp::number::signed;
use take_out::{Weight, take_out};

/// What living sessions hold.
#[derive(Default)]
pub(crate) struct SharedWeights {
    groups: Mutex<Vec<Group>>,
}

/// Tensors of sessions that have some in common, and what ONNX Runtime packed of them. Packed weights can only be let go all at once,
/// which they are when the last session of the group is gone.
struct Group {
    tensors: Vec<Weak<DynValue>>,
    packed: PrepackedWeights,
}

/// A model as a session is made of it.
pub(crate) struct Shared {
    /// The model, its large weights declared but not in it.
    pub(crate) model: ModelProto,
    /// Those weights.
    pub(crate) tensors: Vec<(String, Arc<DynValue>)>,
    /// What was packed of them; `None` where nothing is shared.
    pub(crate) packed: Option<PrepackedWeights>,
}

impl SharedWeights {
    /// Takes the large weights out of `model`: they are given to the session beside it.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime makes no tensor of them.
    pub(crate) fn share(&self, model: &ModelProto) -> Result<Shared, ModelError> {
        let (graph, weights) = model.graph.as_ref().map(take_out).unzip();
        let model = ModelProto {
            graph,
            ir_version: model.ir_version,
            producer_name: model.producer_name.clone(),
            producer_version: model.producer_version.clone(),
            opset_import: model.opset_import.clone(),
            metadata_props: model.metadata_props.clone(),
            functions: model.functions.clone(),
        };
        let weights = weights.unwrap_or_default();
        if weights.is_empty() {
            return Ok(Shared {
                model,
                tensors: Vec::new(),
                packed: None,
            });
        }
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups.retain(|group| group.tensors.iter().any(|tensor| tensor.strong_count() > 0));

        let (mut tensors, mut fresh, mut group) = (Vec::new(), Vec::new(), None);
        for Weight { name, stored } in weights {
            let dims = &stored.dims;
            let tensor = match find(&groups, dims, |held| are_these(stored, held)) {
                Some((place, tensor)) => {
                    group.get_or_insert(place);
                    tensor
                }
                None => {
                    let values = floats(stored).unwrap_or_default();
                    let tensor = Tensor::from_array((dims.clone(), values))?;
                    let tensor = Arc::new(tensor.into_dyn());
                    fresh.push(Arc::downgrade(&tensor));
                    tensor
                }
            };
            tensors.push((name.to_owned(), tensor));
        }
        let place = group.unwrap_or_else(|| {
            groups.push(Group {
                tensors: Vec::new(),
                packed: PrepackedWeights::new(),
            });
            groups.len() - 1
        });
        groups[place].tensors.append(&mut fresh);
        Ok(Shared {
            model,
            tensors,
            packed: Some(groups[place].packed.clone()),
        })
    }

    /// The tensor of these dimensions and numbers, where a living session holds it.
    pub(crate) fn held(&self, shape: &[usize], values: &[f32]) -> Option<Arc<DynValue>> {
        let dims: Vec<i64> = shape.iter().map(|&size| signed(size)).collect();
        let groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        find(&groups, &dims, |held| same_bits(held, values)).map(|(_, tensor)| tensor)
    }
}

/// The points of a tensor of floats.
pub(crate) fn points(tensor: &DynValue) -> &[f32] {
    tensor
        .try_extract_tensor::<f32>()
        .map_or(&[], |(_, values)| values)
}

/// The tensor of these dimensions whose numbers are the ones wanted.
fn find(
    groups: &[Group],
    dims: &[i64],
    are_wanted: impl Fn(&[f32]) -> bool,
) -> Option<(usize, Arc<DynValue>)> {
    groups.iter().enumerate().find_map(|(place, group)| {
        let living = group.tensors.iter().filter_map(Weak::upgrade);
        let mut alike =
            living.filter(|tensor| tensor.shape()[..] == *dims && are_wanted(points(tensor)));
        alike.next().map(|tensor| (place, tensor))
    })
}
