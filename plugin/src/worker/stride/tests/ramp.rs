//! A ramp of the amount over one window's length, on a latent that is held: what is heard moves evenly from frame to frame, in every mode,
//! with no staircase where strides meet.
//!
//! The *bent share* of a frame is the projection of (ramp − clean) on (full − clean), in dB over the bins that change.

use std::path::Path;

use netbend_models::bends::latent_play::LatentPlay;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};
use netbend_models::{Bender, Package, Runtime};
use prost::Message as _;

use crate::resources::Resources;
use crate::stream::controls::Controls;
use crate::stream::latency::LatencyMode;
use crate::worker::tests::tiny_model;

use super::run::{magnitudes, play};

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

/// The tiny model's bias, so that what it says lies in the middle of the scale of decibels.
const MIDDLE: f32 = 0.6;

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

/// The model's voice of every frame in dB, `[frame][bin]`, with the slot at the amount that `amount` says.
fn decoded(
    bender: &mut Bender,
    mode: LatencyMode,
    slot: BendFrame,
    amount: impl Fn(usize) -> f32,
) -> Vec<Vec<f32>> {
    let mut frames = Vec::new();
    let frame = |index: usize| {
        let mut controls = Controls {
            voice: 1.0,
            latent: LatentPlay {
                freeze: index >= HOLD,
                ..LatentPlay::default()
            },
            ..Controls::default()
        };
        controls.slots[0] = slot;
        controls.slots[0].amount = amount(index);
        (magnitudes(index), controls)
    };
    play(bender, mode, FRAMES, frame, |emitting| {
        // A ramp is even in what is decoded; how loud a window is goes its own way from amount to amount.
        let level_db = emitting.parts.level(emitting.frame).model_db;
        let model_db = emitting.model_db().iter();
        frames.push(model_db.map(|db| db - level_db).collect());
    });
    frames
}

/// What a bend makes of every frame, not at all and in full.
struct Bend {
    slot: BendFrame,
    clean: Vec<Vec<f32>>,
    full: Vec<Vec<f32>>,
    /// Where the scale of decibels ends a bin moves no further: such bins are left out.
    ends_db: (f32, f32),
}

impl Bend {
    fn new(bender: &mut Bender, slot: BendFrame, mode: LatencyMode) -> Self {
        let clean = decoded(bender, mode, slot, |_| 0.0);
        let full = decoded(bender, mode, slot, |_| 1.0);
        let all = clean.iter().chain(&full).flatten();
        let ends_db = all.fold((f32::MAX, f32::MIN), |(low, high), &db| {
            (low.min(db), high.max(db))
        });
        Self {
            slot,
            clean,
            full,
            ends_db,
        }
    }

    /// The bent share of a frame that sounds like `ramped`; `None` where the whole bend changes nothing.
    fn share(&self, frame: usize, ramped: &[f32]) -> Option<f64> {
        let (low, high) = self.ends_db;
        let moves = |db: f32| db > low + CHANGED_DB && db < high - CHANGED_DB;
        let (mut along, mut whole) = (0.0, 0.0);
        let bins = self.clean[frame].iter().zip(&self.full[frame]).zip(ramped);
        for ((clean, full), ramped) in bins {
            let change = f64::from(full - clean);
            if change.abs() > f64::from(CHANGED_DB) && moves(*clean) && moves(*full) {
                along += f64::from(ramped - clean) * change;
                whole += change * change;
            }
        }
        (whole > 0.0).then(|| along / whole)
    }

    /// The shares of the ramp's frames with the amounts that `amount` says.
    fn shares(
        &self,
        bender: &mut Bender,
        mode: LatencyMode,
        amount: impl Fn(usize) -> f32,
    ) -> Option<Vec<f64>> {
        let frames = decoded(bender, mode, self.slot, amount);
        (START..=START + RAMP)
            .map(|frame| self.share(frame, &frames[frame]))
            .collect()
    }
}

/// The bent share of every frame of the ramp; `None` where the whole bend changes nothing.
fn ramp(bender: &mut Bender, mode: LatencyMode, slot: BendFrame) -> Option<Shares> {
    let bend = Bend::new(bender, slot, mode);
    let share = bend.shares(bender, mode, |frame| {
        (frame.saturating_sub(START) as f32 / RAMP as f32).min(1.0)
    })?;
    Some(Shares { share })
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
    let mut model = tiny_model::model();
    let graph = model.graph.as_mut().unwrap();
    let mut tensors = graph.initializer.iter_mut();
    let bias = tensors.find(|tensor| tensor.name.as_deref() == Some("d2.b"));
    bias.unwrap().raw_data = Some(MIDDLE.to_le_bytes().to_vec());
    let package = Package::from_bytes(Path::new("tiny.onnx"), &model.encode_to_vec()).unwrap();
    let mut bender = Bender::new(&package, runtime()).unwrap();
    let mut heard = 0;
    for mode in LatencyMode::ALL {
        let bends = (1..=2).flat_map(|layer| TransformKind::ALL.map(|kind| (layer, kind)));
        for (layer, transform) in bends {
            let slot = slot(layer, transform, 0.7, 1.0);
            let Some(shares) = ramp(&mut bender, mode, slot) else {
                continue; // the tiny model has nothing there for it to change
            };
            heard += 1;
            let (back, most) = shares.extremes();
            println!(
                "{mode:?}, layer {layer}, {transform:?}: steps {back:.3} to {most:.3} of the mean"
            );
            let named = format!("{mode:?}, layer {layer}, {transform:?}");
            for (frame, share) in shares.share.iter().enumerate() {
                let amount = frame as f64 / RAMP as f64;
                assert!(
                    (share - amount).abs() < 1e-2,
                    "{named}: {share} at {amount}"
                );
            }
            assert!(shares.steps().all(|step| step > -TOLERANCE), "{named}");
            assert!(most <= MOST_STEP, "{named}: a step {most} times the mean");
        }
    }
    assert!(heard >= 4 * 5, "only {heard} bends were heard");
}

/// Figures of the shipped model; run with `--ignored --nocapture`. The loop goes on while it is held, and on layers 1 to 3 every frame of
/// it has a curve of its own from amount to sound, so frames are compared with what they are at the same amount at rest.
#[test]
#[ignore = "a measurement of the shipped model, minutes long"]
fn ramps_of_the_shipped_model() {
    const EVERY: usize = 5;
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
        let slot = slot(layer, transform, parameter, share);
        let mode = LatencyMode::Studio;
        let bend = Bend::new(&mut bender, slot, mode);
        // `[amount][frame]`
        let resting: Vec<Vec<f64>> = (0..=RAMP / EVERY)
            .map(|step| {
                let amount = (step * EVERY) as f32 / RAMP as f32;
                bend.shares(&mut bender, mode, |_| amount).unwrap()
            })
            .collect();
        let frames = 0..=RAMP;
        let rising = frames.clone().filter(|&frame| {
            resting
                .windows(2)
                .all(|pair| pair[1][frame] >= pair[0][frame] - TOLERANCE)
        });
        let rising = rising.count();
        // The mean frame: every frame of the loop at the same amount.
        let mean = |at: &Vec<f64>| at.iter().sum::<f64>() / at.len() as f64;
        let steps = resting
            .windows(2)
            .map(|pair| (mean(&pair[1]) - mean(&pair[0])) * (RAMP / EVERY) as f64);
        let (least, most) = steps.fold((f64::MAX, f64::MIN), |(least, most), step| {
            (least.min(step), most.max(step))
        });
        println!(
            "layer {layer} {transform:?}: {rising} of {} frames rise with the amount; the mean of all frames in steps of {least:.2} to {most:.2} of the mean step",
            RAMP + 1
        );
        for mode in LatencyMode::ALL {
            let Some(shares) = ramp(&mut bender, mode, slot) else {
                println!("  {mode:?}: not heard");
                continue;
            };
            let apart = resting.iter().enumerate().map(|(step, at_rest)| {
                let frame = step * EVERY;
                (shares.share[frame] - at_rest[frame]).abs()
            });
            let apart = apart.fold(0.0, f64::max);
            let (back, forward) = shares.extremes();
            println!(
                "  {mode:?}: at most {apart:.4} from the frame at rest; steps {back:.2} to {forward:.2} of the mean"
            );
        }
    }
}
