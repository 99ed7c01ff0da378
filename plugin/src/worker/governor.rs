//! How much work a stride is worth, by how near deadlines are.

/// How much is done for a stride. Each level saves what the levels before it save.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Effort {
    /// Everything.
    #[default]
    Full,
}
