//! Weight bends of a preset, written into the weights themselves.

use super::Part;
use crate::bends::weights::{WeightBend, WeightFrame};
use crate::error::ModelError;
use crate::onnx::proto::{FLOAT, ModelProto, TensorProto};
use crate::package::Package;
use crate::package::halves::split;
use crate::run::weights::BendableWeights;

/// Bends the weights of `model`, which is `package`'s, as a running model does. A weight that was stored as float16 is stored as float32
/// then: what it has become need not be a float16. The cast behind it passes it on.
///
/// # Errors
/// [`ModelError::Structure`] where the encoder uses a bent weight as well and is to be written, too.
pub(super) fn apply_weight_bends(
    model: &mut ModelProto,
    package: &Package,
    bends: &[WeightBend],
    part: Part,
) -> Result<(), ModelError> {
    let frames: Vec<WeightFrame> = bends.iter().map(WeightBend::to_frame).collect();
    if frames.is_empty() {
        return Ok(());
    }
    let mut weights = BendableWeights::of(package)?;
    weights.set(&frames);
    let (encoder, _) = split(package.model(), package.manifest())?;
    let Some(graph) = &mut model.graph else {
        return Ok(());
    };
    for layer in weights.layers() {
        let bent = frames.iter().any(|frame| {
            usize::from(frame.layer) == layer.number && weights.would_change(&[*frame])
        });
        let Some(values) = weights.values(layer.number).filter(|_| bent) else {
            continue;
        };
        let name = Some(layer.tensor.as_str());
        let is_it = |tensor: &TensorProto| tensor.name.as_deref() == name;
        if part == Part::Model && encoder.graph.iter().flat_map(|g| &g.initializer).any(is_it) {
            return Err(ModelError::Structure(format!(
                "weight {} (`{}`) belongs to the encoder as well, which is not bent; export the decoder alone",
                layer.number, layer.tensor
            )));
        }
        for tensor in graph.initializer.iter_mut().filter(|tensor| is_it(tensor)) {
            let bytes = values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            *tensor = TensorProto {
                name: tensor.name.clone(),
                dims: tensor.dims.clone(),
                data_type: Some(FLOAT),
                raw_data: Some(bytes),
                ..TensorProto::default()
            };
        }
    }
    Ok(())
}
