//! How long the audio thread is held by a block of 64 samples at 48 kHz, live: `audio_thread_cost [SECONDS]`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. Every line is one way to play: percentiles over
//! all blocks in µs and of the block's time, of the time that passed and of the thread's own processor time.

#![allow(missing_docs)] // A program.

use anyhow::Result;
use netbend::offline::{Controls, DEFAULT_MODEL, Engine, LatencyMode};
use netbend_bench::audio_thread::{AudioThreadSetup, audio_thread_cost};
use netbend_bench::statistics::Percentiles;
use netbend_models::ModelFormat;

fn main() -> Result<()> {
    let seconds: f32 = match std::env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 10.0,
    };
    let (engine, _) = Engine::ready(DEFAULT_MODEL)?;
    let mut bent = Controls::default();
    for (slot, layer) in bent.slots.iter_mut().zip([2, 3, 1, 4]) {
        slot.target.layer = layer;
        slot.amount = 1.0;
    }
    let mut two = bent;
    two.slots[2..].iter_mut().for_each(|slot| slot.amount = 0.0);
    let locked = Controls {
        transient_lock: 0.5,
        ..two
    };
    let beside = Controls {
        sidechain: true,
        ..locked
    };
    let idle = Controls::default();
    for (what, mode, controls, sidechain) in [
        ("Live, nothing bent", LatencyMode::Live, idle, false),
        ("Live, two bends", LatencyMode::Live, two, false),
        ("Live, four bends", LatencyMode::Live, bent, false),
        (
            "Live, two, transient lock",
            LatencyMode::Live,
            locked,
            false,
        ),
        (
            "Live, two, lock, sidechain",
            LatencyMode::Live,
            beside,
            true,
        ),
        ("Studio, two bends", LatencyMode::Studio, two, false),
        (
            "Studio, two, lock, sidechain",
            LatencyMode::Studio,
            beside,
            true,
        ),
    ] {
        let setup = AudioThreadSetup {
            seconds,
            mode,
            controls,
            sidechain,
            ..AudioThreadSetup::default()
        };
        let cost = audio_thread_cost(&engine, ModelFormat::default(), &setup)?;
        println!("{what}: {} blocks, {} late hops", cost.blocks, cost.misses);
        let print = |name: &str, times: Percentiles| {
            let parts = [
                ("p50", times.p50),
                ("p99", times.p99),
                ("p99.9", times.p99_9),
                ("max", times.max),
            ];
            let parts = parts.map(|(name, share)| {
                format!(
                    "{name} {:.1} µs ({:.2} %)",
                    share * cost.block_us,
                    100.0 * share
                )
            });
            println!("  {name}: {}", parts.join(", "));
        };
        print("passed", cost.passed);
        cost.busy.into_iter().for_each(|busy| print("busy", busy));
    }
    Ok(())
}
