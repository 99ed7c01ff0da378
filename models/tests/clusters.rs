//! Clusters from latents to the model file, through ONNX Runtime, on the tiny model.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::{runtime, tiny_metric, tiny_model};
use netbend_models::cluster::{
    ActivationMaps, Clusterer, LayerDeviation, Metric, SoundClusterer, describe, deviations,
    effect, store, store_deviations,
};
use netbend_models::node::program::Program;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::run::latent::sample_latents;
use netbend_models::{Bender, Manifest, Package};
use prost::Message as _;

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
fn a_sound_has_clusters_of_its_own_that_repeat() {
    let package = package(&tiny_model::model().encode_to_vec());
    let metric = tiny_metric::model().encode_to_vec();
    let metric = Metric::from_bytes(&metric, package.manifest(), runtime()).unwrap();
    let maps = ActivationMaps::new(&package, runtime()).unwrap();
    let mut clusterer = SoundClusterer::new(maps, metric);
    let sounds = sample_latents(12, tiny_model::LATENT, 3);
    let all: Vec<_> = sounds
        .chunks(tiny_model::LATENT)
        .map(|latent| {
            let found = clusterer.clusters(latent, 1).unwrap();
            assert_eq!(found, clusterer.clusters(latent, 1).unwrap());
            assert_eq!((found.len(), found[0].layer), (1, 1));
            let mut features = found[0].clusters.concat();
            features.sort_unstable();
            assert_eq!(features, [0, 1, 2]);
            found
        })
        .collect();
    assert_eq!(all.len(), 12);
    // Wrong lengths are refused, silence and its like is not: its maps are as finite as any.
    for length in [0, 1, 3, 5, 8] {
        assert!(clusterer.clusters(&sounds[..length], 1).is_err());
    }
    assert!(clusterer.clusters(&[0.0; tiny_model::LATENT], 1).is_ok());
    assert!(
        clusterer
            .clusters(&[f32::NAN; tiny_model::LATENT], 1)
            .is_err()
    );
    let stop = std::sync::atomic::AtomicBool::new(true);
    let latent = &sounds[..tiny_model::LATENT];
    assert!(clusterer.clusters_unless(latent, 1, &stop).is_err());
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
        description: None,
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
fn deviations_are_those_of_the_maps_and_all_that_changes_in_the_file() {
    let mut model = tiny_model::model();
    let mut manifest = tiny_model::manifest();
    manifest["layers"][0]["lowest"] = 3.into(); // a key that the manifest type does not have
    model.metadata_props[0].value = Some(manifest.to_string());
    let before = model.encode_to_vec();
    let old = package(&before);
    let mut maps = ActivationMaps::of_every_layer(&old, runtime()).unwrap();
    assert_eq!(maps.layers().len(), 2);
    let latents = sample_latents(11, tiny_model::LATENT, 5);
    let mut done = 0;
    let found = deviations(&mut maps, &latents, |count| done = count).unwrap();
    assert_eq!((found.len(), done), (2, 11));
    for (found, values) in found.iter().zip(maps.of(&latents).unwrap()) {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let squares: f32 = values.iter().map(|x| (x - mean).powi(2)).sum();
        let expected = (squares / values.len() as f32).sqrt();
        assert!(
            (found.deviation / expected - 1.0).abs() < 1e-3,
            "{found:?}, not {expected}"
        );
    }
    assert!(
        deviations(&mut maps, &[], |_| ()).is_err(),
        "there was nothing to measure"
    );

    let after = store_deviations(&before, &found).unwrap();
    let new = package(&after);
    assert_eq!(old.model().graph, new.model().graph);
    for (layer, found) in new.manifest().layers.iter().zip(&found) {
        assert_eq!(layer.deviation, Some(found.deviation));
    }
    let json = new.model().metadata("netbend").unwrap();
    let mut written: serde_json::Value = serde_json::from_str(json).unwrap();
    for layer in written["layers"].as_array_mut().unwrap() {
        layer.as_object_mut().unwrap().remove("deviation");
    }
    assert_eq!(written, manifest);
    let wrong = LayerDeviation {
        layer: 1,
        deviation: 0.0,
    };
    assert!(store_deviations(&before, &[wrong]).is_err());
}

#[test]
fn clusters_that_do_not_fit_the_model_are_refused() {
    let content = tiny_model::model().encode_to_vec();
    for (layer, feature) in [(1, 3), (3, 0), (0, 0)] {
        let clusters = [LayerClusters {
            layer,
            clusters: vec![vec![feature]],
            description: None,
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

fn tiny_clusters() -> Vec<LayerClusters> {
    vec![LayerClusters {
        layer: 1,
        clusters: vec![vec![0, 2], vec![1], vec![0, 1, 2], vec![]],
        description: None,
    }]
}

/// Far from the origin: the tiny model is next to silent about it.
fn audible_latents(count: usize) -> Vec<f32> {
    let latents = sample_latents(count, tiny_model::LATENT, 1);
    latents.into_iter().map(|x| 30.0 * x).collect()
}

#[test]
fn descriptions_repeat_are_stored_and_fall_with_their_clusters() {
    let content = tiny_model::model().encode_to_vec();
    let mut bender = Bender::new(&package(&content), runtime()).unwrap();
    let latents = audible_latents(3);
    let mut described = || {
        let (mut clusters, mut told) = (tiny_clusters(), Vec::new());
        describe(&mut bender, &latents, &mut clusters, |done| told.push(done)).unwrap();
        assert_eq!(told, [1, 2, 3]);
        clusters
    };
    let clusters = described();
    assert_eq!(clusters, described());

    let description = clusters[0].description.as_ref().unwrap();
    assert_eq!(description.windows, 3);
    let rms: Vec<f64> = description
        .clusters
        .iter()
        .map(|c| c.change_rms_db)
        .collect();
    assert!(rms[0] > 0.0 && rms[1] > 0.0 && rms[2] > 0.0, "{rms:?}");
    let nothing = &description.clusters[3];
    assert_eq!(
        (nothing.name.as_str(), nothing.level_db, rms[3]),
        ("no features", 0.0, 0.0)
    );
    // Against the cluster that changes nothing, a cluster differs by all it changes.
    for (row, rms) in description.differences_db.iter().zip(&rms) {
        assert_eq!(row[3], *rms);
    }

    let stored = store(&content, &clusters).unwrap();
    assert_eq!(package(&stored).manifest().clusters, clusters);
    let again = store(&stored, &tiny_clusters()).unwrap();
    assert_eq!(package(&again).manifest().clusters, tiny_clusters());
}

#[test]
fn a_cluster_is_measured_alike_in_any_company() {
    let content = tiny_model::model().encode_to_vec();
    let mut bender = Bender::new(&package(&content), runtime()).unwrap();
    let latents = audible_latents(2);
    // More than are decoded at once.
    let mut clusters = vec![LayerClusters {
        layer: 1,
        clusters: vec![[vec![0, 2], vec![1]]; 10].concat(),
        description: None,
    }];
    describe(&mut bender, &latents, &mut clusters, |_| {}).unwrap();
    let described = &clusters[0].description.as_ref().unwrap().clusters;
    let rms = |cluster: usize| described[cluster].change_rms_db;
    assert!((rms(0) - rms(1)).abs() > 0.1, "{described:?}");
    for pair in 1..10 {
        assert!((rms(2 * pair) - rms(0)).abs() <= 0.02, "{described:?}");
        assert!((rms(2 * pair + 1) - rms(1)).abs() <= 0.02, "{described:?}");
    }
}

#[test]
fn the_effect_of_features_repeats_and_groups_every_layer_that_has_several() {
    let content = tiny_model::model().encode_to_vec();
    let mut bender = Bender::new(&package(&content), runtime()).unwrap();
    let latents = audible_latents(3);
    let mut told = Vec::new();
    let points = effect(&mut bender, &latents, |done| told.push(done)).unwrap();
    assert_eq!(told, [1, 2, 3]);
    assert_eq!(effect(&mut bender, &latents, |_| {}).unwrap(), points);
    let manifest = bender.manifest().clone();
    let layers: Vec<_> = manifest.layers.iter().filter(|l| l.features > 1).collect();
    assert_eq!(points.len(), layers.len());
    for (points, layer) in points.iter().zip(layers) {
        assert_eq!(&points.layer, layer);
        assert_eq!(points.values.len(), 2 * layer.features);
        assert!(points.values.iter().any(|value| *value != 0.0));
        let groups = points.clusters(1).unwrap().clusters;
        let mut features: Vec<_> = groups.concat();
        features.sort_unstable();
        assert!(features.into_iter().eq(0..layer.features));
    }
    let short = &latents[1..];
    assert!(effect(&mut bender, short, |_| {}).is_err());
}

#[test]
fn nothing_to_describe_on_and_clusters_of_other_models_are_refused() {
    let content = tiny_model::model().encode_to_vec();
    let mut bender = Bender::new(&package(&content), runtime()).unwrap();
    let latents = sample_latents(1, tiny_model::LATENT, 1);
    for latents in [&latents[..0], &latents[1..]] {
        assert!(describe(&mut bender, latents, &mut tiny_clusters(), |_| {}).is_err());
    }
    for (layer, feature) in [(0, 0), (3, 0), (1, tiny_model::FEATURES)] {
        let mut clusters = vec![LayerClusters {
            layer,
            clusters: vec![vec![feature]],
            description: None,
        }];
        let message = describe(&mut bender, &latents, &mut clusters, |_| {})
            .expect_err("clusters that do not fit")
            .to_string();
        assert!(message.contains(&format!("layer {layer}")), "{message}");
    }
}

#[test]
fn a_description_that_does_not_fit_its_clusters_is_refused() {
    let good = serde_json::json!({
        "windows": 1,
        "clusters": [{"name": "a", "change_rms_db": 1.0, "level_db": 0.0, "onset_db": 0.0,
            "sustain_db": 0.0, "tail_db": 0.0, "bands_db": [0, 0, 0, 0, 0, 0]}],
        "differences_db": [[0.0]],
    });
    let load = |description: serde_json::Value| {
        let mut manifest = tiny_model::manifest();
        manifest["clusters"] = serde_json::json!([
            {"layer": 1, "clusters": [[0, 1, 2]], "description": description}]);
        Manifest::from_json(&manifest.to_string())
    };
    assert!(load(good.clone()).is_ok());
    type Change = fn(&mut serde_json::Value);
    let changes: [(Change, &str); 5] = [
        (
            |d| d["clusters"] = serde_json::json!([]),
            "0 descriptions of 1",
        ),
        (
            |d| d["differences_db"] = serde_json::json!([[0.0, 1.0]]),
            "1 × 1",
        ),
        (
            |d| d["clusters"][0]["bands_db"] = serde_json::json!([1.0]),
            "1 bands",
        ),
        (|d| d["clusters"][0]["name"] = "".into(), "name of 0"),
        (|d| d["clusters"][0]["name"] = "a\nb".into(), "printed"),
    ];
    for (change, expected) in changes {
        let mut description = good.clone();
        change(&mut description);
        let message = load(description).expect_err(expected).to_string();
        assert!(message.contains(expected), "{message}");
    }
}
