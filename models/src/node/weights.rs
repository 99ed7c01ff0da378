//! The decoder's weights: which initializers of its graph are weights or biases, numbered in graph order.
//!
//! A weight is an initializer of floats that a node takes for one: the weight or bias of a convolution or a
//! matrix product, the scale or shift of a batch or group normalization, the slope of a `PRelu`, and what is added,
//! subtracted, multiplied or divided by where that is more than one number. It may be stored as float16
//! behind `Cast`, and pass through nodes that only arrange it anew. Shapes, axes and scalars are no weights,
//! nor are the running mean and variance of a batch normalization: those are statistics.

mod roles;

use std::collections::{HashMap, HashSet};

use netbend_dsp::number::{low_bits, nearest_f32, nearest_f64};

use crate::bends::weights::WeightLayer;
use crate::error::ModelError;
use crate::onnx::proto::{FLOAT, FLOAT16, GraphProto, ModelProto, NodeProto, TensorProto};
use crate::onnx::values::{floats, is_cast_to_float};
use crate::package::Package;
use crate::package::halves::split;
use crate::package::manifest::Layer;
use roles::Reached;

/// A weight and what it holds.
#[derive(Debug, Clone)]
pub(crate) struct FoundWeight {
    pub(crate) layer: WeightLayer,
    pub(crate) values: Vec<f32>,
}

/// The weights of a model's decoder, in the order of their numbers.
///
/// # Errors
/// [`ModelError`] where the decoder cannot be cut out of the graph.
pub fn weight_layers(package: &Package) -> Result<Vec<WeightLayer>, ModelError> {
    let (_, decoder) = split(package.model(), package.manifest())?;
    Ok(find(&decoder, &package.manifest().layers)
        .into_iter()
        .map(|weight| weight.layer)
        .collect())
}

/// The weights of a decoder's graph, which has these bendable layers.
pub(crate) fn find(decoder: &ModelProto, layers: &[Layer]) -> Vec<FoundWeight> {
    let Some(graph) = &decoder.graph else {
        return Vec::new();
    };
    let source = Sources::of(graph);
    let reached = Reached::of(graph, layers);
    let mut seen = HashSet::new();
    let mut weights: Vec<FoundWeight> = Vec::new();
    for (at, node) in graph.node.iter().enumerate() {
        let operator = node.op_type.as_deref().unwrap_or("");
        for &place in weight_inputs(operator) {
            let Some(tensor) = node.input.get(place).and_then(|name| source.of_input(name)) else {
                continue;
            };
            let name = tensor.name.as_deref().unwrap_or("");
            let least = if is_elementwise(operator) { 2 } else { 1 };
            if tensor.element_count().is_none_or(|count| count < least) || !seen.insert(name) {
                continue;
            }
            let Some(values) = floats(tensor) else {
                continue;
            };
            weights.push(FoundWeight {
                layer: WeightLayer {
                    number: weights.len() + 1,
                    tensor: name.to_owned(),
                    name: readable(name),
                    role: reached.role(at, place, tensor),
                    shape: tensor
                        .dims
                        .iter()
                        .map(|&size| low_bits::<usize>(size))
                        .collect(),
                    deviation: deviation(&values),
                },
                values,
            });
        }
    }
    weights
}

/// Which inputs of an operator are weights where they are constant.
fn weight_inputs(operator: &str) -> &'static [usize] {
    match operator {
        "Gemm" => &[0, 1, 2],
        "Conv" | "ConvTranspose" | "BatchNormalization" | "GroupNormalization" => &[1, 2],
        "PRelu" | "RMSNormalization" => &[1],
        "MatMul" => &[0, 1],
        _ if is_elementwise(operator) => &[0, 1],
        _ => &[],
    }
}

fn is_elementwise(operator: &str) -> bool {
    matches!(operator, "Add" | "Sub" | "Mul" | "Div")
}

/// Whether the first output holds the same numbers as the first input.
fn passes_on(node: &NodeProto) -> bool {
    const ARRANGING: [&str; 6] = [
        "Flatten",
        "Identity",
        "Reshape",
        "Squeeze",
        "Transpose",
        "Unsqueeze",
    ];
    ARRANGING.contains(&node.op_type.as_deref().unwrap_or("")) || is_cast_to_float(node)
}

/// Where constant inputs come from.
struct Sources<'a> {
    initializers: HashMap<&'a str, &'a TensorProto>,
    producers: HashMap<&'a str, &'a NodeProto>,
    /// Names read by a node that is no cast to float.
    read_as_they_are: HashSet<&'a str>,
}

impl<'a> Sources<'a> {
    fn of(graph: &'a GraphProto) -> Self {
        let initializers = graph.initializer.iter();
        let nodes = || graph.node.iter();
        Self {
            initializers: initializers
                .filter_map(|tensor| Some((tensor.name.as_deref()?, tensor)))
                .collect(),
            producers: nodes()
                .filter_map(|node| Some((node.output.first()?.as_str(), node)))
                .collect(),
            read_as_they_are: nodes()
                .filter(|node| !is_cast_to_float(node))
                .flat_map(|node| node.input.iter().map(String::as_str))
                .collect(),
        }
    }

    /// The initializer whose numbers the tensor `name` holds, if it can stand as an input of floats.
    fn of_input(&self, name: &str) -> Option<&'a TensorProto> {
        let mut name = name;
        // A graph has no cycles, but this one was not checked for any.
        for _ in 0..=self.producers.len() {
            if let Some(&tensor) = self.initializers.get(name) {
                let fits = match tensor.data_type {
                    Some(FLOAT) => true,
                    Some(FLOAT16) => !self.read_as_they_are.contains(name),
                    _ => false,
                };
                return fits.then_some(tensor);
            }
            let node = self.producers.get(name).filter(|node| passes_on(node))?;
            name = node.input.first()?;
        }
        None
    }
}

/// The name without what exporters put before and behind it, fit to be printed.
fn readable(name: &str) -> String {
    const BEFORE: [&str; 2] = ["onnx::", "/"];
    const BEHIND: [&str; 8] = [
        ".float", "_float", ".half", "_half", ".fp16", "_fp16", ".f16", "_f16",
    ];
    let name = BEFORE
        .iter()
        .fold(name, |name, noise| name.strip_prefix(noise).unwrap_or(name));
    let name = BEHIND
        .iter()
        .fold(name, |name, noise| name.strip_suffix(noise).unwrap_or(name));
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() {
        "unnamed".into()
    } else {
        name
    }
}

/// Standard deviation.
pub(crate) fn deviation(values: &[f32]) -> f32 {
    let count = nearest_f64(values.len().max(1));
    let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let power: f64 = values.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum();
    nearest_f32((power / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::proto::{AttributeProto, INT64};

    fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
        NodeProto {
            op_type: Some(operator.into()),
            input: inputs.iter().map(|&input| input.into()).collect(),
            output: vec![output.into()],
            ..NodeProto::default()
        }
    }

    fn cast(input: &str, output: &str, to: i32) -> NodeProto {
        NodeProto {
            attribute: vec![AttributeProto {
                name: Some("to".into()),
                i: Some(to.into()),
                ..AttributeProto::default()
            }],
            ..node("Cast", &[input], output)
        }
    }

    fn tensor(name: &str, dims: &[i64], data_type: i32) -> TensorProto {
        let count: i64 = dims.iter().product();
        let width = match data_type {
            FLOAT => 4,
            FLOAT16 => 2,
            _ => 8,
        };
        TensorProto {
            name: Some(name.into()),
            dims: dims.to_vec(),
            data_type: Some(data_type),
            raw_data: Some(vec![0; count as usize * width]),
            ..TensorProto::default()
        }
    }

    fn names(node: Vec<NodeProto>, initializer: Vec<TensorProto>) -> Vec<String> {
        let graph = GraphProto {
            node,
            initializer,
            ..GraphProto::default()
        };
        let model = ModelProto {
            graph: Some(graph),
            ..ModelProto::default()
        };
        let found = find(&model, &[]);
        for (place, weight) in found.iter().enumerate() {
            assert_eq!(weight.layer.number, place + 1);
            assert_eq!(weight.layer.points(), weight.values.len());
        }
        found.into_iter().map(|weight| weight.layer.name).collect()
    }

    #[test]
    fn weights_are_listed_once_in_the_order_of_the_nodes_and_constants_are_not() {
        let nodes = vec![
            cast("b.weight", "b.weight.float", FLOAT),
            node("MatMul", &["latent", "onnx::MatMul_7"], "1"),
            node("Add", &["1", "a.bias"], "2"),
            node("Mul", &["2", "half"], "3"),
            node("Reshape", &["3", "shape"], "4"),
            node("ConvTranspose", &["4", "b.weight.float", "b.bias"], "5"),
            node(
                "BatchNormalization",
                &["5", "scale", "shift", "mean", "variance"],
                "6",
            ),
            node("PRelu", &["6", "slope"], "7"),
            node("MatMul", &["7", "onnx::MatMul_7"], "8"),
        ];
        let initializers = vec![
            tensor("slope", &[1], FLOAT),
            tensor("variance", &[4], FLOAT),
            tensor("mean", &[4], FLOAT),
            tensor("shift", &[4], FLOAT),
            tensor("scale", &[4], FLOAT),
            tensor("b.bias", &[1], FLOAT),
            tensor("b.weight", &[2, 1, 3], FLOAT16),
            tensor("shape", &[4], INT64),
            tensor("half", &[1], FLOAT),
            tensor("a.bias", &[3], FLOAT),
            tensor("onnx::MatMul_7", &[2, 3], FLOAT),
        ];
        assert_eq!(
            names(nodes, initializers),
            [
                "MatMul_7", "a.bias", "b.weight", "b.bias", "scale", "shift", "slope"
            ]
        );
    }

    #[test]
    fn a_weight_is_found_behind_what_only_arranges_it() {
        let nodes = vec![
            node("Identity", &["w_fp16"], "w.1"),
            node("Transpose", &["v"], "v.t"),
            node("MatMul", &["latent", "v.t"], "1"),
            node("MatMul", &["1", "w.1"], "2"),
        ];
        let initializers = || vec![tensor("w_fp16", &[2], FLOAT), tensor("v", &[2, 2], FLOAT)];
        assert_eq!(names(nodes, initializers()), ["v", "w"]);
        // What is computed is no weight, nor what goes round in a circle.
        let nodes = vec![
            node("Relu", &["v"], "v.r"),
            node("MatMul", &["latent", "v.r"], "1"),
            node("Identity", &["x"], "x"),
            node("MatMul", &["1", "x"], "2"),
        ];
        assert!(names(nodes, initializers()).is_empty());
    }

    #[test]
    fn float16_that_is_read_as_it_is_stays_as_it_is() {
        let weights = || vec![tensor("w", &[2], FLOAT16)];
        let nodes = vec![
            cast("w", "w.float", FLOAT),
            node("MatMul", &["latent", "w.float"], "1"),
        ];
        assert_eq!(names(nodes.clone(), weights()), ["w"]);
        let mut nodes = nodes;
        nodes.push(node("Identity", &["w"], "other"));
        assert!(names(nodes, weights()).is_empty());
        let nodes = vec![
            cast("w", "w.16", FLOAT16),
            node("MatMul", &["latent", "w.16"], "1"),
        ];
        assert!(names(nodes, weights()).is_empty());
    }

    #[test]
    fn the_deviation_is_that_of_the_points() {
        assert_eq!(deviation(&[3.0; 7]), 0.0);
        assert_eq!(deviation(&[1.0, -1.0, 1.0, -1.0]), 1.0);
        assert_eq!(deviation(&[1001.0, 1003.0]), 1.0);
        assert_eq!(deviation(&[]), 0.0);
    }

    #[test]
    fn names_can_be_printed() {
        for (name, expected) in [
            ("decoder.1.weight", "decoder.1.weight"),
            ("onnx::MatMul_12", "MatMul_12"),
            ("/dec/w_f16", "dec/w"),
            ("a\u{1b}[31m\n", "a[31m"),
            ("", "unnamed"),
        ] {
            assert_eq!(readable(name), expected);
        }
    }
}
