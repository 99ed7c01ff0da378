//! A waveform model's weights, numbered: first the kernels as nn~ lists them, then all others. So a slot, which reaches 64, reaches what is worth
//! bending.

use std::collections::HashMap;

use crate::bends::weights::{Role, WeightLayer};
use crate::node::weights::{FoundWeight, deviation};
use crate::onnx::proto::{ModelProto, TensorProto};
use crate::onnx::values::floats;
use crate::package::waveform::WaveformManifest;

/// The weights that a block uses, in the order of their numbers.
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
    let mut listed: Vec<_> = (manifest.weights.iter())
        .filter(|weight| weight.used)
        .collect();
    listed.sort_by_key(|weight| part(&weight.name, &weight.shape) != KERNEL);
    let listed = listed.into_iter();
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

const KERNEL: &str = "kernel";

/// Kernels are those of convolutions, `[made, given, taps]`, and matrices of that name; a scale has as many axes at times, but one number for a feature.
fn part(name: &str, shape: &[usize]) -> &'static str {
    let last = name.rsplit('.').next().unwrap_or("");
    let is_matrix = shape.len() >= 2 && last.starts_with("weight");
    match last {
        "bias" => "bias",
        "weight_g" | "original0" => "scale",
        _ if is_matrix
            || shape.len() >= 3 && shape.iter().filter(|size| **size > 1).count() >= 2 =>
        {
            KERNEL
        }
        _ => "scale",
    }
}

/// Where a tensor is, as far as its name says.
fn half(name: &str) -> &'static str {
    match (name.contains("decoder"), name.contains("encoder")) {
        (true, _) => "decoder",
        (false, true) => "encoder",
        (false, false) => "model",
    }
}

/// What a tensor does, as far as its name and its size say.
fn role(name: &str, shape: &[usize]) -> Role {
    let size: Vec<String> = shape.iter().map(usize::to_string).collect();
    Role {
        half: half(name),
        layer: None,
        part: part(name, shape),
        operator: "",
        size: size.join(" × "),
    }
}
