//! A tensor's points as they were loaded.

use std::sync::Arc;

use ort::value::DynValue;

use crate::run::runtime::Runtime;
use crate::run::runtime::shared_weights::points;

/// Points that nobody changes. A clone shares them.
#[derive(Debug, Clone)]
pub(super) enum Original {
    /// In memory for bending alone.
    Own(Arc<[f32]>),
    /// Those that sessions of the unbent decoder run with.
    OfSessions(Arc<DynValue>),
}

impl Original {
    /// The points that sessions of `runtime` hold, where they hold these; else `values` themselves.
    pub(super) fn shared(runtime: &Runtime, shape: &[usize], values: Vec<f32>) -> Self {
        match runtime.weights().held(shape, &values) {
            Some(tensor) => Self::OfSessions(tensor),
            None => Self::Own(values.into()),
        }
    }

    /// The points, flattened.
    pub(super) fn values(&self) -> &[f32] {
        match self {
            Self::Own(values) => values,
            Self::OfSessions(tensor) => points(tensor),
        }
    }
}
