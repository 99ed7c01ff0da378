//! A waveform model's two halves, cut apart at its latent.

use std::collections::{HashMap, HashSet};

use netbend_dsp::number::signed;

use crate::error::ModelError;
use crate::onnx::extract::{needed, subgraph};
use crate::onnx::printed::printed;
use crate::onnx::proto::{Dimension, GraphProto, ModelProto, ValueInfoProto};
use crate::onnx::values::floats;
use crate::package::waveform::{NoiseTensor, StateTensor, WaveformManifest};

/// One half: its graph and what of the manifest belongs to it.
#[derive(Debug, Clone)]
pub(super) struct HalfGraph {
    pub(super) model: ModelProto,
    pub(super) states: Vec<StateTensor>,
    /// Each state at rest.
    pub(super) rest: Vec<Vec<f32>>,
    /// With the place of each among all of the manifest's.
    pub(super) noise: Vec<(u64, NoiseTensor)>,
}

/// The encoder (sound → latent) and the decoder (latent → sound).
///
/// # Errors
/// [`ModelError::Structure`] where the decoder hears more than the latent, or a state belongs to both halves.
pub(super) fn split(
    model: &ModelProto,
    manifest: &WaveformManifest,
) -> Result<(HalfGraph, HalfGraph), ModelError> {
    let graph = model
        .graph
        .as_ref()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
    let behind = behind(graph, &manifest.tensors.latent);
    let (decoder, encoder): (Vec<_>, Vec<_>) = manifest
        .states
        .iter()
        .partition(|state| behind.contains(state.output.as_str()));
    let audio = [1, manifest.channels_in, manifest.block];
    let latent = [1, manifest.latent_size, manifest.steps()];
    let output = [1, manifest.channels_out, manifest.block];
    let tensors = &manifest.tensors;
    let ends = |(input, input_dims), (output, output_dims)| Ends {
        input: value(input, input_dims),
        output: value(output, output_dims),
    };
    let encoder_ends = ends((&tensors.audio, &audio), (&tensors.latent, &latent));
    let decoder_ends = ends((&tensors.latent, &latent), (&tensors.output, &output));
    Ok((
        half(model, graph, manifest, "encoder", encoder_ends, &encoder)?,
        half(model, graph, manifest, "decoder", decoder_ends, &decoder)?,
    ))
}

struct Ends {
    input: ValueInfoProto,
    output: ValueInfoProto,
}

fn value(name: &str, dims: &[usize]) -> ValueInfoProto {
    let dims: Vec<_> = dims
        .iter()
        .map(|&size| Dimension::Fixed(signed(size)))
        .collect();
    ValueInfoProto::float_tensor(name, &dims)
}

/// The names of everything computed from tensor `from`.
fn behind<'g>(graph: &'g GraphProto, from: &'g str) -> HashSet<&'g str> {
    let mut names = HashSet::from([from]);
    for node in &graph.node {
        if node.input.iter().any(|name| names.contains(name.as_str())) {
            names.extend(node.output.iter().map(String::as_str));
        }
    }
    names
}

fn half(
    model: &ModelProto,
    graph: &GraphProto,
    manifest: &WaveformManifest,
    what: &str,
    ends: Ends,
    states: &[&StateTensor],
) -> Result<HalfGraph, ModelError> {
    let noise = || (0..).zip(&manifest.noise);
    let given = manifest
        .states
        .iter()
        .map(|state| (&state.input, &state.shape));
    let given = given.chain(
        manifest
            .noise
            .iter()
            .map(|noise| (&noise.name, &noise.shape)),
    );
    let shapes: HashMap<&String, &Vec<usize>> = given.collect();
    let mut inputs: Vec<String> = ends.input.name.iter().cloned().collect();
    inputs.extend(shapes.keys().map(|name| (*name).clone()));
    let mut outputs: Vec<String> = ends.output.name.iter().cloned().collect();
    outputs.extend(states.iter().map(|state| state.output.clone()));
    let used = needed(graph, &inputs, &outputs).map_err(|error| match error {
        ModelError::Structure(problem) => ModelError::Structure(format!(
            "{problem}; this is the {what} of a waveform model, which may know its states and noise beside that"
        )),
        error => error,
    })?;
    let nodes = graph
        .node
        .iter()
        .zip(&used.nodes)
        .filter(|(_, used)| **used);
    let mut read: HashSet<&str> = nodes
        .flat_map(|(node, _)| node.input.iter().map(String::as_str))
        .collect();
    read.extend(outputs.iter().map(String::as_str));
    let foreign = manifest.states.iter().find(|state| {
        read.contains(state.input.as_str()) && !states.iter().any(|own| own.name == state.name)
    });
    if let Some(state) = foreign {
        return Err(ModelError::Structure(format!(
            "the state `{}` belongs to both its encoder and its decoder; expected one of them",
            printed(&state.name)
        )));
    }
    // What no node reads is nobody's input.
    let kept: Vec<StateTensor> = states.iter().map(|state| (*state).clone()).collect();
    let noise: Vec<_> = noise()
        .filter(|(_, noise)| read.contains(noise.name.as_str()))
        .map(|(place, noise)| (place, noise.clone()))
        .collect();
    let mut given = vec![ends.input];
    given.extend(kept.iter().map(|state| value(&state.input, &state.shape)));
    given.extend(
        noise
            .iter()
            .map(|(_, noise)| value(&noise.name, &noise.shape)),
    );
    let mut made = vec![ends.output];
    made.extend(kept.iter().map(|state| value(&state.output, &state.shape)));
    let rest = kept
        .iter()
        .map(|state| rest(graph, state))
        .collect::<Result<_, _>>()?;
    Ok(HalfGraph {
        model: subgraph(model, given, made)?,
        states: kept,
        rest,
        noise,
    })
}

/// What a state is at rest.
fn rest(graph: &GraphProto, state: &StateTensor) -> Result<Vec<f32>, ModelError> {
    use crate::package::waveform::Rest;
    let count = crate::package::waveform::count(&state.shape);
    let named = |name: &Option<String>| name.as_deref() == Some(state.input.as_str());
    let stored = graph.initializer.iter().find(|tensor| named(&tensor.name));
    match (state.rest, stored) {
        (Rest::Zeros, _) => Ok(vec![0.0; count]),
        (Rest::Initializer, Some(tensor)) => {
            let values = floats(tensor).filter(|values| values.len() == count);
            values.ok_or_else(|| {
                ModelError::Manifest(format!(
                    "the rest of state `{}` does not hold {count} numbers",
                    printed(&state.name)
                ))
            })
        }
        (Rest::Initializer, None) => Err(ModelError::Manifest(format!(
            "state `{}` rests at an initialiser that is not there",
            printed(&state.name)
        ))),
    }
}
