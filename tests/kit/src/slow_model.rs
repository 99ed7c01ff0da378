//! The tiny model with a chain of matrix products that take long and change nothing of what it says: seconds, the most that the limits
//! of models let through.

use netbend_models::onnx::proto::{ModelProto, NodeProto, TensorProto};

use super::tiny_model::{self, LATENT, floats, node};

/// The numbers that the decoder's first layer begins with.
const OUTPUTS: i64 = 792;

/// Slow to load: the products are of constants, which ONNX Runtime works out while it makes a session. `steps` products of `size` × `size`
/// matrices.
pub fn to_load(size: usize, steps: usize) -> ModelProto {
    let mut nodes = Vec::new();
    let last = chain(&mut nodes, "slow.matrix", steps);
    nodes.push(node("MatMul", &["slow.row", &last], "slow.rows", &[]));
    with(size, nodes)
}

/// Slow to run: the products begin with the latent.
pub fn to_run(size: usize, steps: usize) -> ModelProto {
    let mut nodes = vec![
        node("MatMul", &["latent", "slow.in"], "slow.line", &[]),
        node("Unsqueeze", &["slow.line", "slow.axis"], "slow.tall", &[]),
        node("Mul", &["slow.tall", "slow.row"], "slow.square", &[]),
    ];
    let last = chain(&mut nodes, "slow.square", steps);
    nodes.push(node("ReduceMean", &[&last], "slow.rows", &[("axes", &[1])]));
    with(size, nodes)
}

/// Products that begin with `first`; the last one's name.
fn chain(nodes: &mut Vec<NodeProto>, first: &str, steps: usize) -> String {
    let mut last = first.to_owned();
    for step in 0..steps {
        // Kept from growing out of range.
        let (product, bounded) = (format!("slow.{step}.product"), format!("slow.{step}"));
        nodes.push(node("MatMul", &[&last, "slow.matrix"], &product, &[]));
        nodes.push(node("Tanh", &[&product], &bounded, &[]));
        last = bounded;
    }
    last
}

/// The tiny model with `nodes`, whose `slow.rows` goes to nothing.
fn with(size: usize, mut nodes: Vec<NodeProto>) -> ModelProto {
    let mut model = tiny_model::model();
    let graph = model.graph.as_mut().unwrap();
    graph.name = Some("slow".into());
    let size = size as i64;
    let whole = |name: &str, values: &[i64]| TensorProto {
        name: Some(name.into()),
        dims: vec![values.len() as i64],
        data_type: Some(netbend_models::onnx::proto::INT64),
        int64_data: values.to_vec(),
        ..TensorProto::default()
    };
    let zero = TensorProto {
        raw_data: Some(vec![0; 4]),
        ..floats("slow.zero", &[1])
    };
    graph.initializer.extend([
        floats("slow.in", &[LATENT as i64, size]),
        floats("slow.matrix", &[size, size]),
        floats("slow.row", &[1, size]),
        floats("slow.column", &[size, OUTPUTS]),
        whole("slow.axis", &[2]),
        whole("slow.flat", &[-1, OUTPUTS]),
        zero,
    ]);
    nodes.push(node(
        "MatMul",
        &["slow.rows", "slow.column"],
        "slow.out",
        &[],
    ));
    nodes.push(node(
        "Reshape",
        &["slow.out", "slow.flat"],
        "slow.last",
        &[],
    ));
    nodes.push(node(
        "Mul",
        &["slow.last", "slow.zero"],
        "slow.nothing",
        &[],
    ));
    nodes.push(node("Add", &["d1.fast", "slow.nothing"], "d1", &[]));
    let first = graph
        .node
        .iter()
        .position(|node| node.output[0] == "d1")
        .unwrap();
    graph.node[first].output[0] = "d1.fast".into();
    graph.node.splice(first + 1..first + 1, nodes);
    model
}
