//! Prints what weight bending costs:
//! `cargo run --release -p netbend-models --example weight_cost -- RESOURCES [MODEL.onnx]`, where the folder
//! RESOURCES holds ONNX Runtime and `models/drums.onnx`.
//!
//! First, how long a control takes to be in the weights of a tensor of 6.5 million points, beside a loop that
//! does the same point by point. Then what a decode with bent weights takes, and what the second decoder
//! takes to load.

#![allow(clippy::unwrap_used)] // What the tests share of the models does.

mod arguments;
mod timing;

use std::path::Path;
use std::time::Instant;

use kit::naive_weights::scalar_loop;
use kit::wide_model::{self, WIDE_LAYER, WIDE_POINTS};
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::node::program::Program;
use netbend_models::run::latent::sample_latents;
use netbend_models::run::weights::BendableWeights;
use netbend_models::{Bender, Package, Runtime};
use prost::Message as _;
use timing::milliseconds;

/// Changes timed per figure.
const ROUNDS: usize = 25;
const SHARES: [f32; 5] = [0.01, 0.1, 0.5, 0.9, 1.0];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (runtime, path) = arguments::runtime_and_model()?;
    let wide = wide_model::model().encode_to_vec();
    let wide = Package::from_bytes(Path::new("wide.onnx"), &wide)?;
    print_changes(&wide)?;
    for package in [&Package::load(&path)?, &wide] {
        print_decodes(package, runtime)?;
    }
    Ok(())
}

fn bend(transform: WeightTransform, share: f32, amount: f32) -> WeightFrame {
    WeightFrame {
        layer: WIDE_LAYER,
        transform,
        seed: 1,
        share,
        amount,
    }
}

/// The least and the median of the milliseconds `work` takes; it is given the number of the round.
fn time(rounds: usize, work: impl FnMut(usize)) -> (f64, f64) {
    let times = milliseconds(rounds, work);
    (times[0], times[rounds / 2])
}

fn print_changes(package: &Package) -> Result<(), Box<dyn std::error::Error>> {
    let mut weights = BendableWeights::of(package)?;
    let sigma = weights
        .layers()
        .nth(usize::from(WIDE_LAYER) - 1)
        .map_or(0.0, |layer| f64::from(layer.deviation));
    let original = weights.values(WIDE_LAYER.into()).unwrap_or(&[]).to_vec();
    println!(
        "{WIDE_POINTS} points; milliseconds from control to weights, least and median of {ROUNDS}"
    );
    let start = Instant::now();
    weights.set(&[bend(WeightTransform::Multiply, 0.01, 0.5)]);
    let first = start.elapsed().as_secs_f64() * 1e3;
    println!("  first bend of the tensor (makes its copy): {first:.1}");
    println!(
        "  transform   share   amount moves     switched on      switched off     GB/s  scalar loop   times"
    );
    for transform in WeightTransform::ALL {
        for share in SHARES {
            let at = |round: usize| bend(transform, share, [0.3, 0.55][round % 2]);
            weights.set(&[at(1)]);
            let moves = time(ROUNDS, |round| weights.set(&[at(round)]));
            let (mut on, mut off) = (Vec::new(), Vec::new());
            for round in 0..ROUNDS {
                off.push(time(1, |_| weights.set(&[])).0);
                on.push(time(1, |_| weights.set(&[at(round)])).0);
            }
            let mut bent = original.clone();
            let scalar = time(3, |round| {
                scalar_loop(&at(round), sigma, &original, &mut bent)
            });
            // Read once, written once. What is fetched to be overwritten comes on top.
            let bytes = 8.0 * WIDE_POINTS as f64 * f64::from(share);
            let pair = |mut times: Vec<f64>| {
                times.sort_by(f64::total_cmp);
                format!("{:6.2} {:6.2}", times[0], times[times.len() / 2])
            };
            println!(
                "  {:<10} {:4.0} %  {:6.2} {:6.2}    {}    {}   {:6.1}   {:8.1}   {:6.1}",
                transform.name(),
                share * 100.0,
                moves.0,
                moves.1,
                pair(on),
                pair(off),
                bytes / moves.1 / 1e6,
                scalar.1,
                scalar.1 / moves.1
            );
        }
    }
    Ok(())
}

fn print_decodes(package: &Package, runtime: &Runtime) -> Result<(), Box<dyn std::error::Error>> {
    let name = &package.manifest().name;
    let before = resident_megabytes();
    let start = Instant::now();
    let mut bender = Bender::new(package, runtime)?;
    println!(
        "{name}: loaded in {:.0} ms, {:.1} MB more in memory",
        start.elapsed().as_secs_f64() * 1e3,
        resident_megabytes() - before
    );
    let bends = [WeightFrame {
        layer: 1,
        ..bend(WeightTransform::Multiply, 0.01, 0.1)
    }];
    let latent = sample_latents(1, package.manifest().latent_size, 1);
    let program = Program::new();
    let mut windows = Vec::new();
    for batch in [1, 2] {
        let latents = latent.repeat(batch);
        // In turns, so that whatever else the machine does meets both.
        let (mut plain, mut weighted) = (Vec::new(), Vec::new());
        for _ in 0..2 * ROUNDS {
            let mut decode = |bends: &[WeightFrame]| {
                let start = Instant::now();
                bender.decode_weighted(bends, &latents, &program, &mut windows)?;
                Ok::<_, netbend_models::ModelError>(start.elapsed().as_secs_f64() * 1e3)
            };
            plain.push(decode(&[])?);
            weighted.push(decode(&bends)?);
        }
        for times in [&mut plain, &mut weighted] {
            times.sort_by(f64::total_cmp);
        }
        println!(
            "  batch of {batch}: plain {:.2} ms (median {:.2}), weights as inputs {:.2} ms (median {:.2}), {:+.1} % (median {:+.1} %)",
            plain[0],
            plain[ROUNDS],
            weighted[0],
            weighted[ROUNDS],
            (weighted[0] / plain[0] - 1.0) * 100.0,
            (weighted[ROUNDS] / plain[ROUNDS] - 1.0) * 100.0
        );
    }
    Ok(())
}

/// Megabytes of this process in memory; 0 where the system does not say.
fn resident_megabytes() -> f64 {
    netbend_usage::resident_bytes().map_or(0.0, |bytes| bytes as f64 / 1e6)
}
