//! How much arithmetic a graph is: multiply–accumulates of its convolutions and matrix products. Offline only.

mod fresh;
mod needed;
mod node;

pub(crate) use fresh::fresh;
pub(crate) use needed::NeededRows;
pub(super) use node::of_node;
pub(crate) use node::whole;
