//! The stages of a decoder, the ones at its end: convolutions, transposed or not, with the pointwise nodes and the bends behind each.

use std::ops::Range;

use super::links::{Kernel, Link, LinkKind, Tensor, links};
use crate::bends::transform::MapSize;
use crate::onnx::proto::GraphProto;
use crate::onnx::shapes::Shapes;
use crate::package::manifest::Layer;

/// Which way a stage's convolution goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// A transposed convolution.
    Up,
    /// A convolution that takes every row.
    Same,
}

/// A convolution and what lies behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) direction: Direction,
    pub(super) kernel: Kernel,
    /// What the convolution computes.
    pub(super) output: Tensor,
    /// The bends behind it, in order.
    pub(super) bends: Vec<Bent>,
}

/// A layer that can be bent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bent {
    /// Its number.
    pub(super) layer: usize,
    /// The size of its maps when they are whole.
    pub(super) size: MapSize,
}

/// The stages up to the decoded window. In front of them everything is computed whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecoderChain {
    /// What the first stage reads.
    pub(super) seed: Tensor,
    /// The bends of the seed, in order.
    pub(super) seed_bends: Vec<Bent>,
    /// At least one.
    pub(super) stages: Vec<Stage>,
}

impl DecoderChain {
    /// The stages of `graph` in front of its output, which is computed from its input `latent`. `None` where there are none.
    pub(crate) fn find(
        graph: &GraphProto,
        latent: &str,
        layers: &[Layer],
        shapes: &Shapes,
    ) -> Option<Self> {
        let links = links(graph, latent, shapes);
        let decoded = graph.output.first()?.name.as_deref()?;
        let ends = |link: &Link| link.output.as_ref().is_some_and(|o| o.name == decoded);
        if !links.last().is_some_and(ends) || !layers.iter().all(|layer| fits(layer, shapes)) {
            return None;
        }
        let range = local(&links, layers);
        let before = &links[range.start.checked_sub(1)?];
        let mut chain = Self {
            seed: before.output.clone()?,
            seed_bends: Vec::new(),
            stages: Vec::new(),
        };
        chain.bend(layers, &before.output);
        for link in &links[range] {
            let direction = match link.kind {
                LinkKind::Conv(kernel) => Some((Direction::Same, kernel)),
                LinkKind::ConvTranspose(kernel) => Some((Direction::Up, kernel)),
                _ => None,
            };
            if let Some((direction, kernel)) = direction {
                chain.stages.push(Stage {
                    direction,
                    kernel,
                    output: link.output.clone()?,
                    bends: Vec::new(),
                });
            }
            chain.bend(layers, &link.output);
        }
        (!chain.stages.is_empty()).then_some(chain)
    }

    /// Adds the bends of the layers that are tensor `output`.
    fn bend(&mut self, layers: &[Layer], output: &Option<Tensor>) {
        let bends = match self.stages.last_mut() {
            Some(stage) => &mut stage.bends,
            None => &mut self.seed_bends,
        };
        let name = output.as_ref().map(|output| output.name.as_str());
        let here = layers
            .iter()
            .filter(|layer| Some(layer.tensor.as_str()) == name);
        bends.extend(here.map(|layer| Bent {
            layer: layer.index,
            size: MapSize {
                rows: layer.rows,
                columns: layer.columns,
            },
        }));
    }

    /// The number of the stage (1 and up; 0 is the seed) behind which a layer is bent, if it is one of the chain's.
    pub(crate) fn stage_of(&self, layer: usize) -> Option<usize> {
        let has = |bends: &[Bent]| bends.iter().any(|bent| bent.layer == layer);
        if has(&self.seed_bends) {
            return Some(0);
        }
        let stage = self.stages.iter().position(|stage| has(&stage.bends))?;
        Some(stage + 1)
    }

    /// How many stages there are.
    pub(crate) fn stages(&self) -> usize {
        self.stages.len()
    }

    /// How many rows of the seed and of each stage there are from `starts` on.
    pub(crate) fn rows(&self, starts: &[usize]) -> Vec<usize> {
        let tensors = self.stages.iter().map(|stage| &stage.output);
        let tensors = std::iter::once(&self.seed).chain(tensors);
        let rows = tensors.zip(starts);
        rows.map(|(tensor, start)| tensor.rows - start).collect()
    }

    /// Rows of the decoded window.
    pub(crate) fn frames(&self) -> usize {
        let last = self.stages.last().map_or(&self.seed, |stage| &stage.output);
        last.rows
    }
}

/// Whether the graph computes the layer in the size that the manifest states.
fn fits(layer: &Layer, shapes: &Shapes) -> bool {
    let Some(&[_, features, rows, columns]) = shapes.of(&layer.tensor) else {
        // Of a rank that has no rows; it is bent in front of the chain, or refused later.
        return true;
    };
    [features, rows, columns] == [layer.features, layer.rows, layer.columns]
}

/// The links at the end that are local in time and compute no layer on the way.
fn local(links: &[Link], layers: &[Layer]) -> Range<usize> {
    let followed = |link: &Link| {
        let local = match link.kind {
            LinkKind::Pointwise => true,
            LinkKind::Conv(kernel) => kernel.stride == 1,
            LinkKind::ConvTranspose(kernel) => kernel.dilation == 1,
            LinkKind::Barrier => false,
        };
        local
            && !layers
                .iter()
                .any(|layer| link.inner.contains(&layer.tensor))
    };
    let barrier = links.iter().rposition(|link| !followed(link));
    barrier.map_or(0, |barrier| barrier + 1)..links.len()
}
