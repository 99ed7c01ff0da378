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

use ort::session::builder::GraphOptimizationLevel;
use ort::session::{RunOptions, Session as OrtSession, SessionInputs, SessionOutputs};
use prost::Message as _;

use super::Runtime;
use super::cancellation::{making, running};
use crate::error::ModelError;
use crate::node::operator;
use crate::onnx::proto::ModelProto;

/// A session whose runs can be ended from another thread: see [`Cancellation`](super::Cancellation).
pub(crate) struct Session {
    session: OrtSession,
    runs: Arc<RunOptions>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.session.fmt(f)
    }
}

impl Session {
    /// Runs with `inputs`.
    ///
    /// # Errors
    /// What inference reports.
    pub(crate) fn run<'s, 'i, 'v: 'i, const N: usize>(
        &'s mut self,
        inputs: impl Into<SessionInputs<'i, 'v, N>>,
    ) -> ort::Result<SessionOutputs<'s>> {
        self.session.run_with_options(inputs, &*self.runs)
    }
}

impl Runtime {
    /// A session of `model`, which may hold bend nodes. Weights that a living session of this process holds already are not held
    /// twice, nor is what ONNX Runtime makes of them. Allocates and takes milliseconds.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses the graph, [`ModelError::Cancelled`] where it is not wanted any more.
    pub(crate) fn session(&self, model: &ModelProto) -> Result<Session, ModelError> {
        let shared = self.weights().share(model)?;
        let bytes = shared.model.encode_to_vec();
        let session = self.create(|environment| {
            let mut builder = OrtSession::builder(environment)?
                .with_operators(operator::domain()?)?
                .with_optimization_level(GraphOptimizationLevel::All)?
                .with_memory_pattern(false)?
                .with_env_allocators()?
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
            let canceler = builder.canceler();
            making(canceler, || Ok(builder.commit_from_memory(&bytes)?))
        })?;
        let runs = Arc::new(RunOptions::new()?);
        running(&runs);
        Ok(Session { session, runs })
    }
}

/// The tensor that a run calls `name`.
///
/// # Errors
/// [`ModelError::Manifest`] where there is none of that name.
pub(crate) fn output<'a>(
    outputs: &'a SessionOutputs<'_>,
    name: &str,
) -> Result<&'a ort::value::DynValue, ModelError> {
    outputs
        .get(name)
        .ok_or_else(|| ModelError::Manifest(format!("output `{name}` is missing")))
}
