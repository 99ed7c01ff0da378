//! Why a graph is refused.

use crate::error::ModelError;

/// What was found in a graph and what was expected there, as the end of a sentence: whoever passes it on says before it which node, weight or
/// attribute is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub(super) String);

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

impl From<&str> for Refusal {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl From<Refusal> for ModelError {
    fn from(Refusal(reason): Refusal) -> Self {
        Self::Structure(reason)
    }
}
