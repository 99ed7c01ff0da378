//! Prints what bending costs inside ONNX Runtime, on a real model:
//! `cargo run --release -p netbend-models --example bend_cost -- RESOURCES [MODEL.onnx]`, where the folder RESOURCES holds
//! ONNX Runtime and `models/drums.onnx`.
//!
//! A decode of one window, and of the pair [clean, bent], takes turns on: a decoder without bend nodes, one with idle nodes, and one in
//! which a transform, or each of the eleven, bends a quarter of the features of every layer but the output, with a knob's default parameters.

mod arguments;

use std::time::Instant;

use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{Bend, Draw, Selection};
use netbend_models::node::program::Program;
use netbend_models::run::latent::sample_latents;
use netbend_models::{Bender, Package};

const ROUNDS: usize = 101;
/// Share of the features of each layer.
const SHARE: f32 = 0.25;
/// Where the parameters' knobs stand: a slot's default.
const KNOB: f32 = 0.7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (runtime, path) = arguments::runtime_and_model()?;
    let package = Package::load(&path)?;
    let mut plain = Bender::without_bends(&package, runtime)?;
    let mut bendable = Bender::new(&package, runtime)?;

    for batch in [1, 2] {
        let item = batch - 1;
        let mut cases = vec![
            ("no bend nodes".to_owned(), Program::new()),
            ("idle".to_owned(), Program::new()),
            (
                "all eleven".to_owned(),
                program(&bendable, item, &TransformKind::ALL),
            ),
        ];
        for kind in TransformKind::ALL {
            cases.push((kind.name().to_owned(), program(&bendable, item, &[kind])));
        }
        let latent = sample_latents(1, package.manifest().latent_size, 1).repeat(batch);
        let mut seconds = vec![Vec::new(); cases.len()];
        let mut windows = Vec::new();
        for _ in 0..ROUNDS {
            for ((place, (_, program)), seconds) in cases.iter().enumerate().zip(&mut seconds) {
                let bender = if place == 0 {
                    &mut plain
                } else {
                    &mut bendable
                };
                // As in a stream, where the same session ran just before: its weights are in the caches.
                bender.decode(&latent, program, &mut windows)?;
                let start = Instant::now();
                bender.decode(&latent, program, &mut windows)?;
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
        println!("batch of {batch}, {ROUNDS} rounds: median and quickest, against the first line");
        for seconds in &mut seconds {
            seconds.sort_by(f64::total_cmp);
        }
        for ((name, _), sorted) in cases.iter().zip(&seconds) {
            let figures = [ROUNDS / 2, 0].map(|place| {
                let ratio = sorted[place] / seconds[0][place];
                format!(
                    "{:7.3} ms {:+6.1} %",
                    1e3 * sorted[place],
                    100.0 * (ratio - 1.0)
                )
            });
            println!("  {name:15} {}", figures.join("   "));
        }
    }
    Ok(())
}

/// Those transforms on every layer but the last, the output.
fn program(bender: &Bender, item: usize, kinds: &[TransformKind]) -> Program {
    let mut builder = bender.program_builder();
    let mut stream = 0;
    for layer in 1..bender.manifest().layers.len() {
        for kind in kinds {
            let bend = Bend {
                layer,
                transform: *kind,
                parameters: kind
                    .parameters()
                    .iter()
                    .map(|range| range.value(KNOB))
                    .collect(),
                relative: false,
                selection: Selection::Random(SHARE),
                cluster_share: 1.0,
                inverted: false,
                draw: Draw::default(),
                amount: 1.0,
            };
            builder.add(item, stream, &bend.to_frame(1));
            stream += 1;
        }
    }
    builder.program().clone()
}
