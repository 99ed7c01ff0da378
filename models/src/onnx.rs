//! ONNX files as data: the parts of the protobuf schema Netbend understands ([`proto`]), read with bounds (`wire`), the checks a
//! file must pass before ONNX Runtime sees a byte of it ([`check`], [`budget`], all held to [`limits`]), and cutting subgraphs
//! out of a model ([`extract`]). For models that are not Netbend's own: the shapes and element types of a graph's tensors ([`shapes`], [`types`]),
//! through which of them everything passes ([`bottleneck`]), how much work it is (`work`), and a file's inputs and metadata without the
//! rest ([`outline`]).

pub mod bottleneck;
pub mod budget;
mod build;
pub mod check;
pub mod extract;
pub mod limits;
pub mod metadata;
pub mod outline;
pub(crate) mod pointwise;
pub(crate) mod precision;
pub mod printed;
pub mod proto;
mod refusal;
mod remedy;
pub(crate) mod rename;
pub mod shapes;
pub(crate) mod sizes;
pub mod types;
pub(crate) mod values;
mod wire;
pub(crate) mod work;

pub use refusal::Refusal;
