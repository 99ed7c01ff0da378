//! Prints what finding the clusters of a sound takes:
//! `cargo run --release -p netbend-models --example sound_cluster_cost -- RESOURCES [MODEL.onnx]`, where the folder RESOURCES holds
//! ONNX Runtime and `models/drums.onnx`.

mod arguments;

use std::time::Instant;

use netbend_models::Package;
use netbend_models::cluster::{ActivationMaps, Metric, SoundClusterer, adjusted_rand, metric_path};
use netbend_models::run::latent::sample_latents;

const ROUNDS: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (runtime, path) = arguments::runtime_and_model()?;
    let start = Instant::now();
    let package = Package::load(&path)?;
    let size = package.manifest().latent_size;
    let maps = ActivationMaps::new(&package, runtime)?;
    let metric = Metric::load(&metric_path(&path), package.manifest(), runtime)?;
    let mut clusterer = SoundClusterer::new(maps, metric);
    println!("loaded in {:.3} s", start.elapsed().as_secs_f64());

    let mut seconds = Vec::new();
    for latent in sample_latents(ROUNDS, size, 1).chunks(size) {
        let start = Instant::now();
        let clusters = clusterer.clusters(latent, 1)?;
        seconds.push(start.elapsed().as_secs_f64());
        let other = clusterer.clusters(latent, 2)?;
        let agreements: Vec<_> = clusters
            .iter()
            .zip(&other)
            .map(|(one, two)| format!("{:.2}", adjusted_rand(&one.clusters, &two.clusters)))
            .collect();
        println!(
            "{:.3} s; two seeds agree to {}",
            seconds[seconds.len() - 1],
            agreements.join(", ")
        );
    }
    seconds.sort_by(f64::total_cmp);
    println!(
        "median {:.3} s, longest {:.3} s",
        seconds[ROUNDS / 2],
        seconds[ROUNDS - 1]
    );
    Ok(())
}
