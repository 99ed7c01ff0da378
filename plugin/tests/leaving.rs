//! A host that closes a plugin waits no longer than is promised, whatever the engine is doing: loading, learning, bending, with the model that
//! ships and with models that are slow to load and slow to run.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kit::slow_model;
use netbend::offline::{Controls, EngineState, LatencyMode, SoundClusterStore};
use netbend_models::Runtime;
use netbend_models::onnx::proto::ModelProto;
use prost::Message as _;
use support::sound::drums;
use support::stream::bent;
use support::{engine_at, engine_with, instance, resources};
use tempfile::TempDir;

/// What is promised.
const PROMISED: Duration = Duration::from_millis(250);
/// How often each way of leaving is tried. `NETBEND_LEAVING=100` tries more.
const ROUNDS: usize = 12;

/// These tests measure time, and count threads: one at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn rounds() -> usize {
    let more = std::env::var("NETBEND_LEAVING").ok();
    more.and_then(|more| more.parse().ok()).unwrap_or(ROUNDS)
}

/// A folder with that model as `slow`.
fn folder(model: &ModelProto) -> TempDir {
    Runtime::load(&[resources()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    std::fs::write(models.join("slow.onnx"), model.encode_to_vec()).unwrap();
    folder
}

/// Lets go of what `begin` has made, a little later in every round, and says how long that took at worst.
fn leave<T>(what: &str, rounds: usize, span: Duration, mut begin: impl FnMut() -> T) -> Duration {
    let mut taken: Vec<_> = (0..rounds)
        .map(|round| {
            let made = begin();
            std::thread::sleep(span * round as u32 / rounds as u32);
            let begun = Instant::now();
            drop(made);
            begun.elapsed()
        })
        .collect();
    taken.sort();
    let worst = taken[rounds - 1];
    println!(
        "{what}: {rounds} times, half below {:?}, worst {worst:?}",
        taken[rounds / 2]
    );
    assert!(worst <= PROMISED, "{what}: {worst:?}");
    worst
}

/// Threads of the engine, where the system tells.
fn threads() -> usize {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return 0;
    };
    let name = |task: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
    };
    tasks
        .filter_map(name)
        .filter(|name| name.starts_with("netbend-"))
        .count()
}

/// What was left comes to its end soon: there are no more threads than there were.
fn assert_gone_within(patience: Duration, before: usize) {
    let begun = Instant::now();
    while threads() > before {
        assert!(begun.elapsed() < patience, "{} threads", threads());
        std::thread::sleep(Duration::from_millis(10));
    }
    println!("all threads gone after {:?}", begun.elapsed());
}

#[test]
fn while_the_model_that_ships_loads() {
    let _alone = alone();
    let before = threads();
    leave("loading", rounds(), Duration::from_millis(700), || {
        engine_at(&resources())
    });
    assert_gone_within(Duration::from_secs(60 + 2 * rounds() as u64), before);
}

#[test]
fn while_it_bends() {
    let _alone = alone();
    let before = threads();
    let input = drums(1.0);
    // One stays, so that the model does and each round takes little.
    let stays = instance(LatencyMode::Live);
    leave("bending", rounds(), Duration::from_millis(30), || {
        let mut one = instance(LatencyMode::Live);
        for block in input.chunks(480) {
            let (mut left, mut right) = (block.to_vec(), block.to_vec());
            one.processor
                .live()
                .process(&mut [&mut left, &mut right], |_| bent(0.4));
        }
        one
    });
    drop(stays);
    leave(
        "bending, the last one",
        rounds().div_ceil(4),
        Duration::from_millis(30),
        || {
            let mut one = instance(LatencyMode::Studio);
            for block in input.chunks(480) {
                let (mut left, mut right) = (block.to_vec(), block.to_vec());
                one.processor
                    .live()
                    .process(&mut [&mut left, &mut right], |_| bent(0.4));
            }
            one
        },
    );
    assert_gone_within(Duration::from_secs(60 + 2 * rounds() as u64), before);
}

#[test]
fn while_it_learns() {
    let _alone = alone();
    let before = threads();
    let input = drums(1.5);
    let stays = instance(LatencyMode::Live);
    leave("learning", rounds(), Duration::from_millis(500), || {
        let mut one = instance(LatencyMode::Tight);
        let store = SoundClusterStore::default();
        one.engine.set_sound_clusters(store.clone());
        one.bounce(&input, 480, |_| Controls::default());
        store.learn();
        let begun = Instant::now();
        while !store.is_learning() {
            assert!(begun.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(1));
        }
        one
    });
    drop(stays);
    assert_gone_within(Duration::from_secs(60 + 2 * rounds() as u64), before);
}

#[test]
fn while_a_model_loads_that_takes_very_long() {
    let _alone = alone();
    let folder = folder(&slow_model::to_load(3_072, 1));
    leave("a slow load", 4, Duration::from_secs(2), || {
        engine_with(folder.path(), "slow")
    });
    after_it(folder.path());
}

#[test]
fn while_a_model_runs_that_takes_very_long() {
    let _alone = alone();
    let before = threads();
    let folder = folder(&slow_model::to_run(896, 20));
    leave("a slow run", 4, Duration::from_secs(2), || {
        engine_with(folder.path(), "slow")
    });
    // Between any two nodes it looks.
    assert_gone_within(Duration::from_secs(60 + 2 * rounds() as u64), before);
    after_it(folder.path());
}

/// While what was left may still be at work, the next model loads and goes as ever.
fn after_it(slow: &Path) {
    let (engine, status) = engine_at(&resources());
    assert_eq!(status.wait_until_ready(), Ok(()));
    let (loading, _) = engine_with(slow, "slow");
    let begun = Instant::now();
    drop(loading);
    assert_eq!(status.state(), EngineState::Ready);
    drop(engine);
    assert!(begun.elapsed() < 2 * PROMISED, "{:?}", begun.elapsed());
}
