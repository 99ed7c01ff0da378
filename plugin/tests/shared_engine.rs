//! Many instances in one process: they share a model, its sessions and the threads, and never hear of each other.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kit::tiny_model;
use netbend::offline::{Controls, EngineState, LatencyMode, Processor, Status, StreamShape};
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::{ModelFormat, Runtime};
use netbend_usage::resident_bytes;
use prost::Message as _;
use support::sound::drums;
use support::{Instance, RATE, engine_with, open, resources, sessions_at_rest};
use tempfile::TempDir;

const BLOCK: usize = 480;

/// These tests count what the process has: one at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tiny model as graph `name`, its output in the middle of the scale, where every bend is heard.
fn model(name: &str) -> Vec<u8> {
    let mut model = tiny_model::model();
    let graph = model.graph.as_mut().unwrap();
    let mut tensors = graph.initializer.iter_mut();
    let bias = tensors.find(|tensor| tensor.name.as_deref() == Some("d2.b"));
    bias.unwrap().raw_data = Some(0.5f32.to_le_bytes().to_vec());
    graph.name = Some(name.into());
    model.encode_to_vec()
}

/// Two models in a folder of their own: tiny, and other.
fn folder() -> TempDir {
    Runtime::load(&[resources()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    for name in ["tiny", "other"] {
        std::fs::write(models.join(format!("{name}.onnx")), model(name)).unwrap();
    }
    folder
}

fn instance(folder: &Path, mode: LatencyMode) -> Instance {
    open(engine_with(folder, "tiny"), mode)
}

/// Controls that bend layer 1, and its weights where `weight` is not 0.
fn bent(factor: f32, weight: f32) -> Controls {
    let mut controls = Controls {
        voice: 0.4,
        ..Controls::default()
    };
    let slot = &mut controls.slots[0];
    slot.target.layer = 1;
    slot.target.transform = TransformKind::ScalarMultiply;
    slot.parameters[0] = factor;
    slot.amount = 1.0;
    controls.weights[0] = WeightFrame {
        layer: 3,
        transform: WeightTransform::Offset,
        seed: 1,
        share: 0.5,
        amount: weight,
    };
    controls
}

/// What an instance with the process to itself makes of `input`.
fn undisturbed(folder: &Path, mode: LatencyMode, input: &[f32], controls: Controls) -> Vec<f32> {
    instance(folder, mode).bounce(input, BLOCK, |_| controls)
}

/// Bounces `input` again and again until `stop` is done, and says whether what comes out is always `expected`.
fn always(
    instance: &mut Instance,
    input: &[f32],
    controls: Controls,
    expected: &[f32],
    stop: impl Fn(usize) -> bool,
) -> bool {
    (0..).take_while(|round| !stop(*round)).all(|round| {
        let same = instance.bounce(input, BLOCK, |_| controls) == expected;
        if !same {
            eprintln!("round {round} differs");
        }
        same
    })
}

fn wait_for(status: &Status, state: EngineState) {
    let begun = Instant::now();
    while status.state() != state {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{:?}",
            status.text()
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_further_instance_of_a_model_is_ready_at_once_and_makes_sessions_only_for_a_free_thread() {
    /// Threads that bend at most.
    const MOST_THREADS: usize = 4;
    let _alone = alone();
    let folder = folder();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let before = sessions_at_rest();
    let first = instance(folder.path(), LatencyMode::Live);
    let set = sessions_at_rest() - before;
    let mut further = Vec::new();
    for number in 2..=MOST_THREADS + 2 {
        let begun = Instant::now();
        further.push(instance(folder.path(), LatencyMode::Studio));
        println!("ready after {:?}", begun.elapsed());
        let sets = number.min(threads.clamp(1, MOST_THREADS)) as u64;
        assert_eq!(sessions_at_rest() - before, sets * set, "{number}");
    }
    let second = further.swap_remove(0);
    let sessions = sessions_at_rest();
    // A file that changed is another model, and those who play go on with theirs.
    let file = folder.path().join("models/tiny.onnx");
    std::fs::write(&file, model("a longer name")).unwrap();
    let third = instance(folder.path(), LatencyMode::Live);
    assert!(sessions_at_rest() > sessions);
    for instance in [&first, &second, &third] {
        assert_eq!(instance.status.state(), EngineState::Ready);
    }
}

#[test]
fn instances_that_play_at_once_sound_as_each_alone() {
    let _alone = alone();
    let folder = folder();
    let input = drums(2.0);
    for mode in LatencyMode::ALL {
        // Bends of activations and of the same weights, and one without any, whose items are single ones.
        let voice = Controls {
            voice: 1.0,
            ..Controls::default()
        };
        let all = [
            bent(-2.0, 0.0),
            bent(0.5, 0.7),
            bent(0.5, -0.7),
            bent(0.5, 0.0),
            voice,
            voice,
            bent(3.0, 0.7),
        ];
        let expected: Vec<_> = all
            .iter()
            .map(|controls| undisturbed(folder.path(), mode, &input, *controls))
            .collect();
        for (one, other) in [(0, 1), (1, 2), (1, 3), (2, 3)] {
            assert!(
                expected[one] != expected[other],
                "{one} sounds like {other}"
            );
        }
        let mut instances = all.map(|_| instance(folder.path(), mode));
        std::thread::scope(|scope| {
            let players = instances.iter_mut().zip(all).zip(&expected);
            let players: Vec<_> = players
                .map(|((instance, controls), expected)| {
                    let input = &input;
                    scope.spawn(move || always(instance, input, controls, expected, |n| n >= 3))
                })
                .collect();
            for (place, player) in players.into_iter().enumerate() {
                assert!(player.join().unwrap(), "{mode:?}, instance {place}");
            }
        });
    }
}

/// What else happens in a process while an instance plays.
#[test]
fn what_happens_to_others_is_not_heard() {
    let _alone = alone();
    let folder = folder();
    std::fs::write(folder.path().join("models/broken.onnx"), [1, 2, 3]).unwrap();
    let input = drums(1.5);
    let controls = bent(-2.0, 0.3);
    let mode = LatencyMode::Live;
    let expected = undisturbed(folder.path(), mode, &input, controls);
    let mut player = instance(folder.path(), mode);
    let ended = Mutex::new(false);
    std::thread::scope(|scope| {
        let playing = scope.spawn(|| {
            always(&mut player, &input, controls, &expected, |_| {
                *ended.lock().unwrap()
            })
        });
        for _ in 0..3 {
            // Loads that fail, and only who asked is told.
            let (engine, status) = engine_with(folder.path(), "broken");
            assert!(
                status
                    .wait_until_ready()
                    .unwrap_err()
                    .to_string()
                    .contains("broken")
            );
            let (missing, nowhere) = engine_with(folder.path(), "nowhere");
            assert!(
                nowhere
                    .wait_until_ready()
                    .unwrap_err()
                    .to_string()
                    .contains("nowhere")
            );
            // A model change, and an instance that goes while it loads or plays.
            let mut second = instance(folder.path(), LatencyMode::Tight);
            second.engine.set_model("other".into());
            second.bounce(&input[..9_000], BLOCK, |_| bent(0.1, 0.9));
            second.engine.set_model("broken".into());
            wait_for(&second.status, EngineState::Failed);
            second.engine.set_model("tiny".into());
            wait_for(&second.status, EngineState::Ready);
            drop(engine_with(folder.path(), "other"));
            drop((second, engine, missing));
        }
        *ended.lock().unwrap() = true;
        assert!(playing.join().unwrap());
    });
    assert_eq!(player.status.state(), EngineState::Ready);
}

/// Until another model is loaded the old one bends on, and nothing is missed.
#[test]
fn a_model_that_is_missing_leaves_sound_dry_and_the_next_one_bends_as_ever() {
    let _alone = alone();
    let folder = folder();
    let mut player = instance(folder.path(), LatencyMode::Tight);
    let input = drums(1.5);
    player.bounce(&input, BLOCK, |_| bent(-2.0, 0.0));
    player.engine.set_model("nowhere".into());
    // Offline it waits for what is to come: dry, since there is nothing.
    wait_for(&player.status, EngineState::Failed);
    let dry = player.bounce(&input, BLOCK, |_| bent(-2.0, 0.0));
    assert!(dry.iter().zip(&input).all(|(a, b)| (a - b).abs() < 1e-6));
    player.engine.set_model("tiny".into());
    wait_for(&player.status, EngineState::Ready);
    let bounced = player.bounce(&input, BLOCK, |_| bent(-2.0, 0.0));
    let expected = undisturbed(folder.path(), LatencyMode::Tight, &input, bent(-2.0, 0.0));
    assert!(bounced == expected);
}

/// Whoever plays goes on; whoever comes hears what is missing; what comes back is loaded again.
#[test]
fn a_model_whose_file_is_deleted_plays_on() {
    let _alone = alone();
    let folder = folder();
    let input = drums(1.0);
    let mode = LatencyMode::Live;
    let expected = undisturbed(folder.path(), mode, &input, bent(0.3, 0.0));
    let mut player = instance(folder.path(), mode);
    let file = folder.path().join("models/tiny.onnx");
    let content = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    for _ in 0..3 {
        assert!(player.bounce(&input, BLOCK, |_| bent(0.3, 0.0)) == expected);
    }
    let (_engine, status) = engine_with(folder.path(), "tiny");
    let problem = status.wait_until_ready().unwrap_err();
    assert!(
        problem.to_string().contains("`tiny` is missing"),
        "{problem}"
    );
    assert!(player.bounce(&input, BLOCK, |_| bent(0.3, 0.0)) == expected);
    std::fs::write(&file, content).unwrap();
    let mut back = instance(folder.path(), mode);
    assert!(back.bounce(&input, BLOCK, |_| bent(0.3, 0.0)) == expected);
}

#[test]
fn an_instance_may_go_at_any_moment() {
    let _alone = alone();
    let folder = folder();
    let _stays = engine_with(folder.path(), "tiny");
    let input = drums(0.5);
    for milliseconds in [0, 0, 1, 3, 10, 30] {
        let begun = Instant::now();
        let loading = engine_with(folder.path(), "other");
        std::thread::sleep(Duration::from_millis(milliseconds));
        drop(loading);
        let mut playing = instance(folder.path(), LatencyMode::Live);
        for _ in 0..milliseconds {
            playing.processor.live().process(
                &mut [&mut input.clone()[..BLOCK], &mut input.clone()[..BLOCK]],
                |_| bent(0.3, 0.2),
            );
        }
        drop(playing.engine);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn fifty_instances_are_opened_and_play_and_go() {
    let _alone = alone();
    let folder = folder();
    let input = drums(0.4);
    let mode = LatencyMode::Live;
    let expected = undisturbed(folder.path(), mode, &input, bent(0.3, 0.0));
    let mut all: Vec<_> = (0..50).map(|_| instance(folder.path(), mode)).collect();
    println!("{:?} threads", threads());
    for instance in &mut all {
        assert!(instance.bounce(&input, BLOCK, |_| bent(0.3, 0.0)) == expected);
    }
    // All at once, by one driver.
    for start in (0..input.len() - BLOCK).step_by(BLOCK) {
        for instance in &mut all {
            let block = &input[start..start + BLOCK];
            let (mut left, mut right) = (block.to_vec(), block.to_vec());
            instance
                .processor
                .live()
                .process(&mut [&mut left, &mut right], |_| bent(0.3, 0.0));
        }
    }
    drop(all);
}

/// Coming and going leaves nothing behind.
#[test]
fn a_thousand_instances_leave_no_thread_and_no_memory() {
    let _alone = alone();
    let folder = folder();
    let round = |count: usize| {
        for _ in 0..count {
            let engine = engine_with(folder.path(), "tiny");
            let shape = StreamShape::new(ModelFormat::default(), RATE, LatencyMode::Live).unwrap();
            let exchange = engine.0.open(shape, 2);
            let (geometry, stride) = (shape.geometry, shape.stride_frames);
            let status = Arc::clone(&engine.1);
            drop(Processor::new(geometry, 2, stride, exchange, status).unwrap());
        }
    };
    round(200);
    let (before, resident) = (threads(), resident_bytes());
    round(800);
    let (after, resident_after) = (threads(), resident_bytes());
    println!("{before:?} → {after:?} threads, {resident:?} → {resident_after:?} bytes");
    assert_eq!(before, after);
    if let (Some(before), Some(after)) = (resident, resident_after) {
        assert!(after - before < 8 << 20, "{before} bytes became {after}");
    }
}

/// The last one to go takes the threads with it.
#[test]
fn without_instances_there_are_no_threads() {
    let _alone = alone();
    let folder = folder();
    if threads().is_none() {
        return;
    }
    assert_eq!(threads(), Some(0));
    let first = instance(folder.path(), LatencyMode::Live);
    let second = instance(folder.path(), LatencyMode::Live);
    let both = threads();
    assert!(both > Some(1));
    drop(second);
    assert_eq!(threads(), both);
    let begun = Instant::now();
    drop(first);
    println!("the last one took {:?}", begun.elapsed());
    assert_eq!(threads(), Some(0));
}

/// Threads of the engine, where the system tells: the harness has its own.
fn threads() -> Option<usize> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let names = tasks.filter_map(|task| {
        // One that has ended by now has no name.
        std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
    });
    Some(names.filter(|name| name.starts_with("netbend-")).count())
}
