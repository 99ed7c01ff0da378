//! Engines that start, load and end beside one that plays change nothing of what it plays, and make it miss nothing.
//!
//! Offline nothing depends on the machine. In real time a busy machine makes an instance miss hops whatever its neighbours do: that
//! test is left to idle ones, `cargo test --release -p netbend --test neighbours -- --ignored`.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use netbend::offline::{EngineState, LatencyMode};
use support::sound::drums;
use support::stream::bent;
use support::{Instance, RATE, engine_at, instance, open, resources};

const SECONDS: f32 = 5.0;
const BLOCK: usize = 128;
/// Instances that are there at once, at most.
const NEIGHBOURS: usize = 7;

/// Plays drums, both channels alike, in real time or as it comes; then forgets them.
fn play(instance: &mut Instance, in_real_time: bool) -> Vec<f32> {
    let controls = bent(0.5);
    let mut left = drums(SECONDS);
    let mut right = left.clone();
    let start = Instant::now();
    let blocks = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
    for (number, (left, right)) in blocks.enumerate() {
        match in_real_time {
            true => instance
                .processor
                .live()
                .process(&mut [left, right], |_| controls),
            false => instance
                .processor
                .offline()
                .process(&mut [left, right], |_| controls),
        };
        if in_real_time {
            let due = Duration::from_secs_f32(((number + 1) * BLOCK) as f32 / RATE);
            std::thread::sleep((start + due).saturating_duration_since(Instant::now()));
        }
    }
    instance.processor.reset();
    left
}

/// Instances come, load, bend a little and go, until `done`. Returns how many came.
fn come_and_go(mode: LatencyMode, done: &AtomicBool) -> usize {
    let (mut neighbours, mut came) = (Vec::new(), 0);
    while !done.load(Ordering::Relaxed) {
        let mut neighbour = open(engine_at(&resources()), mode);
        neighbour.bounce(&drums(0.2), 479, |_| bent(1.0));
        assert_eq!(neighbour.status.state(), EngineState::Ready);
        neighbours.push(neighbour);
        came += 1;
        if neighbours.len() == NEIGHBOURS {
            neighbours.clear();
        }
    }
    came
}

fn holds(in_real_time: bool) {
    for mode in [LatencyMode::Studio, LatencyMode::Live, LatencyMode::Direct] {
        let mut playing = instance(mode);
        let alone = play(&mut playing, in_real_time);
        let done = AtomicBool::new(false);
        let (crowded, came) = std::thread::scope(|scope| {
            let neighbours = scope.spawn(|| come_and_go(mode, &done));
            let crowded = play(&mut playing, in_real_time);
            done.store(true, Ordering::Relaxed);
            (crowded, neighbours.join().unwrap())
        });
        let misses = playing.status.misses.load(Ordering::Relaxed);
        println!("{mode:?}: {came} instances came, {misses} hops missed");
        assert!(came > 0);
        let differ = alone.iter().zip(&crowded).filter(|(a, b)| a != b).count();
        assert_eq!((differ, misses), (0, 0), "{mode:?}");
    }
}

#[test]
fn a_bounce_is_the_same_while_other_instances_come_load_and_go() {
    holds(false);
}

#[test]
#[ignore = "needs an idle machine"]
fn an_instance_that_plays_in_real_time_misses_nothing_while_others_come_load_and_go() {
    holds(true);
}
