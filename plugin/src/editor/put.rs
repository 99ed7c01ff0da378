//! Something that was put at once: a preset, a roll of the dice, a moment from before.

use std::sync::Arc;

use crate::params::snapshot::Snapshot;

/// What was set beside the parameters' values, before and after: model, fixed bends, sound clusters, modulators.
pub type Texts = Arc<(Snapshot, Snapshot)>;

/// What was put, and what it is called.
#[derive(Debug, Clone)]
pub struct Put {
    /// `Preset Drift`.
    pub words: String,
    /// Before and after.
    pub texts: Texts,
}
