//! What is and is not accepted as a model file, all before ONNX Runtime sees it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::tiny_model;
use netbend_models::cluster::Metric;
use netbend_models::onnx::proto::{ModelProto, StringStringEntryProto};
use netbend_models::{ModelError, Package};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

fn load(model: &ModelProto) -> Result<Package, ModelError> {
    Package::from_bytes(Path::new("test.onnx"), &model.encode_to_vec())
}

/// The error of the tiny model after `change`.
fn refusal(change: impl FnOnce(&mut ModelProto)) -> String {
    let mut model = tiny_model::model();
    change(&mut model);
    load(&model)
        .expect_err("a model that must be refused was accepted")
        .to_string()
}

fn refusal_of_manifest(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut manifest = tiny_model::manifest();
    change(&mut manifest);
    refusal(|model| model.metadata_props[0].value = Some(manifest.to_string()))
}

#[test]
fn a_whole_model_is_accepted_and_described() {
    let package = load(&tiny_model::model()).unwrap();
    assert_eq!(package.manifest().name, "tiny");
    assert_eq!(package.manifest().layers[0].features, tiny_model::FEATURES);
    assert_eq!(package.manifest().cluster(1, 0), Some([0, 2].as_slice()));
    assert_eq!(package.sha256().len(), 64);
    assert!(package.weight_count() > 4_000);
}

#[test]
fn a_truncated_file_is_refused_at_every_length() {
    let bytes = tiny_model::model().encode_to_vec();
    let mut lengths: Vec<usize> = (0..bytes.len()).step_by(97).collect();
    lengths.extend(0..512.min(bytes.len()));
    for length in lengths {
        assert!(
            Package::from_bytes(Path::new("cut.onnx"), &bytes[..length]).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn flipped_bytes_never_crash_the_checks() {
    let bytes = tiny_model::model().encode_to_vec();
    for position in (0..bytes.len()).step_by(41) {
        for mask in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[position] ^= mask;
            let _ = Package::from_bytes(Path::new("damaged.onnx"), &damaged);
        }
    }
}

#[test]
fn data_outside_the_file_is_refused() {
    let message = refusal(|model| {
        let weight = &mut model.graph.as_mut().unwrap().initializer[0];
        weight.external_data.push(StringStringEntryProto {
            key: Some("location".into()),
            value: Some("/etc/passwd".into()),
        });
    });
    assert!(message.contains("outside the file"), "{message}");
    let message =
        refusal(|model| model.graph.as_mut().unwrap().initializer[0].data_location = Some(1));
    assert!(message.contains("outside the file"), "{message}");
}

#[test]
fn unknown_operators_domains_and_nested_graphs_are_refused() {
    for operator in ["Loop", "If", "Scan", "FancyOp"] {
        let message =
            refusal(|model| model.graph.as_mut().unwrap().node[0].op_type = Some(operator.into()));
        assert!(message.contains(operator), "{message}");
    }
    let message =
        refusal(|model| model.graph.as_mut().unwrap().node[0].domain = Some("com.example".into()));
    assert!(message.contains("com.example"), "{message}");
    let message =
        refusal(|model| model.graph.as_mut().unwrap().node[0].attribute[0].g = Some(vec![1, 2]));
    assert!(message.contains("nested graph"), "{message}");
    let message = refusal(|model| model.functions.push(vec![1]));
    assert!(message.contains("functions"), "{message}");
}

#[test]
fn impossible_shapes_and_weights_that_are_no_numbers_are_refused() {
    let message = refusal(|model| {
        model.graph.as_mut().unwrap().initializer[0].dims = vec![i64::MAX, i64::MAX]
    });
    assert!(message.contains("impossible shape"), "{message}");
    let message = refusal(|model| model.graph.as_mut().unwrap().initializer[0].dims = vec![-1, 4]);
    assert!(message.contains("impossible shape"), "{message}");
    let message = refusal(|model| model.graph.as_mut().unwrap().initializer[0].dims = vec![3]);
    assert!(message.contains("bytes where its shape"), "{message}");
    let message = refusal(|model| {
        let raw = model.graph.as_mut().unwrap().initializer[0]
            .raw_data
            .as_mut()
            .unwrap();
        raw[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    });
    assert!(message.contains("not-a-number"), "{message}");
}

#[test]
fn a_manifest_that_does_not_fit_is_refused_by_field() {
    for (key, value, expected) in [
        ("netbend", serde_json::json!(2), "update Netbend"),
        ("name", serde_json::json!("../x"), "name"),
        ("fft_size", serde_json::json!(1000), "FFT"),
        ("last_seen_frame", serde_json::json!(128), "last one seen"),
        ("layers", serde_json::json!([]), "layers"),
        ("latent_size", serde_json::json!(0), "latent size"),
        (
            "latent_prior",
            serde_json::json!({"mean": [0, 0, 0, 0], "std": [1, 1, 1]}),
            "latent_prior.std has 3 values",
        ),
        (
            "latent_prior",
            serde_json::json!({"mean": [0, 0, 0, 0], "std": [1, 1, -1, 1]}),
            "latent_prior.std holds -1",
        ),
        (
            "latent_prior",
            serde_json::json!({"mean": [0, 1e300, 0, 0], "std": [1, 1, 1, 1]}),
            "latent_prior.mean",
        ),
        (
            "parts",
            serde_json::json!([{"name": "kick", "layers": [{"layer": 1, "features": [3]}]}]),
            "part `kick`: feature 3 of layer 1 found; expected 0 to 2",
        ),
        (
            "parts",
            serde_json::json!([{"name": " kick", "layers": [{"layer": 1, "features": [0]}]}]),
            "a part's name of 5 bytes found",
        ),
    ] {
        let message = refusal_of_manifest(|manifest| manifest[key] = value);
        assert!(message.contains(expected), "{message}");
    }
    let message =
        refusal_of_manifest(|m| m["clusters"][0]["clusters"][0][0] = serde_json::json!(3));
    assert!(message.contains("feature that does not exist"), "{message}");
    let message = refusal(|model| model.metadata_props.clear());
    assert!(message.contains("is this a Netbend model"), "{message}");
}

/// What is shipped is what its card describes.
#[test]
fn the_models_that_ship_have_the_hashes_their_card_states() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["drums", "drums-parts"] {
        let card = std::fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        let package = Package::load(&folder.join(format!("{name}.onnx"))).unwrap();
        let hash = package.sha256();
        assert!(card.contains(hash), "{name}.onnx is {hash}");
        let metric = std::fs::read(folder.join(format!("{name}.metric.onnx"))).unwrap();
        let hash: String = Sha256::digest(metric)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(card.contains(&hash), "{name}.metric.onnx is {hash}");
    }
}

/// The metric that ships passes the counts that models pass.
#[test]
fn the_metric_that_ships_is_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Package::load(&folder.join("drums.onnx")).unwrap();
    Metric::load(
        &folder.join("drums.metric.onnx"),
        package.manifest(),
        kit::runtime(),
    )
    .unwrap();
}
