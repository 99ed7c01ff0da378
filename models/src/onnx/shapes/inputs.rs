//! What a node is given.

use netbend_dsp::number::cut;

use super::attributes::Attributes;
use super::known::Known;
use crate::onnx::refusal::Refusal;
use crate::onnx::types::Element;

/// A node's inputs, those left out as `None`, and their element types.
pub(super) struct Inputs<'a>(
    pub(super) Vec<Option<&'a Known>>,
    pub(super) Vec<Option<Element>>,
);

impl<'a> Inputs<'a> {
    pub(super) fn get(&self, place: usize) -> Option<&'a Known> {
        self.0.get(place).copied().flatten()
    }

    pub(super) fn element(&self, place: usize) -> Option<Element> {
        self.1.get(place).copied().flatten()
    }

    /// The values of an input, where they are known.
    pub(super) fn values(&self, place: usize) -> Option<&'a [f64]> {
        self.get(place).and_then(|known| known.values.as_deref())
    }

    pub(super) fn need(&self, place: usize) -> Result<&'a Known, Refusal> {
        self.get(place)
            .ok_or_else(|| Refusal(format!("input {} is missing", place + 1)))
    }

    /// Whole numbers that an attribute held in older operator sets and an input holds in newer ones.
    pub(super) fn integers(
        &self,
        place: usize,
        attributes: &Attributes<'_>,
        name: &str,
    ) -> Result<Option<Vec<i64>>, Refusal> {
        if let Some(values) = attributes.ints(name) {
            return Ok(Some(values.to_vec()));
        }
        match self.get(place) {
            None => Ok(None),
            Some(Known {
                values: Some(values),
                ..
            }) => Ok(Some(
                values.iter().map(|&value| cut::<i64>(value)).collect(),
            )),
            Some(_) => Err(Refusal(format!(
                "its {name} are computed in a way Netbend cannot follow; export the model for windows of a fixed size"
            ))),
        }
    }
}
