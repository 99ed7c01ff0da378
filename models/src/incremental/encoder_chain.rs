//! The stages of an encoder: convolutions without padding in time, one after the other, each with the pointwise nodes behind it.
//!
//! Such a stage does not know where in the window it is: the same frames give the same row, in whichever window they lie.

use super::links::{LinkKind, Tensor, links, tensor};
use crate::onnx::proto::GraphProto;
use crate::onnx::shapes::Shapes;

/// A convolution and the pointwise nodes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The convolution's place in the graph.
    pub(super) node: usize,
    /// Rows of its kernel.
    pub(super) length: usize,
    /// Rows from one position of the kernel to the next.
    pub(super) stride: usize,
    /// What the stage gives to the next.
    pub(super) output: Tensor,
    /// Rows of `output`, from the first on, that reach the latent.
    pub(super) used: usize,
}

/// The stages from the spectrogram on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncoderChain {
    /// What the first convolution reads.
    pub(super) input: Tensor,
    /// Frames, from the first on, that reach the latent.
    pub(super) used: usize,
    /// At least one.
    pub(super) stages: Vec<Stage>,
}

impl EncoderChain {
    /// The stages of `graph` behind its input `spectrogram`, which has `seen` frames that may be shared with later windows. `None`
    /// where there are none, or where they see further than that.
    pub(crate) fn find(
        graph: &GraphProto,
        spectrogram: &str,
        shapes: &Shapes,
        seen: usize,
    ) -> Option<Self> {
        let mut input = tensor(spectrogram, shapes)?;
        let mut stages: Vec<Stage> = Vec::new();
        for link in links(graph, spectrogram, shapes) {
            let Some(output) = link.output else { break };
            match (link.kind, stages.last_mut()) {
                (LinkKind::Pointwise, Some(stage)) => stage.output = output,
                (LinkKind::Pointwise, None) => input = output,
                (LinkKind::Conv(kernel), _)
                    if kernel.pads == [0, 0]
                        && kernel.dilation == 1
                        && kernel.stride <= kernel.length =>
                {
                    stages.push(Stage {
                        node: kernel.node,
                        length: kernel.length,
                        stride: kernel.stride,
                        used: output.rows,
                        output,
                    });
                }
                _ => break,
            }
        }
        let mut used = stages.last()?.output.rows;
        for stage in stages.iter_mut().rev() {
            stage.used = used;
            used = used.checked_sub(1)? * stage.stride + stage.length;
        }
        (used <= seen.min(input.rows)).then_some(Self {
            input,
            used,
            stages,
        })
    }

    /// What the stages give, in order.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Tensor> {
        self.stages.iter().map(|stage| &stage.output)
    }
}
