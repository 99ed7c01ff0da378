//! Sessions share their weights, and nothing of that is heard.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::runtime;
use netbend_models::node::operator;
use netbend_models::node::program::Program;
use netbend_models::node::weights::weight_layers;
use netbend_models::onnx::extract::subgraph;
use netbend_models::onnx::proto::{Dimension, ValueInfoProto};
use netbend_models::{Bender, Manifest, Package};
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;

/// The shipped model: its weights are float16 behind casts.
fn drums() -> Package {
    Package::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("drums.onnx")).unwrap()
}

fn latents(count: usize, size: usize) -> Vec<f32> {
    (0..count * size)
        .map(|n| (n as f32 * 0.37).sin() * 1.5)
        .collect()
}

fn decoded(bender: &mut Bender) -> Vec<f32> {
    let latents = latents(2, bender.manifest().latent_size);
    let mut windows = Vec::new();
    bender
        .decode(&latents, &Program::new(), &mut windows)
        .unwrap();
    windows
}

/// What a session of its own, with nothing shared, makes of the same latents.
fn decoded_alone(package: &Package) -> Vec<f32> {
    let manifest: &Manifest = package.manifest();
    let batch = || Dimension::Named("batch");
    let fixed = |size: usize| Dimension::Fixed(size as i64);
    let latent = [batch(), fixed(manifest.latent_size)];
    let window = [
        batch(),
        fixed(1),
        fixed(manifest.frames),
        fixed(manifest.bins),
    ];
    let tensors = &manifest.tensors;
    let decoder = subgraph(
        package.model(),
        vec![ValueInfoProto::float_tensor(&tensors.latent, &latent)],
        vec![ValueInfoProto::float_tensor(&tensors.decoded, &window)],
    );
    let bytes = decoder.unwrap().to_bytes();
    let mut session = runtime()
        .create(|environment| -> ort::Result<Session> {
            Session::builder(environment)?
                .with_operators(operator::domain()?)?
                .with_optimization_level(GraphOptimizationLevel::All)?
                .with_intra_threads(1)?
                .with_deterministic_compute(true)?
                .with_flush_to_zero()?
                .commit_from_memory(&bytes)
        })
        .unwrap();
    let latents = latents(2, manifest.latent_size);
    let input = TensorRef::from_array_view(([2, manifest.latent_size], &latents[..])).unwrap();
    let outputs = session
        .run(ort::inputs![tensors.latent.as_str() => input])
        .unwrap();
    let (_, windows) = outputs[tensors.decoded.as_str()]
        .try_extract_tensor::<f32>()
        .unwrap();
    windows.to_vec()
}

#[test]
fn a_shared_decoder_says_what_one_of_its_own_says_bit_for_bit() {
    let package = drums();
    let alone = decoded_alone(&package);
    let mut first = Bender::new(&package, runtime()).unwrap();
    let mut second = Bender::new(&package, runtime()).unwrap();
    assert!(decoded(&mut first) == alone);
    assert!(decoded(&mut second) == alone);
    drop(first);
    assert!(decoded(&mut second) == alone, "once the first is gone");
    let mut third = Bender::new(&package, runtime()).unwrap();
    drop(second);
    assert!(decoded(&mut third) == alone);
}

#[test]
fn models_that_differ_in_one_number_are_told_apart() {
    let package = drums();
    let mut changed = package.model().clone();
    let layers = weight_layers(&package).unwrap();
    let widest = layers.iter().max_by_key(|layer| layer.points()).unwrap();
    let mut initializers = changed.graph.as_mut().unwrap().initializer.iter_mut();
    let tensor = initializers
        .find(|tensor| tensor.name.as_ref() == Some(&widest.tensor))
        .unwrap();
    // The largest of its float16 numbers: its sign.
    let numbers = tensor.raw_data.as_mut().unwrap().as_chunks_mut::<2>().0;
    let largest = numbers
        .iter_mut()
        .max_by_key(|bytes| u16::from_le_bytes(**bytes) & 0x7fff)
        .unwrap();
    largest[1] ^= 0x80;
    let changed = Package::from_bytes(Path::new("changed.onnx"), &changed.to_bytes()).unwrap();

    let mut original = Bender::new(&package, runtime()).unwrap();
    let mut other = Bender::new(&changed, runtime()).unwrap();
    assert!(decoded(&mut original) == decoded_alone(&package));
    assert!(decoded(&mut other) == decoded_alone(&changed));
    assert!(decoded(&mut original) != decoded(&mut other));
}
