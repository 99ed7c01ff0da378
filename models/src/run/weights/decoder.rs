//! The decoder whose weights are graph inputs. Pool thread.
//!
//! As inputs they may differ from run to run without a new session; but they are packed anew for every run,
//! so it is used only while weights are bent.

use std::borrow::Cow;

use ort::session::{SessionInputValue, SessionOutputs};
use ort::value::TensorRef;

use super::BendableWeights;
use crate::bends::weights::WeightFrame;
use crate::error::ModelError;
use crate::node::weight_inputs::expose;
use crate::node::weights;
use crate::onnx::proto::ModelProto;
use crate::package::manifest::Layer;
use crate::run::runtime::{Runtime, Session};

/// A session and the weights it runs with.
#[derive(Debug)]
pub(crate) struct WeightedDecoder {
    session: Session,
    weights: BendableWeights,
    /// Names of the graph's inputs, in the order of the tensors' numbers.
    names: Vec<String>,
}

impl WeightedDecoder {
    /// The decoder of `model` (with its bend nodes), which has these bendable layers, as one whose weights can be bent.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses it.
    pub(crate) fn new(
        mut model: ModelProto,
        layers: &[Layer],
        runtime: &Runtime,
    ) -> Result<Self, ModelError> {
        let weights = weights::find(&model, layers);
        expose(&mut model, &weights);
        Ok(Self {
            session: runtime.session(&model)?,
            names: weights
                .iter()
                .map(|weight| weight.layer.tensor.clone())
                .collect(),
            weights: BendableWeights::beside_session(weights, runtime),
        })
    }

    pub(crate) fn weights(&self) -> &BendableWeights {
        &self.weights
    }

    /// Bends its own weights by `bends`, and by nothing else.
    pub(crate) fn set(&mut self, bends: &[WeightFrame]) {
        self.weights.set(bends);
    }

    /// Runs with `inputs` beside `weights`, or its own.
    ///
    /// # Errors
    /// What inference reports.
    pub(crate) fn run<'s>(
        &'s mut self,
        weights: Option<&BendableWeights>,
        inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)>,
    ) -> Result<SessionOutputs<'s>, ModelError> {
        let weights = weights.unwrap_or(&self.weights);
        let mut inputs = inputs; // of a shorter lifetime
        let layers = weights.layers().zip(weights.all_values());
        for (name, (layer, values)) in self.names.iter().zip(layers) {
            let tensor = TensorRef::from_array_view((layer.shape.as_slice(), values))?;
            inputs.push((Cow::from(name.as_str()), tensor.into()));
        }
        Ok(self.session.run(inputs)?)
    }
}
