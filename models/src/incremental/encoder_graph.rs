//! The two graphs of a streaming encoder, for one window of a stream each:
//!
//! * [`step`] reads the newest frames and the rows held from strides before, and gives the latent and the new rows;
//! * [`refill`] reads a whole window, and gives the latent and every row that later steps ask for. Where a stage has a row per stride but reads
//!   them further apart, its convolution runs dilated: the rows of all strides come out at once.

use super::encoder_chain::{EncoderChain, Stage};
use super::read_instead;
use super::stride_plan::StridePlan;
use crate::error::ModelError;
use crate::onnx::proto::{
    AttributeProto, Dimension, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto,
};

/// Name of the input that holds older rows of stage `stage`, counted from 0.
pub(crate) fn held_name(stage: usize) -> String {
    format!("netbend.held.{stage}")
}

/// Name of a refill's output that holds what later strides ask for of stage `stage`.
pub(crate) fn kept_name(stage: usize) -> String {
    format!("netbend.kept.{stage}")
}

/// Axis of the rows.
const TIME: i64 = 2;
const LAST: i64 = i64::MAX;

/// The graph that encodes one more stride.
///
/// # Errors
/// [`ModelError::Structure`] where `model` holds no graph.
pub(crate) fn step(
    model: &ModelProto,
    chain: &EncoderChain,
    plan: &StridePlan,
) -> Result<ModelProto, ModelError> {
    let mut model = model.clone();
    let graph = graph(&mut model)?;
    set_frames(graph, plan.frames);
    for (place, (stage, rows)) in chain.stages.iter().zip(&plan.stages).enumerate() {
        if rows.held == 0 {
            continue;
        }
        let (name, held, joined) = (
            &stage.output.name,
            held_name(place),
            format!("netbend.joined.{place}"),
        );
        read_instead(&mut graph.node, name, &joined);
        let axis = AttributeProto::integer("axis", TIME);
        let join = NodeProto::standard("Concat", &[&held, name], &joined, vec![axis]);
        insert_behind(graph, name, join);
        graph.input.push(rows_of(stage, &held, rows.held));
        graph.output.push(rows_of(stage, name, rows.new));
    }
    Ok(model)
}

/// The graph that encodes a whole window and computes everything that later steps ask for.
///
/// # Errors
/// [`ModelError::Structure`] where `model` holds no graph.
pub(crate) fn refill(
    model: &ModelProto,
    chain: &EncoderChain,
    plan: &StridePlan,
    stride: usize,
) -> Result<ModelProto, ModelError> {
    let mut model = model.clone();
    let graph = graph(&mut model)?;
    set_frames(graph, plan.used);
    // Frames from one row to the next of the stage before, and strides.
    let (mut spacing, mut phases) = (1, 1);
    for (stage, rows) in chain.stages.iter().zip(&plan.stages) {
        if rows.phases > 1 {
            // On from rows that are a stride apart, one for each stride; or to the first such.
            let apart = if phases > 1 { 1 } else { stride / spacing };
            spread(&mut graph.node[stage.node], apart, phases);
        }
        (spacing, phases) = (spacing * stage.stride, rows.phases);
    }
    for (place, (stage, rows)) in chain.stages.iter().zip(&plan.stages).enumerate() {
        let name = &stage.output.name;
        if rows.phases > 1 && place + 1 == plan.stages.len() {
            let thinned = "netbend.thinned";
            read_instead(&mut graph.node, name, thinned);
            slice(graph, name, thinned, 0, rows.phases);
        }
        if rows.kept() > 0 {
            let kept = kept_name(place);
            slice(graph, name, &kept, -(rows.kept() as i64), 1);
            graph.output.push(rows_of(stage, &kept, rows.kept()));
        }
    }
    Ok(model)
}

/// Makes the graph's window, its only input so far, one of `frames` frames and its batch one window.
fn set_frames(graph: &mut GraphProto, frames: usize) {
    let dims = graph.input.first_mut().and_then(|input| {
        let shape = input
            .r#type
            .as_mut()?
            .tensor_type
            .as_mut()?
            .shape
            .as_mut()?;
        Some(&mut shape.dim)
    });
    if let Some([batch, _, rows, _]) = dims.map(Vec::as_mut_slice) {
        (batch.dim_value, batch.dim_param) = (Some(1), None);
        rows.dim_value = Some(frames as i64);
    }
}

/// Lets a convolution take positions `apart` rows from each other and taps `dilation` rows from each other.
fn spread(node: &mut NodeProto, apart: usize, dilation: usize) {
    for (name, value) in [("strides", apart), ("dilations", dilation)] {
        let mut values = node.ints(name).map_or_else(|| vec![1, 1], <[i64]>::to_vec);
        if let Some(time) = values.first_mut() {
            *time = value as i64;
        }
        node.set(AttributeProto::integers(name, values));
    }
}

/// Puts in a node that gives every `step`th row of tensor `name`, from row `first` on, counted from the end where it is negative.
fn slice(graph: &mut GraphProto, name: &str, to: &str, first: i64, step: usize) {
    let mut inputs = vec![name.to_owned()];
    for (what, value) in [
        ("first", first),
        ("end", LAST),
        ("axis", TIME),
        ("step", step as i64),
    ] {
        let constant = format!("{to}.{what}");
        graph
            .initializer
            .push(TensorProto::integers(&constant, vec![value]));
        inputs.push(constant);
    }
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let node = NodeProto::standard("Slice", &inputs, to, Vec::new());
    insert_behind(graph, name, node);
}

/// Puts `node` behind the one that computes tensor `name`.
fn insert_behind(graph: &mut GraphProto, name: &str, node: NodeProto) {
    let computes = |node: &NodeProto| node.output.iter().any(|output| output == name);
    let place = graph.node.iter().position(computes);
    graph.node.insert(place.map_or(0, |place| place + 1), node);
}

fn rows_of(stage: &Stage, name: &str, rows: usize) -> ValueInfoProto {
    let sizes = [1, stage.output.features, rows, stage.output.columns];
    ValueInfoProto::float_tensor(name, &sizes.map(|size| Dimension::Fixed(size as i64)))
}

fn graph(model: &mut ModelProto) -> Result<&mut GraphProto, ModelError> {
    let missing = || ModelError::Structure("the file holds no graph".into());
    model.graph.as_mut().ok_or_else(missing)
}
