//! What is wrong with a manifest.

use crate::error::ModelError;

/// The field that is wrong, what was found there and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(in crate::package) struct Flaw(pub(super) String);

impl From<Flaw> for ModelError {
    fn from(Flaw(found): Flaw) -> Self {
        Self::Manifest(found)
    }
}
