//! Clusters of the sound that plays, with the real engine behind them: learned beside the audio, kept as state, selected by slots.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use netbend::offline::{
    Controls, Engine, LatencyMode, NetbendParams, Note, Processor, SoundClusterStore,
};
use netbend_dsp::signal::{drum_loop_stereo, noise};
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::cluster::SoundClusters;
use netbend_models::{Package, Runtime};
use nice_plug::params::Params as _;
use support::{RATE, resources};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// The transform and its inverse lose no more than this (dB relative to the signal).
const NULL_DB: f64 = -120.0;
/// Longer than any learning, on a machine with better things to do.
const PATIENCE: Duration = Duration::from_secs(300);

struct Instance {
    engine: Engine,
    processor: Processor,
    store: SoundClusterStore,
}

fn instance_at(folder: &Path, mode: LatencyMode, store: SoundClusterStore) -> Instance {
    let (engine, status) = support::engine_at(folder);
    engine.set_sound_clusters(store.clone());
    let opened = support::open((engine, status), mode);
    let (engine, processor) = (opened.engine, opened.processor);
    Instance {
        engine,
        processor,
        store,
    }
}

fn instance(mode: LatencyMode) -> Instance {
    instance_at(&resources(), mode, SoundClusterStore::default())
}

/// An instance that keeps these clusters.
fn instance_with(text: String) -> Instance {
    let store = SoundClusterStore::default();
    store.replace(text);
    instance_at(&resources(), LatencyMode::Tight, store)
}

impl Instance {
    /// Plays as a bounce does; what comes out on the left.
    fn play(&mut self, input: &[f32], controls: Controls) -> Vec<f32> {
        let (mut left, mut right) = (input.to_vec(), input.to_vec());
        for (l, r) in left.chunks_mut(512).zip(right.chunks_mut(512)) {
            self.processor.offline().process(&mut [l, r], |_| controls);
        }
        left
    }

    /// Learns from what was played last.
    fn learn(&self) -> Note {
        self.store.learn();
        let begun = Instant::now();
        while self.store.is_learning() {
            assert!(begun.elapsed() < PATIENCE, "still learning");
            std::thread::sleep(Duration::from_millis(2));
        }
        self.store.note()
    }
}

fn drums(seed: u64) -> Vec<f32> {
    let [left, _] = drum_loop_stereo(RATE, 1.5, seed);
    left
}

/// Ablates a sound cluster of layer 3.
fn bend(cluster: u16) -> Controls {
    let mut controls = Controls::default();
    let slot = &mut controls.slots[0];
    slot.target.layer = 3;
    slot.target.transform = TransformKind::Ablate;
    slot.target.selection = SelectionKind::SoundCluster;
    slot.target.cluster = cluster;
    slot.amount = 1.0;
    slot.share = 1.0;
    controls
}

fn null_db(input: &[f32], output: &[f32], latency: usize) -> f64 {
    let count = input.len() - latency;
    let error: f64 = (0..count)
        .map(|n| f64::from(output[latency + n] - input[n]).powi(2))
        .sum();
    let power: f64 = input[..count].iter().map(|x| f64::from(*x).powi(2)).sum();
    10.0 * (error / power).log10()
}

fn learned(instance: &Instance) -> SoundClusters {
    let note = instance.learn();
    assert!(matches!(note, Note::Learned(..)), "{note:?}");
    SoundClusters::from_yaml(&instance.store.text(), "learned").unwrap()
}

#[test]
fn a_sound_gives_the_same_clusters_every_time_and_another_sound_others() {
    let learn_from = |input: &[f32]| {
        let mut instance = instance(LatencyMode::Tight);
        instance.play(input, Controls::default());
        learned(&instance)
    };
    let first = learn_from(&drums(3));
    assert_eq!(first, learn_from(&drums(3)));
    assert_ne!(first, learn_from(&noise(RATE, 1.5, 0.3, 1)));

    let package = Package::load(&resources().join("models/drums.onnx")).unwrap();
    let layers = first.for_model(package.manifest()).unwrap();
    assert_eq!(layers.len(), 4);
    for (group, layer) in layers.iter().zip(&package.manifest().layers) {
        let mut features = group.clusters.concat();
        features.sort_unstable();
        let all: Vec<usize> = (0..layer.features).collect();
        assert_eq!(features, all, "layer {}", layer.index);
        for cluster in 0..group.clusters.len() {
            let name = first.names.get(layer.index, cluster);
            println!("layer {} cluster {cluster}: {name:?}", layer.index);
            assert!(name.is_some(), "layer {}", layer.index);
        }
    }
}

#[test]
fn clusters_are_heard_at_once_and_a_reopened_project_sounds_the_same() {
    let input = drums(3);
    let mut first = instance(LatencyMode::Tight);
    let latency = first.processor.latency_samples();
    let unbent = first.play(&input, bend(0));
    assert!(
        null_db(&input, &unbent, latency) <= NULL_DB,
        "no clusters, nothing bent"
    );
    learned(&first);
    first.processor.reset();
    let bent = first.play(&input, bend(0));
    assert!(null_db(&input, &bent, latency) > -40.0);

    // The state as the host keeps it.
    let params = NetbendParams::default();
    params.sound_clusters.replace(first.store.text());
    let reopened = NetbendParams::default();
    reopened.deserialize_fields(&params.serialize_fields());
    let mut second = instance_with(reopened.sound_clusters.text());
    assert!(second.play(&input, bend(0)) == bent);
    second.processor.reset();
    let beyond = second.play(&input, bend(15));
    assert!(null_db(&input, &beyond, latency) <= NULL_DB, "cluster 15");
}

#[test]
fn clusters_of_another_model_are_kept_and_select_nothing() {
    let input = drums(3);
    let mut donor = instance(LatencyMode::Tight);
    donor.play(&input, Controls::default());
    let mut clusters = learned(&donor);
    clusters.version = "9.9.9".into();
    for text in [clusters.to_yaml(), "from: the future".to_owned()] {
        let mut other = instance_with(text.clone());
        let latency = other.processor.latency_samples();
        let output = other.play(&input, bend(0));
        assert!(null_db(&input, &output, latency) <= NULL_DB);
        assert_eq!(other.store.text(), text);
        assert!(matches!(other.store.note(), Note::Unusable(_)));
        // Learning puts it right.
        learned(&other);
        other.processor.reset();
        let output = other.play(&input, bend(0));
        assert!(null_db(&input, &output, latency) > -40.0);
    }
}

#[test]
fn learning_that_fails_leaves_the_clusters_from_before_and_says_why() {
    let mut instance = instance(LatencyMode::Tight);
    instance.play(&drums(3), Controls::default());
    learned(&instance);
    let text = instance.store.text();

    instance.play(&vec![0.0; RATE as usize], Controls::default());
    let note = instance.learn();
    assert!(
        matches!(&note, Note::Failed(problem, _) if problem.contains("no sound")),
        "{note:?}"
    );
    assert_eq!(instance.store.text(), text);

    // The runtime is loaded once per process: this folder needs none.
    Runtime::load(&[resources()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("models")).unwrap();
    let model = folder.path().join("models/drums.onnx");
    std::fs::copy(resources().join("models/drums.onnx"), &model).unwrap();
    let store = SoundClusterStore::default();
    store.replace(text.clone());
    let mut bare = instance_at(folder.path(), LatencyMode::Tight, store);
    bare.play(&drums(5), Controls::default());
    let note = bare.learn();
    assert!(
        matches!(&note, Note::Failed(problem, _) if problem.contains("drums.metric.onnx")),
        "{note:?}"
    );
    assert_eq!(bare.store.text(), text);
    bare.processor.reset();
    let latency = bare.processor.latency_samples();
    let output = bare.play(&drums(3), bend(0));
    assert!(null_db(&drums(3), &output, latency) > -40.0);

    // The metric of a model of another name is as good as none.
    let metric = folder.path().join("models/drums.metric.onnx");
    std::fs::copy(&model, &metric).unwrap();
    let note = bare.learn();
    assert!(matches!(&note, Note::Failed(..)), "{note:?}");
    // And once the right one is there, it is found.
    std::fs::copy(resources().join("models/drums.metric.onnx"), &metric).unwrap();
    let note = bare.learn();
    assert!(matches!(&note, Note::Learned(..)), "{note:?}");
}

#[test]
fn learning_beside_the_audio_neither_allocates_on_its_thread_nor_leaves_a_trace() {
    for mode in [LatencyMode::Live, LatencyMode::Tight] {
        let mut instance = instance(mode);
        let latency = instance.processor.latency_samples();
        let [input, _] = drum_loop_stereo(RATE, 12.0, 5);
        let (mut left, mut right) = (input.clone(), input.clone());
        let mut learnings = 0;
        let block = 480;
        let begun = Instant::now();
        for (index, (l, r)) in (0u32..).zip(left.chunks_mut(block).zip(right.chunks_mut(block))) {
            assert_no_alloc(|| {
                instance
                    .processor
                    .live()
                    .process(&mut [l, r], |_| Controls::default());
            });
            if index % 20 == 19 && !instance.store.is_learning() {
                learnings += u32::from(matches!(instance.store.note(), Note::Learned(..)));
                instance.store.learn();
            }
            // Real time, so that strides come as they would.
            let due = Duration::from_secs_f64(f64::from((index + 1) * block as u32) / 48_000.0);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        let null_db = null_db(&input, &left, latency);
        println!("{mode:?}: learned {learnings} times, null {null_db:.1} dB");
        assert!(learnings > 0, "{mode:?}: {:?}", instance.store.note());
        assert!(null_db <= NULL_DB, "{mode:?}: {null_db} dB");
    }
}

/// Sound comes faster than the worker can bend it, so it never rests.
#[test]
fn an_overloaded_worker_learns_too() {
    let mut instance = instance(LatencyMode::Live);
    let input = drums(3);
    let mut controls = bend(0);
    controls.slots[0].target.selection = SelectionKind::All;
    let begun = Instant::now();
    let flood = |instance: &mut Instance| {
        let (mut left, mut right) = (input.clone(), input.clone());
        for (l, r) in left.chunks_mut(1_024).zip(right.chunks_mut(1_024)) {
            instance.processor.live().process(&mut [l, r], |_| controls);
            // Twenty times as fast as real time, and no faster: the machine has other things to do.
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(begun.elapsed() < PATIENCE, "{:?}", instance.store.note());
    };
    flood(&mut instance);
    instance.store.learn();
    while instance.store.is_learning() {
        flood(&mut instance);
    }
    let note = instance.store.note();
    assert!(matches!(note, Note::Learned(..)), "{note:?}");
}

#[test]
fn an_instance_that_is_closed_while_learning_ends_soon() {
    for milliseconds in [0, 5, 20, 60, 150, 300] {
        let mut instance = instance(LatencyMode::Tight);
        instance.play(&drums(3), Controls::default());
        instance.store.learn();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let begun = Instant::now();
        drop(instance.engine);
        let ended = begun.elapsed();
        println!("closed {milliseconds} ms into learning: {ended:?}");
        assert!(ended < Duration::from_secs(5), "{ended:?}");
    }
}
