//! Changes of weight bends allocate nothing once every tensor was bent. The global allocator aborts the test
//! if they do.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use kit::tiny_model;
use netbend_models::Package;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::run::weights::BendableWeights;
use prost::Message as _;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// Three bends that change with every question, over every transform, tensor and share.
fn wild(step: usize) -> [WeightFrame; 3] {
    [0, 1, 2].map(|slot| WeightFrame {
        layer: ((step / (slot + 1)) % 6) as u16,
        transform: WeightTransform::ALL[(step / 5 + slot) % 6],
        seed: (step / 7) as u32,
        share: [0.01, 0.4, 1.0, 0.0, 0.9][(step / 3 + slot) % 5],
        amount: ((step * 37 + slot) % 101) as f32 / 50.0 - 1.0,
    })
}

#[test]
fn ten_thousand_changes_allocate_nothing() {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    let mut weights = BendableWeights::of(&package).unwrap();
    for layer in 1..=4 {
        // The longest chain there will be, with as many points on their way as there can be.
        let flip = WeightFrame {
            layer,
            transform: WeightTransform::Flip,
            share: 1.0,
            amount: 1.0,
            ..WeightFrame::default()
        };
        weights.set(&[flip; 3]);
    }
    assert_no_alloc(|| {
        for step in 0..10_000 {
            weights.set(&wild(step));
        }
    });
    assert!(weights.is_bent());
}
