//! A bent waveform model as a model: the bends of its maps `[row, feature, step]` in standard operators, and bent weights. A layer that is shifted in
//! time gets a state of its own: what it was before.

mod past;

use netbend_dsp::number::{cut, nearest_f32, signed};

use super::nodes::{Nodes, int};
use super::place::free_prefix;
use crate::bends::LATENT_LAYER;
use crate::bends::transform::TransformKind;
use crate::bends::weights::{WeightBend, WeightFrame};
use crate::error::ModelError;
use crate::node::operator::sequence::acts_on_sequences;
use crate::node::program::{Entry, Program};
use crate::onnx::check::check;
use crate::onnx::printed::printed;
use crate::onnx::proto::{FLOAT, GraphProto, ModelProto, TensorProto};
use crate::onnx::rename::rename_output;
use crate::package::waveform::StateTensor;
use crate::waveform::WaveformPackage;
use crate::waveform::past::steps;
use past::{PastColumns, add_states};

/// ONNX's code of booleans.
const BOOL: i64 = 9;

/// The model with the entries of `program` for item 0 and the bends of weights written into it. It is a waveform model as before: states, noise and
/// the manifest stay.
///
/// # Errors
/// [`ModelError::Manifest`] where the graph does not have the tensors its manifest names, [`ModelError::Structure`] where the result would break the
/// rules a model must keep.
pub fn export_waveform(
    package: &WaveformPackage,
    program: &Program,
    weights: &[WeightBend],
) -> Result<ModelProto, ModelError> {
    let manifest = package.manifest();
    let mut model = package.model().clone();
    let Some(graph) = &mut model.graph else {
        return Err(ModelError::Structure("the file holds no graph".into()));
    };
    bend_weights(graph, package, weights);
    let prefix = free_prefix(graph);
    let size = [manifest.latent_size, manifest.steps()];
    let latent = (&manifest.tensors.latent, 1, size, 0);
    let mut states = Vec::new();
    let layers = manifest.numbered_layers();
    let layers = layers.map(|layer| {
        let size = [layer.features, layer.steps];
        (&layer.tensor, layer.rows, size, steps(manifest, layer))
    });
    for (number, (tensor, rows, size, whole)) in std::iter::once(latent).chain(layers).enumerate() {
        let meant = |entry: &Entry<'_>| {
            let acts = match number {
                LATENT_LAYER => entry.transform.acts_on_latent(),
                _ => acts_on_sequences(entry.transform, size[1]),
            };
            entry.layer == number && entry.item == 0 && entry.amount > 0.0 && acts
        };
        let entries: Vec<_> = Program::entries(program.words()).filter(meant).collect();
        if !entries.is_empty() {
            let prefix = format!("{prefix}.{number}");
            let past = PastColumns::wanted(&entries, rows, size, whole);
            states.extend(place(graph, tensor, size, prefix, &entries, past)?);
        }
    }
    add_states(&mut model, states)?;
    model.producer_name = Some("netbend".to_owned());
    model.producer_version = Some(env!("CARGO_PKG_VERSION").to_owned());
    check(&model)?;
    Ok(model)
}

/// Puts the bends of one layer behind what computes it. The state that they need, where there is one.
fn place(
    graph: &mut GraphProto,
    tensor: &str,
    size: [usize; 2],
    prefix: String,
    entries: &[Entry<'_>],
    past: Option<PastColumns>,
) -> Result<Option<StateTensor>, ModelError> {
    let unbent = format!("{prefix}.unbent");
    let Some(position) = rename_output(graph, tensor, &unbent) else {
        return Err(ModelError::Manifest(format!(
            "a layer names the tensor `{}`, which the graph does not compute",
            printed(tensor)
        )));
    };
    let mut nodes = Nodes::new(prefix);
    let mut bent = unbent;
    let state = past.as_ref().map(|past| {
        let (window, state) = past.begin(&mut nodes, graph, &bent);
        bent = window;
        state
    });
    for entry in entries {
        bent = bend(&mut nodes, &bent, entry, size, past.as_ref());
    }
    if let Some(past) = &past {
        bent = past.end(&mut nodes, &bent);
    }
    nodes.push("Identity", &[&bent], Vec::new());
    let Nodes {
        nodes, integers, ..
    } = nodes;
    let last = nodes.len().saturating_sub(1);
    for (place, mut node) in nodes.into_iter().enumerate() {
        if place == last {
            node.output = vec![tensor.to_owned()];
        }
        graph.node.insert(position + 1 + place, node);
    }
    graph.initializer.extend(integers);
    Ok(state)
}

/// One bend of a map; the name of what comes of it.
fn bend(
    nodes: &mut Nodes,
    map: &str,
    entry: &Entry<'_>,
    [features, steps]: [usize; 2],
    past: Option<&PastColumns>,
) -> String {
    let selected: Vec<usize> = entry.features.iter().map(|&feature| cut(feature)).collect();
    if selected.iter().any(|&feature| feature >= features) {
        return map.to_owned();
    }
    let [first, _] = entry.parameters;
    let transformed = match entry.transform {
        TransformKind::Ablate => nodes.push("Sub", &[map, map], Vec::new()),
        TransformKind::Invert => {
            let one = nodes.scalar(1.0);
            nodes.push("Sub", &[&one, map], Vec::new())
        }
        TransformKind::ScalarMultiply => {
            let factor = nodes.scalar(first);
            nodes.push("Mul", &[map, &factor], Vec::new())
        }
        TransformKind::BinaryThresh => {
            let threshold = nodes.scalar(first);
            let less = nodes.push("Less", &[map, &threshold], Vec::new());
            let reached = nodes.push("Not", &[&less], Vec::new());
            nodes.push("Cast", &[&reached], vec![int("to", i64::from(FLOAT))])
        }
        TransformKind::FlipVertical => {
            let columns = steps + past.map_or(0, PastColumns::count);
            let backwards = |column: usize| column / steps * steps + (steps - 1 - column % steps);
            let backwards = (0..columns).map(backwards).map(signed).collect();
            nodes.gather(map, backwards, 2)
        }
        TransformKind::FlipHorizontal => {
            let count = selected.len();
            let from = |place: usize| count - 1 - place;
            let order = order(features, &selected, from);
            nodes.gather(map, order, 1)
        }
        TransformKind::Translate => {
            let shift = if first.is_finite() {
                first.clamp(-1.0, 1.0)
            } else {
                0.0
            };
            let count = nearest_f32(selected.len());
            let back = (-shift * count).rem_euclid(count);
            let (whole, share) = (cut::<usize>(back.floor()), back - back.floor());
            let at = |more: usize| {
                let selected = &selected;
                order(features, selected, move |place| {
                    (place + whole + more) % selected.len()
                })
            };
            let late = past.and_then(|past| past.late(nodes, map, entry));
            let map = late.as_deref().unwrap_or(map);
            let lower = nodes.gather(map, at(0), 1);
            let upper = nodes.gather(map, at(1), 1);
            nodes.blend(&lower, &upper, share)
        }
        _ => return map.to_owned(),
    };
    let bent = match entry.amount >= 1.0 {
        true => transformed,
        false => nodes.blend(map, &transformed, entry.amount),
    };
    if selected.len() == features {
        return bent;
    }
    let mut chosen = vec![0.0; features];
    for feature in selected {
        chosen[feature] = 1.0;
    }
    let chosen = nodes.floats(vec![1, signed(features), 1], &chosen);
    let chosen = nodes.push("Cast", &[&chosen], vec![int("to", BOOL)]);
    nodes.push("Where", &[&chosen, &bent, map], Vec::new())
}

/// Which feature each takes its map from, where the selected ones change places.
fn order(features: usize, selected: &[usize], from: impl Fn(usize) -> usize) -> Vec<i64> {
    let mut order: Vec<usize> = (0..features).collect();
    for (place, &feature) in selected.iter().enumerate() {
        order[feature] = selected[from(place)];
    }
    order.into_iter().map(signed).collect()
}

fn bend_weights(graph: &mut GraphProto, package: &WaveformPackage, bends: &[WeightBend]) {
    let frames: Vec<WeightFrame> = bends.iter().map(WeightBend::to_frame).collect();
    if frames.is_empty() {
        return;
    }
    let mut weights = package.bendable_weights();
    weights.set(&frames);
    for layer in weights.layers() {
        let Some(values) = weights.values(layer.number) else {
            continue;
        };
        let is_it = |tensor: &&mut TensorProto| tensor.name.as_ref() == Some(&layer.tensor);
        for tensor in graph.initializer.iter_mut().filter(is_it) {
            *tensor = TensorProto::floats(&layer.tensor, tensor.dims.clone(), values);
        }
    }
}
