//! A ramp of the amount over one window's length, on a latent that is held: what is heard moves evenly from frame to frame, in every mode,
//! with no staircase where strides meet.
//!
//! The *bent share* of a frame is the projection of (ramp − clean) on (full − clean), in dB over the bins that change.

use std::path::Path;

use netbend_models::bend::{BendFrame, BendTarget};
use netbend_models::latent::LatentPlay;
use netbend_models::selection::SelectionKind;
use netbend_models::transform::TransformKind;
use netbend_models::{Bender, Package, Runtime};
use prost::Message as _;

use super::StrideDecoder;
use crate::controls::Controls;
use crate::latency::LatencyMode;
use crate::resources::Resources;

#[path = "../../../../models/tests/support/tiny_model.rs"]
#[allow(dead_code)]
mod tiny_model;

/// Frames of the ramp: as many as reach the latent.
const RAMP: usize = 125;
/// The frame at which the latent is held.
const HOLD: usize = 140;
/// The frame at which the ramp begins: within a stride of every mode.
const START: usize = 203;
const FRAMES: usize = 384;
/// A bin changes where the whole bend moves it by more than this.
const CHANGED_DB: f32 = 0.1;
/// The tiny model is linear behind its layers and decibels are linear in its output, so the share of a frame is its amount; what is left
/// is rounding of `f32` decibels, 1e-5 of a change of a few.
const TOLERANCE: f64 = 1e-4;
/// The largest step over the mean one.
const MOST_STEP: f64 = 3.0;

struct Shares {
    /// Of each frame of the ramp, its end included.
    share: Vec<f64>,
}

impl Shares {
    fn steps(&self) -> impl Iterator<Item = f64> {
        self.share.windows(2).map(|pair| pair[1] - pair[0])
    }

    /// The deepest step back and the largest step forward, over the mean step.
    fn extremes(&self) -> (f64, f64) {
        let mean = 1.0 / RAMP as f64;
        self.steps().fold((0.0, 0.0), |(back, forward), step| {
            (f64::min(back, step / mean), f64::max(forward, step / mean))
        })
    }
}

/// Magnitudes of frame `index`: strokes that die away, over a spectrum with structure.
fn magnitudes(index: usize) -> Vec<f32> {
    let stroke = (-((index % 31) as f32) / 9.0).exp();
    let bin = |bin: usize| {
        let wave = ((bin * 37 + index * 11) % 101) as f32 / 101.0;
        0.3 * stroke * (0.1 + wave) / (1.0 + bin as f32 / 60.0)
    };
    (0..513).map(bin).collect()
}

/// The model's voice of every frame in dB, `[frame][bin]`, with the slot at the amount that `amount` says.
fn decoded(
    bender: &mut Bender,
    stride: usize,
    slot: BendFrame,
    amount: impl Fn(usize) -> f32,
) -> Vec<Vec<f32>> {
    let mut decoder = StrideDecoder::new(bender, stride, 256.0 / 44_100.0).unwrap();
    let (mut pending, mut frames) = (Vec::new(), Vec::new());
    for index in 0..FRAMES {
        let mut controls = Controls {
            voice: 1.0,
            latent: LatentPlay {
                freeze: index >= HOLD,
                ..LatentPlay::default()
            },
            ..Controls::default()
        };
        controls.slots[0] = BendFrame {
            amount: amount(index),
            ..slot
        };
        let state = decoder.push(index as i64, &magnitudes(index), &controls);
        pending.push((controls, state));
        if pending.len() == stride {
            let moments = pending.iter().map(|(controls, state)| (controls, *state));
            decoder.decode(index as i64, moments, &[], bender).unwrap();
            for _ in pending.drain(..) {
                decoder.next_frame();
                frames.push(decoder.model_db().to_vec());
            }
        }
    }
    frames
}

/// The bent share of every frame of the ramp; `None` where the whole bend changes nothing.
fn ramp(bender: &mut Bender, mode: LatencyMode, slot: BendFrame) -> Option<Shares> {
    let stride = mode.stride_frames();
    let clean = decoded(bender, stride, slot, |_| 0.0);
    let full = decoded(bender, stride, slot, |_| 1.0);
    let ramped = decoded(bender, stride, slot, |frame| {
        (frame.saturating_sub(START) as f32 / RAMP as f32).min(1.0)
    });
    let frames = START..=START + RAMP;
    let share = |frame: usize| {
        let (mut along, mut whole) = (0.0, 0.0);
        for ((clean, full), ramped) in clean[frame].iter().zip(&full[frame]).zip(&ramped[frame]) {
            let change = f64::from(full - clean);
            if change.abs() > f64::from(CHANGED_DB) {
                along += f64::from(ramped - clean) * change;
                whole += change * change;
            }
        }
        (whole > 0.0).then(|| along / whole)
    };
    let share: Option<Vec<f64>> = frames.map(share).collect();
    share.map(|share| Shares { share })
}

fn slot(layer: u16, transform: TransformKind, parameter: f32, share: f32) -> BendFrame {
    BendFrame {
        target: BendTarget {
            layer,
            transform,
            selection: SelectionKind::Random,
            seed: 3,
            ..BendTarget::default()
        },
        share,
        amount: 1.0,
        parameters: [parameter, 0.3],
    }
}

fn runtime() -> &'static Runtime {
    Runtime::load(Resources::find().runtime_folders())
        .expect("run these tests with `cargo xtask test`")
}

#[test]
fn a_ramp_of_the_amount_is_even_in_every_mode() {
    let content = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &content).unwrap();
    let mut bender = Bender::new(&package, runtime()).unwrap();
    let mut heard = 0;
    for mode in LatencyMode::ALL {
        for (layer, transform) in
            (1..=2).flat_map(|layer| TransformKind::ALL.map(|kind| (layer, kind)))
        {
            let slot = slot(layer, transform, 0.7, 1.0);
            let Some(shares) = ramp(&mut bender, mode, slot) else {
                continue; // the tiny model has nothing there for it to change
            };
            heard += 1;
            let named = format!("{mode:?}, layer {layer}, {transform:?}");
            for (frame, share) in shares.share.iter().enumerate() {
                let amount = frame as f64 / RAMP as f64;
                assert!(
                    (share - amount).abs() < 1e-2,
                    "{named}: {share} at {amount}"
                );
            }
            assert!(shares.steps().all(|step| step > -TOLERANCE), "{named}");
            let (_, most) = shares.extremes();
            assert!(most <= MOST_STEP, "{named}: a step {most} times the mean");
        }
    }
    assert!(heard >= 3 * 5, "only {heard} bends were heard");
}

/// Figures of the shipped model, which bends sound in other ways than in a straight line; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement of the shipped model, minutes long"]
fn ramps_of_the_shipped_model() {
    let path = Resources::find().model("drums").unwrap();
    let package = Package::load(&path).unwrap();
    let mut bender = Bender::new(&package, runtime()).unwrap();
    for (layer, transform, parameter, share) in [
        (1, TransformKind::Ablate, 0.0, 0.25),
        (1, TransformKind::ScalarMultiply, 3.0, 0.25),
        (2, TransformKind::ScalarMultiply, 3.0, 0.25),
        (2, TransformKind::Invert, 0.0, 0.25),
        (3, TransformKind::Ablate, 0.0, 0.25),
        (3, TransformKind::BinaryThresh, 0.2, 0.25),
        (4, TransformKind::Ablate, 0.0, 0.25),
        (4, TransformKind::ScalarMultiply, -2.0, 0.25),
        (5, TransformKind::Invert, 0.0, 1.0),
    ] {
        for mode in LatencyMode::ALL {
            let slot = slot(layer, transform, parameter, share);
            let Some(shares) = ramp(&mut bender, mode, slot) else {
                println!("layer {layer} {transform:?} {mode:?}: not heard");
                continue;
            };
            let (back, forward) = shares.extremes();
            let half = shares.share[RAMP / 2];
            println!(
                "layer {layer} {transform:?} {mode:?}: least step {back:.2}, largest {forward:.2} of the mean; {half:.2} at half-way"
            );
        }
    }
}
