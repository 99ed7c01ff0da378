//! What a machine and its ONNX Runtime can do: the yardsticks of Netbend's benchmarks. Offline only.

mod sgemm;
mod version;

pub use sgemm::peak_gflops;
pub use version::runtime_version;
