//! Clusters from latents to the model file, through ONNX Runtime, on the tiny model.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

mod support;

use std::path::Path;

use netbend_models::cluster::{ActivationMaps, Clusterer, Metric, store};
use netbend_models::latent::sample_latents;
use netbend_models::manifest::LayerClusters;
use netbend_models::program::Program;
use netbend_models::{Bender, Manifest, Package};
use prost::Message as _;
use support::{runtime, tiny_metric, tiny_model};

fn package(content: &[u8]) -> Package {
    Package::from_bytes(Path::new("tiny.onnx"), content).unwrap()
}

fn metric_error(content: &[u8], manifest: &Manifest) -> String {
    Metric::from_bytes(content, manifest, runtime())
        .expect_err("a metric that must be refused was accepted")
        .to_string()
}

#[test]
fn maps_are_those_of_the_graph_and_one_feature_layers_are_left_out() {
    let package = package(&tiny_model::model().encode_to_vec());
    let mut maps = ActivationMaps::new(&package, runtime()).unwrap();
    assert_eq!(maps.layers().len(), 1);
    let latents = sample_latents(5, tiny_model::LATENT, 1);
    let all = maps.of(&latents).unwrap();
    assert_eq!(all[0].len(), 5 * tiny_model::FEATURES * 8 * 33);
    // The layer ends in a rectifier.
    assert!(all[0].iter().all(|&value| value >= 0.0));
    assert!(all[0].iter().any(|&value| value > 0.0));
    // A batch gives what its items give one by one.
    let alone = maps.of(&latents[..tiny_model::LATENT]).unwrap();
    for (a, b) in alone[0].iter().zip(&all[0]) {
        assert!((a - b).abs() < 1e-5);
    }
}

#[test]
fn clustering_repeats_and_puts_every_feature_into_one_cluster() {
    let package = package(&tiny_model::model().encode_to_vec());
    let clusters = || {
        let metric = tiny_metric::model().encode_to_vec();
        let metric = Metric::from_bytes(&metric, package.manifest(), runtime()).unwrap();
        let maps = ActivationMaps::new(&package, runtime()).unwrap();
        let mut clusterer = Clusterer::new(maps, metric);
        assert!(clusterer.clusters(1).is_err(), "nothing was added");
        for batch in sample_latents(12, tiny_model::LATENT, 3).chunks(4 * tiny_model::LATENT) {
            clusterer.add(batch).unwrap();
        }
        assert_eq!(clusterer.windows(), 12);
        clusterer.clusters(1).unwrap()
    };
    let found = clusters();
    assert_eq!(found, clusters());
    let mut features = found[0].clusters.concat();
    features.sort_unstable();
    assert_eq!(features, [0, 1, 2]);
}

#[test]
fn a_model_with_other_clusters_sounds_bit_for_bit_the_same() {
    let mut model = tiny_model::model();
    let mut manifest = tiny_model::manifest();
    manifest["level"]["lowest_db"] = (-60.0).into(); // a key that the manifest type does not have
    model.metadata_props[0].value = Some(manifest.to_string());
    let before = model.encode_to_vec();
    let clusters = [LayerClusters {
        layer: 1,
        clusters: vec![vec![1, 2], vec![0]],
    }];
    let after = store(&before, &clusters).unwrap();

    let [old, new] = [package(&before), package(&after)];
    assert_eq!(new.manifest().clusters, clusters);
    assert_eq!(old.model().graph, new.model().graph);
    let json = new.model().metadata("netbend").unwrap();
    let mut written: serde_json::Value = serde_json::from_str(json).unwrap();
    written["clusters"] = manifest["clusters"].clone();
    assert_eq!(written, manifest);

    let decoded = [&old, &new].map(|package| {
        let mut bender = Bender::new(package, runtime()).unwrap();
        let window: Vec<f32> = (0..bender.window_len())
            .map(|n| ((n * 31 % 97) as f32 / 97.0).sin())
            .collect();
        let (mut latent, mut windows) = (Vec::new(), Vec::new());
        bender.encode(&window, &mut latent).unwrap();
        bender
            .decode(&latent, &Program::new(), &mut windows)
            .unwrap();
        (latent, windows)
    });
    assert_eq!(decoded[0], decoded[1]);
}

#[test]
fn clusters_that_do_not_fit_the_model_are_refused() {
    let content = tiny_model::model().encode_to_vec();
    for (layer, feature) in [(1, 3), (3, 0), (0, 0)] {
        let clusters = [LayerClusters {
            layer,
            clusters: vec![vec![feature]],
        }];
        assert!(
            store(&content, &clusters).is_err(),
            "layer {layer}, feature {feature}"
        );
    }
}

#[test]
fn a_metric_is_no_model_and_a_model_is_no_metric() {
    let metric = tiny_metric::model().encode_to_vec();
    let message = Package::from_bytes(Path::new("tiny.metric.onnx"), &metric)
        .expect_err("a metric was taken for a model")
        .to_string();
    assert!(message.contains("netbend cluster"), "{message}");

    let model = tiny_model::model().encode_to_vec();
    let manifest = package(&model).manifest().clone();
    assert!(metric_error(&model, &manifest).contains("netbend-metric"));
    for length in (0..metric.len()).step_by(7) {
        assert!(
            Metric::from_bytes(&metric[..length], &manifest, runtime()).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn a_metric_of_another_model_is_refused() {
    let metric = tiny_metric::model().encode_to_vec();
    let model = package(&tiny_model::model().encode_to_vec());
    let mut manifest = model.manifest().clone();
    manifest.name = "other".into();
    assert!(metric_error(&metric, &manifest).contains("`other`"));
    let mut manifest = model.manifest().clone();
    manifest.layers[0].features = 4;
    assert!(metric_error(&metric, &manifest).contains("layer 1"));
}
