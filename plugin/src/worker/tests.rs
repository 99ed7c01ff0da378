//! What the tests of the worker's rooms share.

pub(super) mod dice;

pub(crate) use kit::tiny_model;
