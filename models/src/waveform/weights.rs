//! A waveform model's weights, numbered as nn~ lists them.

use std::collections::HashMap;

use crate::bends::weights::{Role, WeightLayer};
use crate::node::weights::{FoundWeight, deviation};
use crate::onnx::proto::{ModelProto, TensorProto};
use crate::onnx::values::floats;
use crate::package::waveform::WaveformManifest;

/// The weights that a block uses, in the order of the manifest's list; numbers count those alone.
pub(super) fn find(model: &ModelProto, manifest: &WaveformManifest) -> Vec<FoundWeight> {
    let Some(graph) = &model.graph else {
        return Vec::new();
    };
    let named = |tensor: &'_ TensorProto| tensor.name.clone();
    let stored: HashMap<String, &TensorProto> = graph
        .initializer
        .iter()
        .filter_map(|tensor| Some((named(tensor)?, tensor)))
        .collect();
    let listed = manifest.weights.iter().filter(|weight| weight.used);
    let values = listed.filter_map(|weight| {
        let values = floats(stored.get(&weight.name)?)?;
        (values.len() == weight.size && !values.is_empty()).then_some((weight, values))
    });
    let numbered = (1..).zip(values);
    let found = numbered.map(|(number, (weight, values))| FoundWeight {
        layer: WeightLayer {
            number,
            tensor: weight.name.clone(),
            name: weight.name.clone(),
            role: role(&weight.name, &weight.shape),
            shape: weight.shape.clone(),
            deviation: deviation(&values),
        },
        values,
    });
    found.collect()
}

/// What a tensor does, as far as its name and its size say.
fn role(name: &str, shape: &[usize]) -> Role {
    let part = match name.rsplit('.').next().unwrap_or("") {
        "bias" => "bias",
        "alpha" | "beta" | "gamma" | "weight_g" | "original0" => "scale",
        _ => "kernel",
    };
    let size: Vec<String> = shape.iter().map(usize::to_string).collect();
    Role {
        layer: None,
        part,
        operator: "",
        size: size.join(" × "),
    }
}
