//! What a model may ask for at most: the one place for the limits of models.
//!
//! A model is held to them in this order: [`reading`](self::READ_NODES) while its file is decoded
//! (`wire`), its structure ([`check`](super::check)), its shapes ([`shapes`](super::shapes)), and what running it takes
//! ([`budget`](super::budget)). Nothing is allocated for what a later limit would refuse.

/// Bytes of the whole file.
pub const FILE_BYTES: u64 = 512 << 20;
/// Bytes of one name.
pub const NAME_BYTES: usize = 256;
/// Bytes of the manifest.
pub const MANIFEST_BYTES: usize = 1 << 20;

// While a file is read. Graphs of somebody else's may hold more than is run: what neither half needs is dropped.

/// Nodes of a file.
pub const READ_NODES: usize = 16_000;
/// Attributes of all nodes of a file.
pub const READ_ATTRIBUTES: usize = 64_000;
/// Tensors of a file, those in attributes included.
pub const READ_TENSORS: usize = 32_000;
/// Inputs, outputs and described tensors of a file.
pub const READ_VALUES: usize = 32_000;
/// Names and texts in the lists of a file.
pub const READ_TEXTS: usize = 128_000;
/// Axes of all tensors of a file, and numbers in all lists of its attributes.
pub const READ_NUMBERS: usize = 1 << 20;
/// Metadata properties and operator sets of a file.
pub const READ_PROPERTIES: usize = 1_000;
/// 64-bit integers that the tensors of a file list one by one (most are stored as raw bytes, which this does not count).
pub const READ_LONGS: usize = 1 << 22;
/// Integers of 32 bits or less that the tensors of a file list one by one.
pub const READ_INTEGERS: usize = 1 << 24;

// The structure of what is run.

/// Nodes in the graph.
pub const NODES: usize = 2_000;
/// Initializers in the graph.
pub const INITIALIZERS: usize = 2_000;
/// Inputs or outputs of one node.
pub const NODE_TENSORS: usize = 256;
/// Numbers in one list of an attribute.
pub const LIST: usize = 4_096;
/// Axes of one tensor.
pub const AXES: usize = 8;
/// Elements of one tensor.
pub const TENSOR_ELEMENTS: usize = 1 << 27;
/// Newest standard operator set understood.
pub const OPSET: i64 = 25;
/// Newest version of the file format that ONNX Runtime reads.
pub const IR_VERSION: i64 = 13;
/// Oldest standard operator set understood.
pub const OLDEST_OPSET: i64 = 7;

// What running it takes.

/// Windows in the batch that the two limits below are for.
pub const BATCH: usize = 2;
/// Bytes that one half (encoder, decoder) holds at a time while it runs a batch of [`BATCH`] windows, weights left out: so many...
///
/// A model that is loaded and plays takes up to 4.4 times as much, since the decoder is there several times; so models with few
/// weights stay within 200 MB.
pub const LIVE_BYTES: u64 = 44 << 20;
/// ... and so many for each of its weights.
pub const LIVE_PER_WEIGHT: u64 = 1;
/// Multiply–accumulates (and what takes as long) of both halves for a batch of [`BATCH`] windows.
pub const WORK: u64 = 32_000_000_000;
/// Bytes of the tensors computed from constants alone, which a runtime computes while it loads: so many...
pub const FOLDED_BYTES: u64 = 32 << 20;
/// ... and so many for each of its weights: each may be cast once, and arranged anew once.
pub const FOLDED_PER_WEIGHT: u64 = 8;
