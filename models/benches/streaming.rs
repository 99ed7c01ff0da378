//! Streams against whole windows, on the shipped model: `cargo bench -p netbend-models --bench streaming`. Needs ONNX Runtime, as the
//! tests do.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A benchmark that cannot run says so.

use std::path::Path;

use divan::Bencher;
use netbend_models::bends::transform::TransformKind;
use netbend_models::node::program::{Entry, Program};
use netbend_models::run::bender::EncoderHistory;
use netbend_models::run::latent::sample_latents;
use netbend_models::{Bender, Package};

fn main() {
    divan::main();
}

fn bender() -> Bender {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("drums.onnx");
    Bender::new(&Package::load(&path).unwrap(), kit::runtime()).unwrap()
}

fn window(bender: &Bender) -> Vec<f32> {
    let values = 0..bender.window_len();
    values.map(|n| (n * 37 % 101) as f32 / 101.0).collect()
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn encode_whole(bencher: Bencher<'_, '_>) {
    let mut bender = bender();
    let (window, mut latent) = (window(&bender), Vec::new());
    bencher.bench_local(|| bender.encode(&window, &mut latent).unwrap());
}

#[divan::bench(args = [4, 16, 64], sample_count = 200, sample_size = 1)]
fn encode_stream(bencher: Bencher<'_, '_>, stride: usize) {
    let mut bender = bender();
    let (window, mut latent) = (window(&bender), Vec::new());
    let (mut stream, mut newest) = (EncoderHistory::new(stride), 0);
    bencher.bench_local(|| {
        newest += stride as i64;
        bender
            .encode_stream(&mut stream, newest, &window, &mut latent)
            .unwrap();
    });
}

#[divan::bench(args = [4, 16, 64], sample_count = 200, sample_size = 1)]
fn refill(bencher: Bencher<'_, '_>, stride: usize) {
    let mut bender = bender();
    let (window, mut latent) = (window(&bender), Vec::new());
    let mut stream = EncoderHistory::new(stride);
    bencher.bench_local(|| {
        stream.forget();
        bender
            .encode_stream(&mut stream, 0, &window, &mut latent)
            .unwrap();
    });
}

#[divan::bench(args = [1, 2], sample_count = 200, sample_size = 1)]
fn decode_whole(bencher: Bencher<'_, '_>, batch: usize) {
    decode(bencher, batch, 0, &Program::new());
}

#[divan::bench(args = [120, 108, 44], sample_count = 200, sample_size = 1)]
fn decode_tail_of_a_pair(bencher: Bencher<'_, '_>, first_frame: usize) {
    decode(bencher, 2, first_frame, &Program::new());
}

/// With a bend that asks for a row more than the session made for frame 120 computes.
#[divan::bench(args = [120, 108, 44], sample_count = 200, sample_size = 1)]
fn decode_any_tail_of_a_pair(bencher: Bencher<'_, '_>, first_frame: usize) {
    let mut program = Program::new();
    for item in 0..2 {
        program.push(&Entry {
            layer: 1,
            item,
            transform: TransformKind::Dilate,
            amount: 1.0,
            parameters: [1.0, 0.0],
            features: &[0.0],
        });
    }
    decode(bencher, 2, first_frame, &program);
}

fn decode(bencher: Bencher<'_, '_>, batch: usize, first_frame: usize, program: &Program) {
    let mut bender = bender();
    let latents = sample_latents(batch, bender.manifest().latent_size, 1);
    let mut windows = Vec::new();
    bencher.bench_local(|| {
        bender
            .decode_from(first_frame, None, &latents, program, &mut windows)
            .unwrap();
    });
}
