//! What is known of a stride while it is worked on. Pool threads.

use std::time::Instant;

/// The stride that is being worked on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    /// When it was complete.
    pub(super) complete: Instant,
    /// Seconds that went into its preparation.
    pub(super) seconds: f32,
}
