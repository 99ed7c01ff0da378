//! Weight bends of a preset, written into the weights themselves.

use crate::error::ModelError;
use crate::onnx::proto::ModelProto;
use crate::weights::WeightBend;

/// Bends the weights of `model` as the engine would.
///
/// # Errors
/// [`ModelError::Structure`] where there are any: they are not yet written.
pub fn apply_weight_bends(_model: &mut ModelProto, bends: &[WeightBend]) -> Result<(), ModelError> {
    if bends.is_empty() {
        return Ok(());
    }
    Err(ModelError::Structure(format!(
        "the preset bends weights ({} bends), which export does not write yet; remove `weights` from the preset",
        bends.len()
    )))
}
