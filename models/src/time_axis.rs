//! Where a layer's rows lie in time: the map from rows of an activation to frames of the window.
//!
//! A decoder's rows are coarser than frames. Row `r` of a layer is centred on frame
//! `first_frame + r · frames_per_row`; both numbers follow from the strides, kernels and paddings of
//! the transposed convolutions between the layer and the output.

use std::collections::HashMap;

use crate::onnx::proto::{GraphProto, NodeProto};

/// The affine map from rows to frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeAxis {
    /// Frame (fractional) at the centre of row 0.
    pub first_frame: f64,
    /// Frames between the centres of two rows.
    pub frames_per_row: f64,
}

impl TimeAxis {
    /// Rows spread evenly over the window: what to assume where the graph does not tell.
    pub fn proportional(rows: usize, frames: usize) -> Self {
        let frames_per_row = frames as f64 / rows.max(1) as f64;
        Self {
            first_frame: frames_per_row / 2.0 - 0.5,
            frames_per_row,
        }
    }

    /// Walks from `tensor` to `output` through `graph`. `None` where the way branches or passes an
    /// operator whose effect on time is not known.
    pub fn trace(graph: &GraphProto, tensor: &str, output: &str) -> Option<Self> {
        let mut consumers: HashMap<&str, Vec<&NodeProto>> = HashMap::new();
        for node in &graph.node {
            for input in &node.input {
                consumers.entry(input).or_default().push(node);
            }
        }
        let mut axis = Self {
            first_frame: 0.0,
            frames_per_row: 1.0,
        };
        let mut name = tensor;
        for _ in 0..=graph.node.len() {
            if name == output {
                return Some(axis);
            }
            let [node] = consumers.get(name)?.as_slice() else {
                return None;
            };
            match node.op_type.as_deref()? {
                "ConvTranspose" => {
                    let stride = *node.ints("strides").unwrap_or(&[1]).first()? as f64;
                    let kernel = *node.ints("kernel_shape")?.first()? as f64;
                    let padding = *node.ints("pads").unwrap_or(&[0]).first()? as f64;
                    // Input row r reaches output rows s·r − p … s·r − p + k − 1.
                    axis.first_frame = stride * axis.first_frame + (kernel - 1.0) / 2.0 - padding;
                    axis.frames_per_row *= stride;
                }
                "Relu" | "LeakyRelu" | "Elu" | "Selu" | "Sigmoid" | "Tanh" | "Softplus"
                | "Identity" | "Cast" | "BatchNormalization" | "Clip" => {}
                _ => return None,
            }
            name = node.output.first()?;
        }
        None
    }

    /// The frames that row `row` speaks for: `frames_per_row` frames around its centre, as a
    /// half-open range `[from, to)` in fractional frames (frame `n` covers `[n − ½, n + ½)`).
    pub fn span(&self, row: usize) -> (f64, f64) {
        let centre = self.first_frame + row as f64 * self.frames_per_row;
        (
            centre - self.frames_per_row / 2.0,
            centre + self.frames_per_row / 2.0,
        )
    }
}
