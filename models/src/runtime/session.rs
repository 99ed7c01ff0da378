//! How every session is made: settings measured on the shipped model, and weights that sessions share.
//!
//! | setting | why |
//! |---|---|
//! | one thread, no spinning | threads belong to the host; a stride is too short to be split |
//! | memory pattern off | batches change from run to run: planned buffers made a decode of two windows 5 to 9 % slower |
//! | subnormals are zero | as on the audio thread |
//! | deterministic | a bounce is what was heard, bit for bit |
//!
//! Optimised graphs are not kept on disk: reading one and checking its digest takes longer than optimising it again
//! (`models/examples/load_cost.rs`).

use std::sync::Arc;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use prost::Message as _;

use super::Runtime;
use crate::error::ModelError;
use crate::onnx::proto::ModelProto;
use crate::operator;

impl Runtime {
    /// A session of `model`, which may hold bend nodes. Weights that a living session of this process holds already are not held
    /// twice, nor is what ONNX Runtime makes of them. Allocates and takes milliseconds.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses the graph.
    pub(crate) fn session(&self, model: &ModelProto) -> Result<Session, ModelError> {
        let shared = self.weights().share(model)?;
        let bytes = shared.model.encode_to_vec();
        self.create(|environment| {
            let mut builder = Session::builder(environment)?
                .with_operators(operator::domain()?)?
                .with_optimization_level(GraphOptimizationLevel::All)?
                .with_memory_pattern(false)?
                .with_intra_threads(1)?
                .with_inter_threads(1)?
                .with_intra_op_spinning(false)?
                .with_inter_op_spinning(false)?
                .with_deterministic_compute(true)?
                .with_flush_to_zero()?;
            for (name, tensor) in shared.tensors {
                // The first gives the optimiser the numbers, the second keeps the session from copying them.
                builder = builder
                    .with_external_initializer(&name, Arc::clone(&tensor))?
                    .with_initializer(name, tensor)?;
            }
            if let Some(packed) = &shared.packed {
                builder = builder.with_prepacked_weights(packed)?;
            }
            Ok(builder.commit_from_memory(&bytes)?)
        })
    }
}
