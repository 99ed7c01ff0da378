//! A session that computes the newest rows alone.

use crate::incremental::row_starts::RowStarts;
use crate::run::runtime::Session;

/// A session made for its rows.
pub(super) struct Tail {
    pub(super) starts: RowStarts,
    pub(super) session: Session,
}
