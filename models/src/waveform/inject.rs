//! Puts a `netbend.Bend` node behind every layer of a half of a waveform model.
//!
//! What comes after a layer, states included, is computed from what is bent. A layer that can be shifted in time is given what it was before, and
//! says what it is unbent.

use netbend_dsp::number::signed;

use crate::bends::LATENT_LAYER;
use crate::error::ModelError;
use crate::node::inject::{add_program, bend_node};
use crate::onnx::printed::printed;
use crate::onnx::proto::{Dimension, GraphProto, ModelProto, ValueInfoProto};
use crate::onnx::rename::rename_output;
use crate::package::waveform::{Half, WaveformManifest};
use crate::waveform::past::{Past, steps};

/// A layer that can be shifted in time.
#[derive(Debug, Clone)]
pub(super) struct PastTensors {
    /// The input that takes what it was before, `[block, row, feature, step]`.
    pub(super) input: String,
    /// Its size.
    pub(super) shape: [usize; 4],
    /// The output that says what it is unbent.
    pub(super) output: String,
    /// Nothing before.
    pub(super) past: Past,
}

/// Puts them into the encoder or the decoder. The latent is bent where the decoder begins.
///
/// # Errors
/// [`ModelError::Manifest`] where a layer names a tensor that its half does not compute.
pub(super) fn inject(
    model: &mut ModelProto,
    manifest: &WaveformManifest,
    half: Half,
) -> Result<Vec<PastTensors>, ModelError> {
    let mut pasts = Vec::new();
    let graph = model
        .graph
        .as_mut()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
    for (number, layer) in (1..).zip(manifest.numbered_layers()) {
        if layer.half != half {
            continue;
        }
        let size = [layer.rows, layer.features, layer.steps];
        let unbent = format!("{}.unbent", layer.tensor);
        let Some(position) = rename_output(graph, &layer.tensor, &unbent) else {
            return Err(ModelError::Manifest(format!(
                "layer {} names the tensor `{}`, which its half does not compute",
                layer.index,
                printed(&layer.tensor)
            )));
        };
        let past = Past::new(manifest, layer);
        if past.is_some() {
            let dims = size.map(|size| Dimension::Fixed(signed(size)));
            graph
                .output
                .push(ValueInfoProto::float_tensor(&unbent, &dims));
        }
        say_size(graph, [&unbent, &layer.tensor], size);
        let whole = steps(manifest, layer).max(layer.steps);
        let mut node = bend_node(number, whole, unbent.clone(), layer.tensor.clone());
        if let Some(past) = past {
            let input = format!("{}.before", layer.tensor);
            let [rows, features, steps] = size;
            let shape = [
                past.blocks().len() / size.iter().product::<usize>(),
                rows,
                features,
                steps,
            ];
            let dims = shape.map(|size| Dimension::Fixed(signed(size)));
            graph
                .input
                .push(ValueInfoProto::float_tensor(&input, &dims));
            node.input.push(input.clone());
            pasts.push(PastTensors {
                input,
                shape,
                output: unbent,
                past,
            });
        }
        graph.node.insert(position + 1, node);
    }
    if half == Half::Decoder {
        let latent = &manifest.tensors.latent;
        let bent = format!("{latent}.bent");
        let inputs = graph.node.iter_mut().flat_map(|node| &mut node.input);
        for input in inputs.filter(|input| *input == latent) {
            input.clone_from(&bent);
        }
        let size = [1, manifest.latent_size, manifest.steps()];
        say_size(graph, [&bent], size);
        let node = bend_node(LATENT_LAYER, manifest.steps(), latent.clone(), bent);
        graph.node.insert(0, node);
    }
    add_program(model)?;
    Ok(pasts)
}

/// ONNX Runtime lets a node work in place only where it knows that both tensors are of one size.
fn say_size<const N: usize>(graph: &mut GraphProto, tensors: [&String; N], size: [usize; 3]) {
    let dims = size.map(|size| Dimension::Fixed(signed(size)));
    for tensor in tensors {
        let is_it = |info: &ValueInfoProto| info.name.as_ref() == Some(tensor);
        graph.value_info.retain(|info| !is_it(info));
        // An output says its size already.
        if !graph.output.iter().any(is_it) {
            let info = ValueInfoProto::float_tensor(tensor, &dims);
            graph.value_info.push(info);
        }
    }
}
