//! A metric for the tiny model: a map's mean, through ten fixed weights.

use netbend_models::onnx::proto::{
    Dimension, GraphProto, ModelProto, OperatorSetIdProto, StringStringEntryProto, ValueInfoProto,
};

use super::tiny_model::{FEATURES, floats, node};

const EMBEDDING: i64 = 10;

/// The metric.
pub fn model() -> ModelProto {
    let batch = Dimension::Named("batch");
    let map = [1, 8, 33].map(Dimension::Fixed);
    let maps = [batch, map[0], map[1], map[2]];
    let graph = GraphProto {
        name: Some("tiny metric".into()),
        node: vec![
            node("GlobalAveragePool", &["maps_1"], "mean", &[]),
            node("Flatten", &["mean"], "flat", &[]),
            node("Gemm", &["flat", "w"], "embedding_1", &[]),
        ],
        initializer: vec![floats("w", &[1, EMBEDDING])],
        input: vec![ValueInfoProto::float_tensor("maps_1", &maps)],
        output: vec![ValueInfoProto::float_tensor(
            "embedding_1",
            &[batch, Dimension::Fixed(EMBEDDING)],
        )],
        ..GraphProto::default()
    };
    let described = serde_json::json!({
        "format": 1, "model": "tiny", "version": "0.0.1", "embedding_size": EMBEDDING,
        "layers": [{"layer": 1, "maps": "maps_1", "embedding": "embedding_1",
            "features": FEATURES, "rows": 8, "columns": 33}],
    });
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(17),
        }],
        graph: Some(graph),
        metadata_props: vec![StringStringEntryProto {
            key: Some("netbend-metric".into()),
            value: Some(described.to_string()),
        }],
        ..ModelProto::default()
    }
}
