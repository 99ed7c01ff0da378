//! The last rows of a seed, straight from the matrix product that makes it.

use crate::incremental::constants::constant;
use crate::incremental::links::Tensor;
use crate::onnx::proto::{GraphProto, NodeProto, TensorProto};
use crate::onnx::shapes::Shapes;
use crate::package::manifest::Layer;

/// What may lie between the product and the seed: activations of a single number, without constants.
const ACTIVATIONS: &[&str] = &[
    "Celu",
    "Elu",
    "Gelu",
    "Identity",
    "LeakyRelu",
    "Mish",
    "Relu",
    "Selu",
    "Sigmoid",
    "Softplus",
    "Tanh",
];

/// Lets the product behind `seed` compute its rows from `first` on alone, if it is `Gemm`, activations and `Reshape`. Whether it is.
pub(super) fn take_rows(
    graph: &mut GraphProto,
    seed: &Tensor,
    layers: &[Layer],
    shapes: &Shapes,
    first: usize,
) -> bool {
    replacement(graph, seed, layers, shapes, first).is_some_and(|replacement| {
        for (node, input, tensor) in replacement {
            let name = tensor.name.clone().unwrap_or_default();
            graph.initializer.push(tensor);
            graph.node[node].input[input] = name;
        }
        true
    })
}

/// Which inputs of which nodes are replaced by what.
type Replacement = Vec<(usize, usize, TensorProto)>;

fn replacement(
    graph: &GraphProto,
    seed: &Tensor,
    layers: &[Layer],
    shapes: &Shapes,
    first: usize,
) -> Option<Replacement> {
    let rows = seed.rows.checked_sub(first)?;
    let plane = seed.rows * seed.columns;
    // Maps may be named by what is between, whose values then are no longer where they were.
    let alone = |name: &str| {
        let read = |node: &&NodeProto| node.input.iter().any(|input| input == name);
        graph.node.iter().filter(read).count() == 1
            && !layers.iter().any(|layer| layer.tensor == name)
    };
    let of = |name: &str| {
        let computes = |node: &NodeProto| node.output.first().is_some_and(|o| o == name);
        graph.node.iter().position(computes)
    };
    let mut node = of(&seed.name)?;
    let mut replaced = Vec::new();
    loop {
        let current = &graph.node[node];
        let input = current.input.first()?;
        match current.op_type.as_deref()? {
            "Reshape" if replaced.is_empty() => {
                if shapes.of(input)?.len() != 2 {
                    return None;
                }
                let sizes = [seed.features, rows, seed.columns].map(|size| size as i64);
                let shape = [&[-1][..], &sizes].concat();
                replaced.push((node, 1, TensorProto::integers("netbend.seed.shape", shape)));
            }
            operator if ACTIVATIONS.contains(&operator) && current.input.len() == 1 => {}
            "Gemm" if !replaced.is_empty() => break,
            _ => return None,
        }
        if !alone(input) {
            return None;
        }
        node = of(input)?;
    }
    let gemm = &graph.node[node];
    let number = |name: &str| {
        let mut attributes = gemm.attribute.iter();
        attributes
            .find(|a| a.name.as_deref() == Some(name))
            .and_then(|a| a.i)
            .unwrap_or(0)
    };
    if number("transA") != 0 {
        return None;
    }
    let kept = |place: usize| place % plane >= first * seed.columns;
    let values = seed.features * plane;
    let weight = constant(graph, gemm.input.get(1)?)?;
    let left = seed.features * rows * seed.columns;
    let (dims, taken): (_, Vec<f32>) = match (weight.dims.as_slice(), number("transB")) {
        (&[outputs, inputs], 1) if outputs == values && inputs > 0 => {
            let lines = weight.values.chunks_exact(inputs).enumerate();
            let lines = lines.filter(|(place, _)| kept(*place));
            let lines = lines.flat_map(|(_, line)| line.iter().copied());
            ([left, inputs], lines.collect())
        }
        (&[inputs, outputs], 0) if outputs == values && outputs > 0 => {
            let points = weight.values.iter().enumerate();
            let points = points.filter(|(place, _)| kept(place % outputs));
            ([inputs, left], points.map(|(_, x)| *x).collect())
        }
        _ => return None,
    };
    let dims = dims.map(|size| size as i64).to_vec();
    replaced.push((
        node,
        1,
        TensorProto::floats("netbend.seed.weight", dims, &taken),
    ));
    if let Some(name) = gemm.input.get(2).filter(|name| !name.is_empty()) {
        let bias = constant(graph, name)?;
        if bias.values.len() != values || bias.dims.last() != Some(&values) {
            // The same number for all needs no change; anything else is not followed.
            return (bias.values.len() == 1).then_some(replaced);
        }
        let points = bias.values.iter().enumerate();
        let points: Vec<f32> = points
            .filter(|(place, _)| kept(*place))
            .map(|(_, x)| *x)
            .collect();
        let dims = vec![left as i64];
        replaced.push((
            node,
            2,
            TensorProto::floats("netbend.seed.bias", dims, &points),
        ));
    }
    Some(replaced)
}
