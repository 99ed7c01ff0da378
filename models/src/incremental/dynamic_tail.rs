//! A decoder whose first rows are inputs: of every stage it computes the rows from there on. With zeros they are whole windows.
//!
//! Transposed convolutions lose their padding above; a `Slice` behind every convolution cuts that off, and what is not wanted with it.

use super::decoder_chain::{DecoderChain, Direction, Stage};
use crate::onnx::proto::{
    AttributeProto, Dimension, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto,
};

/// Initializers that the slices share.
const END: &str = "netbend.rows.end";
const TIME: &str = "netbend.rows.axis";

/// Name of the input that holds how many rows of stage `stage` (1 and up; 0 is the seed) are cut off.
pub(crate) fn cut_name(stage: usize) -> String {
    format!("netbend.cut.{stage}")
}

/// What the axis of the rows of a stage is called.
pub(crate) fn rows_name(stage: usize) -> String {
    format!("netbend.rows.{stage}")
}

/// Rewrites `model`, the decoder in which `chain` was found.
pub(crate) fn make_dynamic(model: &mut ModelProto, chain: &DecoderChain) {
    let Some(graph) = &mut model.graph else {
        return;
    };
    for stage in &chain.stages {
        if stage.direction == Direction::Up {
            let [_, below] = stage.kernel.pads;
            set_time_pads(&mut graph.node[stage.kernel.node], [0, below]);
        }
    }
    let tensors = chain.stages.iter().map(|stage| &stage.output);
    for (stage, tensor) in std::iter::once(&chain.seed).chain(tensors).enumerate() {
        let name = cut_name(stage);
        cut(graph, &tensor.name, &name, END, TIME);
        graph.input.push(ValueInfoProto::integer_tensor(
            &name,
            &[Dimension::Fixed(1)],
        ));
    }
    graph.initializer.extend([
        TensorProto::integers(END, vec![i64::MAX]),
        TensorProto::integers(TIME, vec![2]),
    ]);
    set_output_rows(graph, Dimension::Named(&rows_name(chain.stages.len())));
}

/// How many rows the slices of a [dynamic](make_dynamic) decoder cut off so that its stages begin with rows `starts`.
pub(crate) fn cuts(chain: &DecoderChain, starts: &[usize]) -> Vec<i64> {
    let seed = starts.first().copied();
    let stages = chain.stages.iter().zip(starts.windows(2));
    let cut = |(stage, pair): (&Stage, &[usize])| stage.cut(pair[0], pair[1]);
    seed.into_iter()
        .chain(stages.map(cut))
        .map(|rows| rows as i64)
        .collect()
}

/// Cuts rows off tensor `name`, whose readers go on reading it by that name.
pub(super) fn cut(graph: &mut GraphProto, name: &str, first: &str, end: &str, axis: &str) {
    let computes = |node: &NodeProto| node.output.iter().any(|output| output == name);
    let Some(place) = graph.node.iter().position(computes) else {
        return;
    };
    let uncut = format!("{name}.uncut");
    for output in &mut graph.node[place].output {
        if output == name {
            output.clone_from(&uncut);
        }
    }
    let slice = NodeProto::standard("Slice", &[&uncut, first, end, axis], name, Vec::new());
    graph.node.insert(place + 1, slice);
}

/// Gives a convolution other paddings above and below.
pub(super) fn set_time_pads(node: &mut NodeProto, [above, below]: [usize; 2]) {
    let mut pads = node
        .ints("pads")
        .map_or_else(|| vec![0; 4], <[i64]>::to_vec);
    if let [top, _, bottom, _] = pads.as_mut_slice() {
        (*top, *bottom) = (above as i64, below as i64);
    }
    node.set(AttributeProto::integers("pads", pads));
}

/// Gives the graph's only output another number of rows.
pub(super) fn set_output_rows(graph: &mut GraphProto, rows: Dimension<'_>) {
    let shape = graph
        .output
        .first_mut()
        .and_then(|output| output.r#type.as_mut()?.tensor_type.as_mut()?.shape.as_mut());
    if let Some([_, _, time, _]) = shape.map(|shape| shape.dim.as_mut_slice()) {
        (time.dim_value, time.dim_param) = match rows {
            Dimension::Fixed(rows) => (Some(rows), None),
            Dimension::Named(name) => (None, Some(name.to_owned())),
        };
    }
}
