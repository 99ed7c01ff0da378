//! The bend node: the [`program`] it reads, the [`operator`] it is, where it stands in a decoder ([`inject`]), which of the decoder's
//! [`weights`] can be bent beside it, and the pictures of a layer's [`activity`] that it takes.

pub mod activity;
pub mod inject;
pub mod operator;
pub mod program;
pub(crate) mod weight_inputs;
pub mod weights;
