//! ONNX files as data: the parts of the protobuf schema Netbend understands ([`proto`]), the checks a
//! file must pass before ONNX Runtime sees a byte of it ([`check`]), and cutting subgraphs out of a
//! model ([`extract`]).

pub mod check;
pub mod extract;
pub mod proto;
