//! What the tests of the worker's rooms share.

pub(super) mod dice;
#[path = "../../../models/tests/support/tiny_model.rs"]
#[allow(dead_code)]
pub(crate) mod tiny_model;
