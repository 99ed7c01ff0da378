//! `cargo xtask setup`: all that a build needs and cargo does not bring. Quick when nothing is
//! missing.

mod models;
mod presets;
mod runtime;
mod system;

use anyhow::Result;

pub use runtime::NOTICES as RUNTIME_NOTICES;
pub use system::{install_decoders, install_screen};

use crate::step::step;
use crate::workspace::Workspace;

/// Gets system packages, ONNX Runtime, the models and the presets.
pub fn run(workspace: &Workspace) -> Result<()> {
    step("system packages", system::install_missing)?;
    step("ONNX Runtime", || runtime::fetch(workspace))?;
    step("models", || models::gather(workspace))?;
    step("presets", || presets::gather(workspace))
}
