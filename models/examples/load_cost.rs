//! Prints what loading a model takes, and what each further copy of it in the same process takes in memory:
//! `cargo run --release -p netbend-models --example load_cost -- RESOURCES [MODEL.onnx]`, where the folder RESOURCES holds
//! ONNX Runtime and `models/drums.onnx`.
//!
//! Beside it, what a cache of optimised graphs could save: the whole model made into a session from its own graph, against its
//! optimised graph read from a file, its digest checked, and made into a session without optimisation.

mod arguments;

use std::path::Path;
use std::time::Instant;

use netbend_models::node::operator;
use netbend_models::node::program::Program;
use netbend_models::{Bender, Package, Runtime};
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use sha2::{Digest as _, Sha256};

const COPIES: usize = 4;
const ROUNDS: usize = 30;
/// Runs after loading that are looked at one by one.
const FIRST_RUNS: usize = 5;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let start = Instant::now();
    let (runtime, path) = arguments::runtime_and_model()?;
    println!("ONNX Runtime loaded in {:.1} ms", ms(start));
    copies(runtime, &path)?;
    cache(runtime, &path)
}

/// One copy after the other, all kept.
fn copies(runtime: &Runtime, path: &Path) -> Outcome<()> {
    let mut kept = Vec::new();
    for copy in 1..=COPIES {
        let before = resident_mb();
        let start = Instant::now();
        let package = Package::load(path)?;
        let read_ms = ms(start);
        let start = Instant::now();
        let mut bender = Bender::new(&package, runtime)?;
        let made_ms = ms(start);
        drop(package);
        let first = first_runs(&mut bender)?;
        println!(
            "copy {copy}: file {read_ms:.1} ms, sessions {made_ms:.1} ms, {:+.1} MB; first runs of a pair {first} ms",
            resident_mb() - before
        );
        kept.push(bender);
    }
    Ok(())
}

fn first_runs(bender: &mut Bender) -> Outcome<String> {
    let window = vec![0.1; bender.window_len()];
    let (mut latent, mut windows) = (Vec::new(), Vec::new());
    let mut taken = Vec::new();
    for _ in 0..FIRST_RUNS {
        let start = Instant::now();
        bender.encode(&window, &mut latent)?;
        let pair = latent.repeat(2);
        bender.decode(&pair, &Program::new(), &mut windows)?;
        taken.push(format!("{:.2}", ms(start)));
    }
    Ok(taken.join(", "))
}

fn cache(runtime: &Runtime, path: &Path) -> Outcome<()> {
    let graph = std::fs::read(path)?;
    let file = tempfile::NamedTempFile::new()?;
    session(
        runtime,
        &graph,
        GraphOptimizationLevel::All,
        Some(file.path()),
    )?;
    let (mut fresh_ms, mut kept_ms, mut unread_ms) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        session(runtime, &graph, GraphOptimizationLevel::All, None)?;
        fresh_ms = fresh_ms.min(ms(start));

        let start = Instant::now();
        std::hint::black_box(Sha256::digest(&graph));
        let optimised = std::fs::read(file.path())?;
        std::hint::black_box(Sha256::digest(&optimised));
        let read = Instant::now();
        session(runtime, &optimised, GraphOptimizationLevel::Disable, None)?;
        (kept_ms, unread_ms) = (kept_ms.min(ms(start)), unread_ms.min(ms(read)));
    }
    println!(
        "session of the whole graph: {fresh_ms:.1} ms; of its optimised one: {kept_ms:.1} ms, {unread_ms:.1} ms of them without key, \
         file and digest (least of {ROUNDS})"
    );
    Ok(())
}

fn session(
    runtime: &Runtime,
    graph: &[u8],
    level: GraphOptimizationLevel,
    save: Option<&Path>,
) -> Outcome<()> {
    runtime.create(|environment| {
        let mut builder = Session::builder(environment)?
            .with_operators(operator::domain()?)?
            .with_optimization_level(level)?
            .with_intra_threads(1)?;
        if let Some(path) = save {
            builder = builder.with_optimized_model_path(path)?;
        }
        builder.commit_from_memory(graph)?;
        Ok(())
    })
}

fn ms(since: Instant) -> f64 {
    1e3 * since.elapsed().as_secs_f64()
}

/// Megabytes of this process in memory, where the system tells; 0 elsewhere.
fn resident_mb() -> f64 {
    netbend_usage::resident_bytes().map_or(0.0, |bytes| bytes as f64 / 1e6)
}
