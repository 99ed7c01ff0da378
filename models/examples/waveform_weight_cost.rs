//! Prints what weight bending costs on a waveform model:
//! `cargo run --release -p netbend-models --example waveform_weight_cost -- RESOURCES MODEL.onnx`, where the folder RESOURCES holds ONNX Runtime.
//!
//! First, how long a control takes to be in the weights of the model's largest tensor, for every transform on 1 % and on all of its points. Then
//! what a block takes with weights as they are and with bent ones.

#![allow(clippy::unwrap_used)] // A measurement that cannot be made says so.

mod arguments;
mod timing;

use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::node::program::Program;
use netbend_models::run::weights::BendableWeights;
use netbend_models::waveform::noise::NoiseAmounts;
use netbend_models::waveform::run::Run;
use netbend_models::{WaveformPackage, WaveformPlayer};
use timing::milliseconds;

/// Changes timed per figure.
const ROUNDS: usize = 25;
const SHARES: [f32; 2] = [0.01, 1.0];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (runtime, path) = arguments::runtime_and_model()?;
    let mut player = WaveformPlayer::new(&WaveformPackage::load(&path)?, runtime)?;
    let layer = largest(player.weights())?;
    print_changes(&mut player.weights().clone(), layer);
    print_blocks(&mut player, layer);
    Ok(())
}

/// The number of the tensor of most points.
fn largest(weights: &BendableWeights) -> Result<usize, Box<dyn std::error::Error>> {
    let numbered = weights.layers().map(|layer| layer.number);
    let points = |number: &usize| weights.values(*number).map_or(0, <[f32]>::len);
    let largest = numbered.max_by_key(points);
    let largest = largest.ok_or("the model has no weights to bend")?;
    println!("tensor {largest}: {} points", points(&largest));
    Ok(largest)
}

fn bend(layer: usize, transform: WeightTransform, share: f32, round: usize) -> WeightFrame {
    WeightFrame {
        layer: u16::try_from(layer).unwrap_or(u16::MAX),
        transform,
        seed: 1,
        share,
        amount: [0.3, 0.55][round % 2],
    }
}

fn print_changes(weights: &mut BendableWeights, layer: usize) {
    println!("milliseconds from control to weights, median and most of {ROUNDS}");
    println!("transform   share    amount moves     switched on      switched off");
    for transform in WeightTransform::ALL {
        for share in SHARES {
            let at = |round: usize| bend(layer, transform, share, round);
            weights.set(&[at(1)]);
            let moves = milliseconds(ROUNDS, |round| weights.set(&[at(round)]));
            let (mut on, mut off) = (Vec::new(), Vec::new());
            for round in 0..ROUNDS {
                off.extend(milliseconds(1, |_| weights.set(&[])));
                on.extend(milliseconds(1, |_| weights.set(&[at(round)])));
            }
            let shown = |times: &mut Vec<f64>| {
                times.sort_by(f64::total_cmp);
                format!(
                    "{:6.2} {:6.2}",
                    times[times.len() / 2],
                    times[times.len() - 1]
                )
            };
            let [moves, on, off] = [moves, on, off].map(|mut times| shown(&mut times));
            let (name, share) = (transform.name(), share * 100.0);
            println!("{name:<10} {share:4.0} %    {moves}    {on}    {off}");
        }
    }
}

fn print_blocks(player: &mut WaveformPlayer, layer: usize) {
    let manifest = player.manifest().clone();
    let audio: Vec<f32> = (0..manifest.channels_in * manifest.block)
        .map(|n| ((n * n) % 1_009) as f32 / 1_009.0 - 0.5)
        .collect();
    let mut bent = player.weights().clone();
    bent.set(&[bend(layer, WeightTransform::Multiply, 0.1, 0)]);
    let (mut encoder, mut decoder) = player.rest();
    let (mut latent, mut heard) = (Vec::new(), Vec::new());
    let program = Program::new();
    // In turns, so that whatever else the machine does meets both.
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..2 * ROUNDS {
        let run = Run {
            program: &program,
            weights: (round % 2 == 1).then_some(&bent),
            block: 0,
            seed: 0,
            noise: NoiseAmounts::default(),
        };
        times[round % 2].extend(milliseconds(1, |_| {
            player
                .encode(&mut encoder, &audio, run, &mut latent)
                .unwrap();
            player
                .decode(&mut decoder, &latent, run, &mut heard)
                .unwrap();
        }));
    }
    let length = manifest.block as f64 / f64::from(manifest.sample_rate) * 1e3;
    for (what, times) in ["as they are", "bent"].iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        println!(
            "a block of {length:.1} ms, weights {what}: median {:.1} ms, least {:.1} ms",
            times[times.len() / 2],
            times[0]
        );
    }
}
