//! The decoder's weights in memory: as they were loaded, and as they are bent.
//!
//! # The way of a weight
//! [`node::weights`](crate::node::weights) (the decoder's tensors, numbered) → [`BendableWeights`] (originals kept, bent copies) → a
//! second session of the decoder that takes them as graph inputs
//! ([`Bender::decode_weighted`](crate::Bender::decode_weighted)).

mod bendable;
pub(crate) mod decoder;
mod original;
mod tensor;

pub use bendable::BendableWeights;
