//! Bending some features of a layer: taken out, transformed, mixed by the amount, put back in their places.

use super::map_shape::MapShape;
use super::nodes::{Nodes, int};
use super::transforms::{is_identity, transform};
use crate::node::program::Entry;

/// Axis of the features in `[batch, feature, …]`.
const FEATURES: i64 = 1;

/// The entries one after the other on the tensor `x`; gives the name of the result, which is `x` where nothing changes.
pub(super) fn chain(nodes: &mut Nodes, shape: MapShape, entries: &[Entry<'_>], x: &str) -> String {
    let mut x = x.to_owned();
    for entry in entries {
        if is_identity(entry.transform, entry.parameters) {
            continue;
        }
        let mut times = vec![0_usize; shape.features];
        for feature in entry.features {
            if let Some(times) = times.get_mut(*feature as usize) {
                *times += 1;
            }
        }
        // A cluster may name a feature twice, and the operator bends it twice then.
        for round in 0..times.iter().copied().max().unwrap_or(0) {
            let selected: Vec<bool> = times.iter().map(|&times| times > round).collect();
            x = bend(nodes, shape, entry, &selected, &x);
        }
    }
    x
}

fn bend(
    nodes: &mut Nodes,
    shape: MapShape,
    entry: &Entry<'_>,
    selected: &[bool],
    x: &str,
) -> String {
    let places = |wanted: bool| -> Vec<i64> {
        (0..)
            .zip(selected)
            .filter(|(_, selected)| **selected == wanted)
            .map(|(feature, _)| feature)
            .collect()
    };
    let (bent, rest) = (places(true), places(false));
    if rest.is_empty() {
        return mixed(nodes, shape, entry, x);
    }
    let part = MapShape {
        features: bent.len(),
        ..shape
    };
    let axis = || vec![int("axis", FEATURES)];
    let indices = nodes.integers(bent.clone());
    let before = nodes.push("Gather", &[x, &indices], axis());
    let after = mixed(nodes, part, entry, &before);
    let indices = nodes.integers(rest.clone());
    let others = nodes.push("Gather", &[x, &indices], axis());
    let joined = nodes.push("Concat", &[&after, &others], axis());
    // Where in the joined tensor each feature has come to lie.
    let mut origin = vec![0; selected.len()];
    for (place, &feature) in (0..).zip(bent.iter().chain(&rest)) {
        origin[feature as usize] = place;
    }
    let origin = nodes.integers(origin);
    nodes.push("Gather", &[&joined, &origin], axis())
}

/// `x + amount·(f(x) − x)`, exactly `f(x)` at amount 1.
fn mixed(nodes: &mut Nodes, shape: MapShape, entry: &Entry<'_>, x: &str) -> String {
    let y = transform(nodes, entry.transform, entry.parameters, shape, x);
    if entry.amount >= 1.0 {
        return y;
    }
    nodes.blend(x, &y, entry.amount)
}
