//! The tiny autoencoder with a decoder whose first layer is as wide as the paper's: 512 features made of
//! 512, so 6.5 million weights in one tensor.

use netbend_models::onnx::proto::{INT64, ModelProto, NodeProto, TensorProto};

use super::tiny_model::{self, LATENT, floats, node};

/// Features of the wide layer.
pub const FEATURES: i64 = 512;
/// The number of the wide tensor.
pub const WIDE_LAYER: u16 = 3;
/// Its points.
pub const WIDE_POINTS: usize = (FEATURES * FEATURES * 25) as usize;

/// The model.
pub fn model() -> ModelProto {
    let mut model = tiny_model::model();
    let mut manifest = tiny_model::manifest();
    manifest["name"] = "wide".into();
    manifest["layers"][0]["features"] = FEATURES.into();
    manifest["clusters"] = serde_json::json!([]);
    model.metadata_props[0].value = Some(manifest.to_string());
    let graph = model.graph.as_mut().unwrap();
    let is_decoder = |node: &NodeProto| node.output[0].starts_with('d');
    let last = graph.node.pop().unwrap();
    graph.node.retain(|node| !is_decoder(node));
    graph.node.extend([
        node("Gemm", &["latent", "d0.w", "d0.b"], "d0", &[]),
        node("Reshape", &["d0", "d0.shape"], "d0.maps", &[]),
        node(
            "ConvTranspose",
            &["d0.maps", "d1.w", "d1.b"],
            "d1",
            &[
                ("kernel_shape", &[5, 5]),
                ("strides", &[1, 2]),
                ("pads", &[0, 2, 0, 2]),
            ],
        ),
        node("Relu", &["d1"], "decoder_1", &[]),
        node(
            "ConvTranspose",
            &["decoder_1", "d2.w", "d2.b"],
            "decoder_2",
            &[
                ("kernel_shape", &[16, 17]),
                ("strides", &[16, 16]),
                ("pads", &[0, 8, 0, 8]),
            ],
        ),
        last,
    ]);
    graph
        .initializer
        .retain(|tensor| !tensor.name.as_ref().unwrap().starts_with('d'));
    graph.initializer.extend([
        floats("d0.w", &[LATENT as i64, FEATURES * 4 * 17]),
        floats("d0.b", &[FEATURES * 4 * 17]),
        floats("d1.w", &[FEATURES, FEATURES, 5, 5]),
        floats("d1.b", &[FEATURES]),
        floats("d2.w", &[FEATURES, 1, 16, 17]),
        floats("d2.b", &[1]),
        TensorProto {
            name: Some("d0.shape".into()),
            dims: vec![4],
            data_type: Some(INT64),
            int64_data: vec![-1, FEATURES, 4, 17],
            ..TensorProto::default()
        },
    ]);
    model
}
