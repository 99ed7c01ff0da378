//! What the measuring examples are given: `RESOURCES [MODEL.onnx]`.

use std::path::PathBuf;

use netbend_models::Runtime;

/// ONNX Runtime from the folder RESOURCES, and the model's path: `models/drums.onnx` in that folder where none is named.
///
/// # Errors
/// Where no folder is given or it holds no ONNX Runtime.
pub fn runtime_and_model() -> Result<(&'static Runtime, PathBuf), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let resources = arguments
        .next()
        .ok_or("give the folder that holds ONNX Runtime")?;
    let model = arguments
        .next()
        .unwrap_or_else(|| resources.join("models/drums.onnx"));
    Ok((Runtime::load(&[resources])?, model))
}
