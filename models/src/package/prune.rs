//! What neither half of a model needs is dropped when it is read.
//!
//! A file may hold more than is ever run here: nodes that lead nowhere, inputs and outputs of its own, shapes that it declares of its
//! tensors. None of it is followed by the checks of the halves, and whoever loads an exported file would run all of it. So a package
//! holds the joined graph alone, spectrogram → mean → latent → decoded, with the inputs and outputs of its manifest.

use crate::error::ModelError;
use crate::onnx::extract::{Needed, needed, trim};
use crate::onnx::proto::{Dimension, GraphProto, NodeProto, ValueInfoProto};
use crate::onnx::shapes::Shapes;
use crate::package::manifest::Manifest;

/// Leaves of `graph` what its encoder and its decoder need, joined at the latent, and in the order of the file. A log-variance that the
/// encoder does not compute is not named any more: nothing is done with it.
///
/// # Errors
/// [`ModelError::Structure`] where a half needs what the other one computes.
pub(super) fn prune(graph: &mut GraphProto, manifest: &mut Manifest) -> Result<(), ModelError> {
    if !computes_log_variance(graph, manifest) {
        manifest.tensors.latent_log_variance.clear();
    }
    let manifest = &*manifest;
    let tensors = &manifest.tensors;
    let mut encoded = vec![tensors.latent_mean.clone()];
    if !tensors.latent_log_variance.is_empty() {
        encoded.push(tensors.latent_log_variance.clone());
    }
    let spectrogram = [tensors.spectrogram.clone()];
    let latent = [tensors.latent.clone()];
    let encoder = needed(graph, &spectrogram, &encoded)?;
    let decoder = needed(graph, &latent, std::slice::from_ref(&tensors.decoded))?;
    join(graph, encoder, decoder, manifest);
    graph.node.iter_mut().for_each(trim);
    let given = |name: &String| ValueInfoProto::float_tensor(name, &window(manifest));
    graph.input = vec![given(&tensors.spectrogram)];
    graph.output = vec![given(&tensors.decoded)];
    let size = [
        Dimension::Named("batch"),
        Dimension::Fixed(manifest.latent_size as i64),
    ];
    let listed = encoded
        .iter()
        .map(|name| ValueInfoProto::float_tensor(name, &size));
    graph.output.extend(listed);
    graph.value_info = Vec::new();
    Ok(())
}

fn computes_log_variance(graph: &GraphProto, manifest: &Manifest) -> bool {
    let tensors = &manifest.tensors;
    let name = &tensors.latent_log_variance;
    if name.is_empty()
        || needed(
            graph,
            std::slice::from_ref(&tensors.spectrogram),
            std::slice::from_ref(name),
        )
        .is_err()
    {
        return false;
    }
    let dims = vec![2, 1, manifest.frames, manifest.bins];
    let shapes = Shapes::explore(graph, &[(&tensors.spectrogram, dims)]);
    shapes.of(name) == Some(&[2, manifest.latent_size])
}

fn window(manifest: &Manifest) -> [Dimension<'_>; 4] {
    [
        Dimension::Named("batch"),
        Dimension::Fixed(1),
        Dimension::Fixed(manifest.frames as i64),
        Dimension::Fixed(manifest.bins as i64),
    ]
}

/// Keeps the nodes and weights of both halves. Where the encoder does not come by the latent on its way, the decoder starts from the mean: what
/// the file has between the two (sampling) is never run.
fn join(graph: &mut GraphProto, encoder: Needed, decoder: Needed, manifest: &Manifest) {
    let tensors = &manifest.tensors;
    let gives = |node: &NodeProto| node.output.contains(&tensors.latent);
    let passes = tensors.latent == tensors.latent_mean
        || (graph.node.iter().zip(&encoder.nodes)).any(|(node, used)| *used && gives(node));
    let is_join = |node: &NodeProto| {
        node.op_type.as_deref() == Some("Identity")
            && node.input == [tensors.latent_mean.as_str()]
            && node.output == [tensors.latent.as_str()]
    };
    let has_join = !passes && graph.node.iter().any(is_join);
    let weights = |name: &String| encoder.weights.contains(name) || decoder.weights.contains(name);
    graph
        .initializer
        .retain(|tensor| tensor.name.as_ref().is_some_and(weights));
    let uses = encoder.nodes.into_iter().zip(decoder.nodes);
    let nodes = std::mem::take(&mut graph.node).into_iter().zip(uses);
    if passes || has_join {
        graph.node = nodes
            .filter(|(node, (encodes, decodes))| {
                *encodes || *decodes || (has_join && is_join(node))
            })
            .map(|(node, _)| node)
            .collect();
        return;
    }
    let (first, rest): (Vec<_>, Vec<_>) = nodes.partition(|(_, (encodes, _))| *encodes);
    graph.node = first.into_iter().map(|(node, _)| node).collect();
    let join = NodeProto::standard(
        "Identity",
        &[&tensors.latent_mean],
        &tensors.latent,
        Vec::new(),
    );
    graph.node.push(join);
    let decodes = rest.into_iter().filter(|(_, (_, decodes))| *decodes);
    graph.node.extend(decodes.map(|(node, _)| node));
}
