//! Clusters of a waveform model: features that are heard in one band belong together, whatever layer they are of.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::runtime;
use kit::waveform_model::{BLOCK, Kind, RATE, RATIO, manifest, model, with_manifest};
use netbend_dsp::signal::{drum_loop, noise};
use netbend_models::cluster::{LayerPoints, WaveformListener, adjusted_rand, store};
use netbend_models::package::bands::BANDS;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{ModelError, WaveformPackage, WaveformPlayer};
use prost::Message as _;

const COSINES: Kind = Kind {
    rate: RATE,
    channels: 1,
    block: BLOCK,
    noise: 0.0,
    cosines: true,
};

fn package(content: &[u8]) -> WaveformPackage {
    WaveformPackage::from_bytes(Path::new("echo.onnx"), content).unwrap()
}

fn listener(
    kind: Kind,
    players: usize,
    sound: &[Vec<f32>],
) -> Result<WaveformListener, ModelError> {
    let package = package(&model(kind).encode_to_vec());
    let player = |_| WaveformPlayer::new(&package, runtime()).unwrap();
    WaveformListener::new((0..players).map(player).collect(), sound)
}

/// Strokes, and noise so that every band is heard.
fn sound(seed: u64) -> Vec<f32> {
    let strokes = drum_loop(RATE as f32, 2.0, seed);
    let noise = noise(RATE as f32, 2.0, 0.2, seed);
    strokes.iter().zip(&noise).map(|(a, b)| a + b).collect()
}

fn clusters(points: &[LayerPoints]) -> Vec<LayerClusters> {
    points
        .iter()
        .map(|points| points.clusters(1).unwrap())
        .collect()
}

/// The band in whose middle a feature is heard.
fn band(feature: usize) -> usize {
    let hertz = (feature as f64 + 0.5) * f64::from(RATE) / (2.0 * RATIO as f64);
    BANDS
        .iter()
        .rposition(|band| band.from_hz <= hertz)
        .unwrap()
}

/// Features by their bands.
fn known() -> Vec<Vec<usize>> {
    let of = |n: usize| (0..RATIO).filter(|&feature| band(feature) == n).collect();
    let bands = (0..BANDS.len()).map(of);
    bands
        .filter(|features: &Vec<_>| !features.is_empty())
        .collect()
}

#[test]
fn features_that_are_heard_in_one_band_belong_together_and_are_called_by_it() {
    let mut listener = listener(COSINES, 2, &[sound(1)]).unwrap();
    assert!(listener.windows() > 4, "{}", listener.windows());
    let done = std::sync::atomic::AtomicUsize::new(0);
    let count = || {
        done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let points = listener.effect(&count).unwrap();
    assert_eq!(done.into_inner(), listener.ablations());
    let mut found = clusters(&points);
    // Those that are shown; the output has one feature.
    let layers: Vec<_> = found.iter().map(|group| group.layer).collect();
    assert_eq!(layers, [1, 2]);
    listener.describe(&mut found, &|| ()).unwrap();
    for group in &found {
        let agreement = adjusted_rand(&group.clusters, &known());
        assert!(agreement > 0.9, "{agreement} {:?}", group.clusters);
        let description = group.description.as_ref().unwrap();
        assert_eq!(description.windows, listener.windows());
        // Feature 2 is heard in two bands; those of the bands above are together, and apart from each other.
        for (place, name) in [(3, "mid"), (4, "presence"), (5, "air")] {
            let is_there = |feature: &usize| *feature > 2 && band(*feature) == place;
            let pairs = group.clusters.iter().zip(&description.clusters);
            let mut holders = pairs.filter(|(features, _)| features.iter().any(&is_there));
            let (features, cluster) = holders.next().unwrap();
            assert!(holders.next().is_none(), "{name}: {:?}", group.clusters);
            let others = features.iter().filter(|feature| !is_there(feature));
            assert!(others.count() <= 1, "{name}: {features:?}");
            // What it carries goes missing there, and next to nothing two bands away.
            assert!(cluster.bands_db[place] < -6.0, "{name}: {cluster:?}");
            let far = |(n, db): (usize, &f64)| n.abs_diff(place) < 2 || db.abs() < 3.0;
            let mut all = cluster.bands_db.iter().enumerate();
            assert!(all.all(far), "{name}: {cluster:?}");
            assert!(cluster.name.contains(name), "{name}: {cluster:?}");
        }
    }
    // Encoder and decoder do the same here.
    let agreement = adjusted_rand(&found[0].clusters, &found[1].clusters);
    assert!(agreement > 0.99, "{agreement}");
}

#[test]
fn the_same_sound_gives_the_same_points_however_many_play() {
    let points = |players: usize, kind: Kind, sound: &[Vec<f32>]| {
        let mut listener = listener(kind, players, sound).unwrap();
        listener.effect(&|| ()).unwrap()
    };
    for noise in [0.0, 0.1] {
        let kind = Kind { noise, ..COSINES };
        let alone = points(1, kind, &[sound(2)]);
        assert_eq!(alone, points(3, kind, &[sound(2)]));
        assert_ne!(alone, points(1, kind, &[sound(3)]));
    }
    // Each channel of a stereo model goes its own way; features of a silent one do nothing.
    let stereo = Kind {
        channels: 2,
        ..COSINES
    };
    let one_sided = [sound(2), vec![0.0; 4_096]];
    let points = points(1, stereo, &one_sided);
    for layer in &points[..2] {
        let size = layer.values.len() / layer.layer.features;
        let (left, right) = layer.values.split_at(RATIO * size);
        assert!(
            left.chunks(size)
                .all(|point| point.iter().any(|x| x.abs() > 1e-3))
        );
        assert!(right.iter().all(|x| *x == 0.0));
    }
}

#[test]
fn silence_and_nobody_to_play_are_refused() {
    let refused = |players, sound: &[Vec<f32>]| {
        let refused = listener(COSINES, players, sound);
        refused.err().unwrap().to_string()
    };
    assert!(refused(0, &[sound(1)]).contains("one or more"));
    for silence in [&[vec![0.0; 48_000]][..], &[Vec::new()], &[]] {
        let message = refused(1, silence);
        assert!(message.contains("silence"), "{message}");
    }
    // A click is enough.
    let mut click = vec![0.0; 100];
    click[50] = 1.0;
    assert_eq!(listener(COSINES, 1, &[click]).unwrap().windows(), 1);
}

#[test]
fn clusters_are_stored_and_all_else_of_the_manifest_stays() {
    let mut said = manifest(COSINES);
    said["of_a_later_version"] = serde_json::json!({"a": [1, 2.5]});
    let graph = model(COSINES).graph.unwrap();
    let content = with_manifest(graph, &said).encode_to_vec();
    let group = |layer, clusters| LayerClusters {
        layer,
        clusters,
        description: None,
    };
    let clusters = [group(2, vec![vec![1, 2], vec![0]])];
    let written = package(&store(&content, &clusters).unwrap());
    assert_eq!(written.manifest().clusters, clusters);
    assert_eq!(written.face().clusters, clusters);
    let json = written.model().metadata("netbend").unwrap();
    let mut json: serde_json::Value = serde_json::from_str(json).unwrap();
    json.as_object_mut().unwrap().remove("clusters");
    assert_eq!(json, said);
    let graph = |content: &[u8]| package(content).model().graph.clone();
    assert_eq!(graph(&content), written.model().graph);
    for wrong in [group(9, vec![vec![0]]), group(1, vec![vec![64]])] {
        let message = store(&content, &[wrong]).unwrap_err().to_string();
        assert!(message.contains("not exist"), "{message}");
    }
}
