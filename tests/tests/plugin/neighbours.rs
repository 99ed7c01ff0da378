//! Instances that come and go are not heard by one that plays.
//!
//! Offline every sample counts and nothing depends on the machine. In real time a busy machine makes instances miss hops whatever their
//! neighbours do: that test is left to idle ones, `cargo test --release -p netbend-tests --test plugin -- --ignored neighbours`.

use std::time::{Duration, Instant};

use netbend_tests::built;
use netbend_tests::host::{Bundle, Plugin};

use crate::fixture;

const RATE: u32 = 48_000;
const BLOCK: usize = 256;
const SECONDS: f32 = 4.0;
/// Instances that come, one after the other, and go.
const NEIGHBOURS: usize = 7;
/// How long the first may take to load.
const LOADING: Duration = Duration::from_secs(30);

fn bent(mode: &str) -> Plugin {
    fixture::bending(&[("slot_layer_1", "2"), ("latency", mode)])
}

/// Plays the loop, in real time or as it comes, calling `beside` between blocks. Returns the left channel.
fn play(plugin: &mut Plugin, in_real_time: bool, mut beside: impl FnMut(usize)) -> Vec<f32> {
    let dry = fixture::drums(RATE, 2, SECONDS).channels;
    let (mut left, mut right) = (vec![0.0; dry[0].len()], [0.0; BLOCK]);
    let start = Instant::now();
    for (number, output) in left.chunks_exact_mut(BLOCK).enumerate() {
        let at = number * BLOCK;
        let input = [&dry[0][at..at + BLOCK], &dry[1][at..at + BLOCK]];
        plugin
            .process(&input, &mut [output, &mut right], &[])
            .unwrap();
        beside(number);
        if in_real_time {
            let due = Duration::from_secs_f64((at + BLOCK) as f64 / f64::from(RATE));
            std::thread::sleep((start + due).saturating_duration_since(Instant::now()));
        }
    }
    plugin.reset();
    left
}

/// Plays until bent sound comes.
fn settle(plugin: &mut Plugin) {
    let latency = plugin.latency().unwrap();
    let dry = fixture::drums(RATE, 2, SECONDS).channels;
    let start = Instant::now();
    loop {
        let out = play(plugin, true, |_| {});
        let whole = out.len() / BLOCK * BLOCK;
        if out[latency..whole] != dry[0][..whole - latency] {
            break;
        }
        assert!(start.elapsed() < LOADING, "it never bends");
    }
}

/// Samples of one instance that differ while others are created, loaded with a state, activated and destroyed.
fn samples_that_differ(mode: &str, in_real_time: bool) -> usize {
    let mut playing = bent(mode);
    playing.set_offline(!in_real_time).unwrap();
    playing.activate(f64::from(RATE), BLOCK as u32).unwrap();
    if in_real_time {
        settle(&mut playing);
    }
    let alone = play(&mut playing, in_real_time, |_| {});

    let bundle = Bundle::open(&built::clap()).unwrap();
    let state = bent(mode).save().unwrap();
    let every = (SECONDS * RATE as f32) as usize / BLOCK / (2 * NEIGHBOURS);
    let (mut neighbours, mut came) = (Vec::new(), 0);
    let crowded = play(&mut playing, in_real_time, |number| {
        if number % every == every / 2 && came < NEIGHBOURS {
            let mut neighbour = bundle.create(built::CLAP_ID).unwrap();
            neighbour.load(&state).unwrap();
            neighbour.activate(f64::from(RATE), BLOCK as u32).unwrap();
            neighbours.push(neighbour);
            came += 1;
        } else if number % every == every - 1 && came >= NEIGHBOURS / 2 && !neighbours.is_empty() {
            neighbours.remove(0);
        }
    });
    assert_eq!(
        (came, neighbours.len()),
        (NEIGHBOURS, 0),
        "they came and went"
    );
    alone.iter().zip(&crowded).filter(|(a, b)| a != b).count()
}

#[test]
fn a_bounce_does_not_hear_other_instances_come_load_and_go() {
    for mode in ["Studio", "Live", "Direct"] {
        assert_eq!(samples_that_differ(mode, false), 0, "{mode}");
    }
}

#[test]
#[ignore = "needs an idle machine"]
fn an_instance_that_plays_in_real_time_does_not_hear_others_come_load_and_go() {
    for mode in ["Studio", "Live", "Direct"] {
        assert_eq!(samples_that_differ(mode, true), 0, "{mode}");
    }
}
