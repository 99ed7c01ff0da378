//! The faders of parts: what they do is what multiplying the part's features on every layer does, and a ramp of one is as even.

use std::path::Path;

use netbend_models::bends::part_mix::PartMix;
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

const FRAMES: usize = 256;
/// What knots between which gains are interpolated leave, in dB.
const TOLERANCE_DB: f32 = 2e-2;

/// The tiny model, whose first layer carries a kick by features 0 and 2.
fn bender() -> Bender {
    let mut model = tiny_model::model();
    let mut manifest = tiny_model::manifest();
    manifest["parts"] =
        serde_json::json!([{"name": "kick", "layers": [{"layer": 1, "features": [0, 2]}]}]);
    model.metadata_props[0].value = Some(manifest.to_string());
    let package = Package::from_bytes(Path::new("tiny.onnx"), &model.encode_to_vec()).unwrap();
    let runtime = Runtime::load(Resources::find().runtime_folders())
        .expect("run these tests with `cargo xtask test`");
    Bender::new(&package, runtime).unwrap()
}

/// The difference's gain of every frame in dB, `[frame][bin]`, and how often the network was asked for a decode.
fn gains(bender: &mut Bender, set: impl Fn(usize, &mut Controls)) -> (Vec<Vec<f32>>, u64) {
    let before = bender.windows().decoded;
    let mut frames = Vec::new();
    let frame = |index: usize| {
        let mut controls = Controls::default();
        set(index, &mut controls);
        (magnitudes(index), controls)
    };
    play(bender, LatencyMode::Tight, FRAMES, frame, |emitting| {
        frames.push(emitting.gain_db().to_vec());
    });
    (frames, bender.windows().decoded - before)
}

fn furthest(one: &[Vec<f32>], other: &[Vec<f32>]) -> f32 {
    let pairs = one.iter().flatten().zip(other.iter().flatten());
    pairs.fold(0.0, |most, (a, b)| f32::max(most, (a - b).abs()))
}

/// A slot that multiplies the kick by half, of that amount.
fn slot(amount: f32) -> BendFrame {
    BendFrame {
        target: BendTarget {
            layer: 1,
            transform: TransformKind::ScalarMultiply,
            selection: SelectionKind::Part,
            ..BendTarget::default()
        },
        share: 1.0,
        amount,
        parameters: [0.5, 0.0],
    }
}

fn mix(gain: f32) -> PartMix {
    let mut mix = PartMix::default();
    mix.gains[0] = gain;
    mix
}

/// From 0 to 1 within the run.
fn ramp(frame: usize) -> f32 {
    (frame.saturating_sub(70) as f32 / 100.0).min(1.0)
}

#[test]
fn a_fader_multiplies_its_part_and_moves_as_evenly_as_an_amount() {
    let mut bender = bender();
    for amount in [|_: usize| 1.0, ramp] {
        // Auto gain is for bends: it would tell the two apart.
        let (by_slot, _) = gains(&mut bender, |frame, controls| {
            controls.auto_gain = false;
            controls.slots[0] = slot(amount(frame));
        });
        let (by_fader, _) = gains(&mut bender, |frame, controls| {
            controls.parts = mix(1.0 - 0.5 * amount(frame));
        });
        assert!(furthest(&by_slot, &by_fader) < TOLERANCE_DB);
        let level = vec![vec![0.0; by_fader[0].len()]; by_fader.len()];
        assert!(furthest(&by_fader, &level) > 0.1, "nothing was heard");
    }
}

#[test]
fn faders_at_0_db_and_beyond_the_models_parts_cost_and_change_nothing() {
    let mut bender = bender();
    let (level, decoded) = gains(&mut bender, |_, _| {});
    assert_eq!(decoded, 0);
    assert!(level.iter().flatten().all(|db| *db == 0.0));
    let (beyond, _) = gains(&mut bender, |_, controls| controls.parts.gains[3] = 0.0);
    assert!(furthest(&beyond, &level) < TOLERANCE_DB);
}

#[test]
fn auto_gain_leaves_alone_what_faders_do() {
    let mut bender = bender();
    let with = |auto: bool, both: bool, bender: &mut Bender| {
        let (frames, _) = gains(bender, |_, controls| {
            controls.auto_gain = auto;
            controls.parts = mix(0.25);
            controls.slots[0] = slot(if both { 1.0 } else { 0.0 });
        });
        frames
    };
    let (on, off) = (
        with(true, false, &mut bender),
        with(false, false, &mut bender),
    );
    assert_eq!(furthest(&on, &off), 0.0);
    let (on, off) = (
        with(true, true, &mut bender),
        with(false, true, &mut bender),
    );
    let levelled = furthest(&on, &off);
    assert!(levelled > 1e-3, "bends are levelled: {levelled} dB");
}
