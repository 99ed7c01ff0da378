//! A decoder made for one first frame: it holds the weights of the rows that it computes, and nothing else.
//!
//! Of the matrix that makes the seed it takes the lines of the seed's last rows; transposed convolutions keep the taps of which a result is
//! kept, and pad away the rest.

mod seed;

use super::constants::constant;
use super::decoder_chain::{DecoderChain, Direction, Stage};
use super::dynamic_tail::{cut, set_output_rows, set_time_pads};
use crate::error::ModelError;
use crate::onnx::extract::subgraph;
use crate::onnx::proto::{AttributeProto, Dimension, GraphProto, ModelProto, TensorProto};
use crate::onnx::shapes::Shapes;
use crate::package::manifest::Layer;

/// The part of `model`, the decoder in which `chain` was found, that computes the rows from `starts` on, every one of them.
///
/// # Errors
/// [`ModelError::Structure`] where `model` is not that decoder.
pub(crate) fn static_tail(
    model: &ModelProto,
    chain: &DecoderChain,
    layers: &[Layer],
    shapes: &Shapes,
    starts: &[usize],
) -> Result<ModelProto, ModelError> {
    let mut model = model.clone();
    let Some(graph) = &mut model.graph else {
        return Err(ModelError::Structure("the file holds no graph".into()));
    };
    let mut input_rows = chain.seed.rows;
    for (stage, pair) in chain.stages.iter().zip(starts.windows(2)) {
        match stage.direction {
            Direction::Up => trim(graph, stage, input_rows, pair[0], pair[1]),
            Direction::Same => {
                let [above, below] = stage.kernel.pads;
                let above = (above + pair[0]).saturating_sub(pair[1]);
                set_time_pads(&mut graph.node[stage.kernel.node], [above, below]);
            }
        }
        input_rows = stage.output.rows;
    }
    let first = starts.first().copied().unwrap_or(0);
    if first > 0 && !seed::take_rows(graph, &chain.seed, layers, shapes, first) {
        let names = ["first", "end", "axis"].map(|name| format!("netbend.seed.{name}"));
        let values = [first as i64, i64::MAX, 2];
        for (name, value) in names.iter().zip(values) {
            let tensor = TensorProto::integers(name, vec![value]);
            graph.initializer.push(tensor);
        }
        let [first, end, axis] = &names;
        cut(graph, &chain.seed.name, first, end, axis);
    }
    let kept = starts.last().map_or(0, |start| chain.frames() - start);
    set_output_rows(graph, Dimension::Fixed(kept as i64));
    let (inputs, outputs) = (graph.input.clone(), graph.output.clone());
    // Without what was replaced.
    subgraph(&model, inputs, outputs)
}

/// Lets a transposed convolution compute its rows from `first` on, out of rows `from..rows` of its input.
fn trim(graph: &mut GraphProto, stage: &Stage, rows: usize, from: usize, first: usize) {
    let kernel = stage.kernel;
    let [above, below] = kernel.pads;
    // Row i is added to the rows i·stride + tap, of which those from `first + above` up to the last are kept.
    let wanted = first + above..stage.output.rows + above;
    let reaches = |tap: usize| {
        let first = wanted
            .start
            .saturating_sub(tap)
            .div_ceil(kernel.stride)
            .max(from);
        first < rows && first * kernel.stride + tap < wanted.end
    };
    let taps = (0..kernel.length).find(|&tap| reaches(tap));
    let last = (0..kernel.length).rev().find(|&tap| reaches(tap));
    let (Some(tap), Some(last)) = (taps, last) else {
        return set_pads(graph, stage, [wanted.start - from * kernel.stride, below]);
    };
    let begins = from * kernel.stride + tap;
    let ends = (rows - 1) * kernel.stride + last + 1;
    let fits = begins <= wanted.start && ends >= wanted.end;
    if fits && (tap, last + 1) != (0, kernel.length) && keep_taps(graph, stage, tap..last + 1) {
        set_pads(graph, stage, [wanted.start - begins, ends - wanted.end]);
    } else {
        set_pads(graph, stage, [wanted.start - from * kernel.stride, below]);
    }
}

fn set_pads(graph: &mut GraphProto, stage: &Stage, pads: [usize; 2]) {
    set_time_pads(&mut graph.node[stage.kernel.node], pads);
}

/// Leaves a convolution with taps `taps` along time. Whether it could be done.
fn keep_taps(graph: &mut GraphProto, stage: &Stage, taps: std::ops::Range<usize>) -> bool {
    let node = &graph.node[stage.kernel.node];
    let Some(weight) = node.input.get(1).and_then(|name| constant(graph, name)) else {
        return false;
    };
    let &[taken, given, length, columns] = weight.dims.as_slice() else {
        return false;
    };
    if length != stage.kernel.length || columns == 0 {
        return false;
    }
    let kernels = weight.values.chunks_exact(length * columns);
    let kept = kernels.flat_map(|kernel| &kernel[taps.start * columns..taps.end * columns]);
    let kept: Vec<f32> = kept.copied().collect();
    let name = format!("netbend.taps.{}", stage.kernel.node);
    let dims = [taken, given, taps.len(), columns].map(|size| size as i64);
    graph
        .initializer
        .push(TensorProto::floats(&name, dims.to_vec(), &kept));
    let node = &mut graph.node[stage.kernel.node];
    node.input[1] = name;
    let sizes = vec![taps.len() as i64, columns as i64];
    node.set(AttributeProto::integers("kernel_shape", sizes));
    true
}
