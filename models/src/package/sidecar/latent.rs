//! Which tensor of somebody else's graph is the latent: found where the graph leaves no doubt, asked for where it does.
//!
//! Everything from encoder to decoder passes through the latent. There are many such tensors in most graphs, and what tells one of them from the
//! rest is, in this order:
//!
//! 1. noise: the latent is where it has come in, the mean what it was added to;
//! 2. the file gives it as an output;
//! 3. beside it lies its twin, which the decoder does not read: a log-variance from the same features, or the other half of a `Split`;
//! 4. it is the narrowest, only activations and changes of shape lie between tensors as narrow, and nothing narrower is passed by.

use std::collections::{HashMap, HashSet};

use crate::onnx::bottleneck::{Flow, Reach};
use crate::onnx::pointwise::POINTWISE;
use crate::onnx::printed::printed;
use crate::onnx::proto::{GraphProto, NodeProto};
use crate::onnx::shapes::Shapes;

/// What is written for a name that has to be filled in.
pub(crate) const UNKNOWN: &str = "?";
/// Tensors that are offered at most.
const MOST_OFFERED: usize = 16;
/// Operators that make noise.
const NOISE: &[&str] = &[
    "Bernoulli",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
];
/// Operators that compute a mean and a log-variance side by side.
const LINEAR: &[&str] = &["Conv", "Gemm", "MatMul"];
/// Operators that change a shape alone.
const ARRANGING: &[&str] = &["Flatten", "Reshape", "Squeeze", "Transpose", "Unsqueeze"];

/// What is known of the latent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Latent<'a> {
    /// This tensor, and the encoder's mean where that is another one.
    Found {
        latent: &'a str,
        mean: Option<&'a str>,
    },
    /// One of these, in the graph's order.
    Asked(Vec<Candidate<'a>>),
}

/// A tensor that may be the latent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate<'a> {
    pub(crate) name: &'a str,
    /// Its shape for one window.
    pub(crate) own: Vec<usize>,
}

/// The latent of `graph`, from its input `input` of windows of the shape `own` to its output `decoded`.
pub(crate) fn find<'a>(
    graph: &'a GraphProto,
    input: &'a str,
    own: &[usize],
    decoded: &str,
) -> Latent<'a> {
    let batched = std::iter::once(2).chain(own.iter().copied()).collect();
    let shapes = Shapes::explore(graph, &[(input, batched)]);
    let flow = Flow::new(graph);
    let search = Search {
        graph,
        flow: &flow,
        reach: flow.from(input, |_| true),
        shapes,
        producers: (graph.node.iter())
            .flat_map(|node| node.output.iter().map(move |name| (name.as_str(), node)))
            .collect(),
    };
    search.latent(decoded)
}

/// `"z" [12], "d" [192]`.
pub(crate) fn list(candidates: &[Candidate<'_>]) -> String {
    let shown = candidates
        .iter()
        .map(|candidate| format!("`{}` {:?}", printed(candidate.name), candidate.own));
    shown.collect::<Vec<_>>().join(", ")
}

struct Search<'a, 'f> {
    graph: &'a GraphProto,
    flow: &'f Flow<'a>,
    reach: Reach<'a>,
    shapes: Shapes,
    producers: HashMap<&'a str, &'a NodeProto>,
}

impl<'a> Search<'a, '_> {
    fn latent(&self, decoded: &str) -> Latent<'a> {
        let passed: Vec<&'a str> = (self.reach.bottlenecks.iter().skip(1).copied())
            .take_while(|name| *name != decoded)
            .collect();
        let found = |latent| Latent::Found { latent, mean: None };
        if let Some(noisy) = self.noisy() {
            return match self.sampled(&passed, &noisy) {
                Some((latent, mean)) => Latent::Found {
                    latent,
                    mean: Some(mean),
                },
                None => self.asked(&passed),
            };
        }
        let is_output = |name: &str| {
            let mut outputs = self.graph.output.iter();
            outputs.any(|output| output.name.as_deref() == Some(name))
        };
        let mut given = passed.iter().filter(|name| is_output(name));
        if let (Some(latent), None) = (given.next(), given.next()) {
            return found(latent);
        }
        let mut twins = passed.iter().filter(|name| self.has_twin(name));
        if let (Some(latent), None) = (twins.next(), twins.next()) {
            return found(latent);
        }
        match self.narrowest(&passed) {
            Some(latent) => found(latent),
            None => self.asked(&passed),
        }
    }

    fn asked(&self, passed: &[&'a str]) -> Latent<'a> {
        let own = |name: &str| match self.shapes.of(name) {
            Some([2, own @ ..]) => Some(own.to_vec()),
            _ => None,
        };
        let mut offered: Vec<(usize, Candidate<'a>)> = passed
            .iter()
            .filter_map(|&name| {
                Some(Candidate {
                    name,
                    own: own(name)?,
                })
            })
            .enumerate()
            .collect();
        offered.sort_by_key(|(_, candidate)| candidate.own.iter().product::<usize>());
        offered.truncate(MOST_OFFERED);
        offered.sort_by_key(|(place, _)| *place);
        Latent::Asked(
            offered
                .into_iter()
                .map(|(_, candidate)| candidate)
                .collect(),
        )
    }

    /// The tensors that noise has come into, if there is any.
    fn noisy(&self) -> Option<HashSet<&'a str>> {
        let mut noisy: HashSet<&str> = HashSet::new();
        for node in &self.graph.node {
            if is(node, NOISE) || node.input.iter().any(|name| noisy.contains(name.as_str())) {
                noisy.extend(node.output.iter().map(String::as_str));
            }
        }
        (!noisy.is_empty()).then_some(noisy)
    }

    /// The first tensor that everything passes through behind the noise, and what the noise was added to.
    fn sampled(&self, passed: &[&'a str], noisy: &HashSet<&str>) -> Option<(&'a str, &'a str)> {
        let latent = *passed.iter().find(|name| noisy.contains(*name))?;
        let node = self
            .producers
            .get(latent)
            .filter(|node| is(node, &["Add"]))?;
        let mut without = node
            .input
            .iter()
            .filter(|name| !noisy.contains(name.as_str()));
        let (mean, None) = (without.next()?.as_str(), without.next()) else {
            return None;
        };
        // Noise on the window itself, or in several places, is no sampling.
        let noises = self
            .graph
            .node
            .iter()
            .filter(|node| is(node, NOISE))
            .count();
        let window = self
            .reach
            .bottlenecks
            .first()
            .and_then(|name| self.size(name));
        let alike = self.shapes.of(mean) == self.shapes.of(latent)
            && self.producers.contains_key(mean)
            && self
                .size(mean)
                .is_none_or(|size| window.is_none_or(|window| size < window));
        (noises == 1 && alike && !self.flow.is_constant(mean)).then_some((latent, mean))
    }

    /// Numbers in a tensor.
    fn size(&self, name: &str) -> Option<usize> {
        Some(self.shapes.of(name)?.iter().product())
    }

    /// Whether beside `name` another tensor of its shape is computed from the same features, or cut from the same tensor.
    fn has_twin(&self, name: &str) -> bool {
        let Some(node) = self.producers.get(name) else {
            return false;
        };
        if is(node, &["Split"]) {
            return node.output.len() == 2;
        }
        if !is(node, LINEAR) && !is(node, &["Gather", "Slice"]) {
            return false;
        }
        self.graph.node.iter().any(|other| {
            other.op_type == node.op_type
                && other.output != node.output
                && other.input.first() == node.input.first()
                && self.shapes.of(name).is_some()
                && other.output.first().and_then(|name| self.shapes.of(name))
                    == self.shapes.of(name)
        })
    }

    /// The narrowest, where tensors as narrow follow one another with no weights between.
    fn narrowest(&self, passed: &[&'a str]) -> Option<&'a str> {
        let size = |name: &str| self.size(name);
        let least = passed.iter().filter_map(|name| size(name)).min()?;
        // What is narrower still, and passed by, has a way around it: a skip connection.
        let mut linear = self.graph.node.iter().filter(|node| is(node, LINEAR));
        let narrower = |name: &String| {
            let reached = self.reach.tensors.contains(name.as_str());
            reached && size(name).is_some_and(|size| size < least)
        };
        if linear.any(|node| node.output.iter().any(narrower)) {
            return None;
        }
        let mut narrow = (0..passed.len()).filter(|&n| size(passed[n]) == Some(least));
        let first = narrow.next()?;
        let mut latent = passed[first];
        let mut last = first;
        for place in narrow {
            let between = (last + 1..=place).map(|n| self.producers.get(passed[n]));
            let follows = |node: Option<&&NodeProto>| {
                node.is_some_and(|node| is(node, POINTWISE) || is(node, ARRANGING))
            };
            if place != last + 1 || !between.into_iter().all(follows) {
                return None;
            }
            if self
                .producers
                .get(passed[place])
                .is_some_and(|node| is(node, POINTWISE))
            {
                latent = passed[place];
            }
            last = place;
        }
        Some(latent)
    }
}

fn is(node: &NodeProto, operators: &[&str]) -> bool {
    operators.contains(&node.op_type.as_deref().unwrap_or(""))
}
