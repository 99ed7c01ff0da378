//! From control to weights, on a tensor of 6.5 million points: every transform on 1 % and on all of them.
//! `cargo bench -p netbend-models`. `examples/weight_cost.rs` prints more of it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A benchmark that cannot run says so.

use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use kit::naive_weights::scalar_loop;
use kit::wide_model::{self, WIDE_LAYER, WIDE_POINTS};
use netbend_models::Package;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::run::weights::BendableWeights;
use prost::Message as _;

const SHARES: [f32; 2] = [0.01, 1.0];

fn main() {
    divan::main();
}

fn weights() -> BendableWeights {
    let bytes = wide_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("wide.onnx"), &bytes).unwrap();
    BendableWeights::of(&package).unwrap()
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

/// The amount moves to and fro.
fn change(bencher: Bencher<'_, '_>, transform: WeightTransform, share: f32) {
    let mut weights = weights();
    let mut round = 0;
    weights.set(&[bend(transform, share, 0.5)]);
    bencher
        .counter(BytesCount::new((8.0 * WIDE_POINTS as f32 * share) as usize))
        .bench_local(|| {
            round += 1;
            weights.set(&[bend(transform, share, [0.3, 0.55][round % 2])]);
        });
}

/// The same without masks, vectors or memory of what was bent.
fn naive(bencher: Bencher<'_, '_>, transform: WeightTransform, share: f32) {
    let weights = weights();
    let layer = usize::from(WIDE_LAYER);
    let original = weights.values(layer).unwrap().to_vec();
    let sigma = weights.layers().nth(layer - 1).unwrap().deviation.into();
    let mut bent = original.clone();
    bencher.bench_local(|| {
        scalar_loop(&bend(transform, share, 0.3), sigma, &original, &mut bent);
    });
}

macro_rules! transforms {
    ($($name:ident: $transform:ident,)*) => {$(
        mod $name {
            use super::*;

            #[divan::bench(args = SHARES)]
            fn weights(bencher: Bencher<'_, '_>, share: f32) {
                change(bencher, WeightTransform::$transform, share);
            }

            #[divan::bench(args = SHARES, sample_count = 10)]
            fn scalar_loop(bencher: Bencher<'_, '_>, share: f32) {
                naive(bencher, WeightTransform::$transform, share);
            }
        }
    )*};
}

transforms! {
    offset: Offset,
    randomise: Randomise,
    invert: Invert,
    multiply: Multiply,
    roll: Roll,
    flip: Flip,
}
