//! The bend nodes inside a real ONNX Runtime session.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::tiny_model::{self, BINS, FRAMES};
use netbend_models::bends::transform::{MapSize, Maps, Scratch, TransformKind};
use netbend_models::bends::{Bend, Draw, LATENT_LAYER, Selection};
use netbend_models::node::program::{Entry, Program, ProgramBuilder};
use netbend_models::{Bender, Package};
use prost::Message as _;

const WINDOW: usize = FRAMES * BINS;

fn bender() -> Bender {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    Bender::new(&package, kit::runtime()).unwrap()
}

fn latent(bender: &mut Bender) -> Vec<f32> {
    let window: Vec<f32> = (0..WINDOW)
        .map(|n| ((n % 97) as f32 / 97.0).powi(2))
        .collect();
    let mut latent = Vec::new();
    bender.encode(&window, &mut latent).unwrap();
    latent
}

/// Decodes the latent twice, the second time bent.
fn decode(bender: &mut Bender, program: &Program) -> (Vec<f32>, Vec<f32>) {
    let latents = latent(bender).repeat(2);
    let mut windows = Vec::new();
    bender.decode(&latents, program, &mut windows).unwrap();
    let bent = windows.split_off(WINDOW);
    (windows, bent)
}

fn bend(layer: usize, transform: TransformKind, parameter: f32, selection: Selection) -> Bend {
    let parameters = vec![parameter; transform.parameters().len()];
    Bend {
        layer,
        transform,
        parameters,
        relative: false,
        selection,
        cluster_share: 1.0,
        inverted: false,
        draw: Draw::default(),
        amount: 1.0,
    }
}

fn program(bender: &Bender, bends: &[Bend]) -> ProgramBuilder {
    let mut builder = bender.program_builder();
    for (place, bend) in bends.iter().enumerate() {
        builder.add(1, place as u64, &bend.to_frame(1));
    }
    builder
}

#[test]
fn an_idle_program_changes_no_bit() {
    let mut bender = bender();
    let (clean, bent) = decode(&mut bender, &Program::new());
    assert_eq!(clean, bent);
    let mut single = Vec::new();
    let latent = latent(&mut bender);
    bender
        .decode(&latent, &Program::new(), &mut single)
        .unwrap();
    assert_eq!(clean, single);
}

#[test]
fn every_transform_on_the_last_layer_is_its_formula_on_the_output() {
    let mut bender = bender();
    let size = MapSize {
        rows: FRAMES,
        columns: BINS,
    };
    for (transform, parameter) in [
        (TransformKind::Ablate, 0.0),
        (TransformKind::Invert, 0.0),
        (TransformKind::ScalarMultiply, -2.5),
        (TransformKind::BinaryThresh, 0.05),
        (TransformKind::FlipHorizontal, 0.0),
        (TransformKind::FlipVertical, 0.0),
        (TransformKind::Scale, 1.5),
        (TransformKind::Rotate, 30.0),
        (TransformKind::Erode, 2.5),
        (TransformKind::Dilate, 2.5),
    ] {
        let builder = program(&bender, &[bend(2, transform, parameter, Selection::All)]);
        let (clean, bent) = decode(&mut bender, builder.program());
        let mut expected = clean.clone();
        let maps = Maps::single(&mut expected, size);
        transform.apply(maps, [parameter, 0.0], 1.0, &mut Scratch::new());
        assert_eq!(bent, expected, "{transform:?}");
        assert!(bent != clean, "{transform:?} changed nothing");
    }
}

#[test]
fn ablating_every_feature_of_a_layer_leaves_the_next_layers_bias() {
    let mut bender = bender();
    let builder = program(
        &bender,
        &[bend(1, TransformKind::Ablate, 0.0, Selection::All)],
    );
    let (clean, bent) = decode(&mut bender, builder.program());
    assert!(bent.iter().all(|&x| x == bent[0]));
    assert!(clean.iter().any(|&x| x != clean[0]));
}

#[test]
fn clusters_add_up_to_the_whole_layer() {
    let mut bender = bender();
    let whole = program(
        &bender,
        &[bend(1, TransformKind::Ablate, 0.0, Selection::All)],
    );
    let parts = program(
        &bender,
        &[
            bend(1, TransformKind::Ablate, 0.0, Selection::Cluster(0)),
            bend(1, TransformKind::Ablate, 0.0, Selection::Cluster(1)),
        ],
    );
    let (_, by_whole) = decode(&mut bender, whole.program());
    let (clean, by_parts) = decode(&mut bender, parts.program());
    assert_eq!(by_whole, by_parts);
    let one = program(
        &bender,
        &[bend(1, TransformKind::Ablate, 0.0, Selection::Cluster(1))],
    );
    let (_, by_one) = decode(&mut bender, one.program());
    assert!(by_one != by_whole && by_one != clean);
}

#[test]
fn bends_of_one_layer_apply_in_order() {
    let mut bender = bender();
    let multiply = bend(2, TransformKind::ScalarMultiply, 3.0, Selection::All);
    let invert = bend(2, TransformKind::Invert, 0.0, Selection::All);
    let builder = program(&bender, &[multiply.clone(), invert.clone()]);
    let (clean, first_multiplied) = decode(&mut bender, builder.program());
    let expected: Vec<f32> = clean.iter().map(|x| 1.0 - 3.0 * x).collect();
    assert_eq!(first_multiplied, expected);
    let builder = program(&bender, &[invert, multiply]);
    let (_, first_inverted) = decode(&mut bender, builder.program());
    let expected: Vec<f32> = clean.iter().map(|x| 3.0 * (1.0 - x)).collect();
    assert_eq!(first_inverted, expected);
}

#[test]
fn each_item_of_a_batch_has_its_own_bends() {
    let mut bender = bender();
    let mut builder = bender.program_builder();
    for (item, factor) in [(1, 2.0), (2, 3.0)] {
        let state = bend(2, TransformKind::ScalarMultiply, factor, Selection::All).to_frame(1);
        builder.add(item, 0, &state);
    }
    let latents = latent(&mut bender).repeat(3);
    let mut windows = Vec::new();
    bender
        .decode(&latents, builder.program(), &mut windows)
        .unwrap();
    for n in 0..WINDOW {
        assert_eq!(windows[WINDOW + n], 2.0 * windows[n]);
        assert_eq!(windows[2 * WINDOW + n], 3.0 * windows[n]);
    }
}

#[test]
fn changing_everything_on_every_window_needs_no_new_session_and_forgets_nothing() {
    let mut bender = bender();
    let (clean, _) = decode(&mut bender, &Program::new());
    for round in 0..300 {
        let transform = TransformKind::ALL[round % TransformKind::ALL.len()];
        let selection = match round % 3 {
            0 => Selection::All,
            1 => Selection::Random(round as f32 / 300.0),
            _ => Selection::Cluster(round % 2),
        };
        let builder = program(&bender, &[bend(1 + round % 2, transform, 0.3, selection)]);
        let (still_clean, bent) = decode(&mut bender, builder.program());
        assert_eq!(clean, still_clean, "round {round}");
        assert!(bent.iter().all(|x| x.is_finite()));
    }
    let (_, idle) = decode(&mut bender, &Program::new());
    assert_eq!(clean, idle);
}

#[test]
fn many_models_load_at_once() {
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(bender);
        }
    });
}

#[test]
fn wrong_lengths_are_errors_not_crashes() {
    let mut bender = bender();
    assert!(bender.encode(&[0.0; 7], &mut Vec::new()).is_err());
    assert!(
        bender
            .decode(&[0.0; 3], &Program::new(), &mut Vec::new())
            .is_err()
    );
}

#[test]
fn windows_encoded_together_have_the_latents_they_have_alone() {
    let mut bender = bender();
    let windows: Vec<f32> = (0..2 * WINDOW).map(|n| (n % 89) as f32 / 89.0).collect();
    let (mut both, mut alone) = (Vec::new(), Vec::new());
    bender.encode(&windows, &mut both).unwrap();
    for (window, together) in windows.chunks(WINDOW).zip(both.chunks(tiny_model::LATENT)) {
        bender.encode(window, &mut alone).unwrap();
        assert_eq!(alone.len(), together.len());
        for (alone, together) in alone.iter().zip(together) {
            assert!((alone - together).abs() < 1e-5);
        }
    }
    let short = &windows[..WINDOW + 1];
    assert!(bender.encode(short, &mut both).is_err());
}

/// The latent decoded clean, and decoded with the second item bent by a program made of one entry for layer 0.
fn latent_bent(bender: &mut Bender, transform: TransformKind, features: &[f32]) -> [Vec<f32>; 2] {
    let mut program = Program::new();
    program.push(&Entry {
        layer: LATENT_LAYER,
        item: 1,
        transform,
        amount: 1.0,
        parameters: [3.0, 0.0],
        features,
    });
    let (clean, bent) = decode(bender, &program);
    [clean, bent]
}

#[test]
fn a_bend_of_the_latent_decodes_the_bent_latent() {
    let mut bender = bender();
    let mut latent = latent(&mut bender);
    let [clean, bent] = latent_bent(&mut bender, TransformKind::ScalarMultiply, &[0.0, 2.0]);
    latent[0] *= 3.0;
    latent[2] *= 3.0;
    let mut expected = Vec::new();
    bender
        .decode(&latent, &Program::new(), &mut expected)
        .unwrap();
    assert!(bent != clean, "nothing changed");
    for (bent, expected) in bent.iter().zip(&expected) {
        assert!((bent - expected).abs() < 1e-5, "{bent}, not {expected}");
    }
}

#[test]
fn what_needs_a_map_leaves_the_latent_alone() {
    let mut bender = bender();
    for transform in TransformKind::ALL
        .into_iter()
        .filter(|t| !t.acts_on_latent())
    {
        let [clean, bent] = latent_bent(&mut bender, transform, &[0.0, 1.0, 2.0, 3.0]);
        assert_eq!(clean, bent, "{transform:?}");
    }
}

#[test]
fn the_builder_bends_the_latent_by_layer_0() {
    let mut bender = bender();
    let ablate = bend(LATENT_LAYER, TransformKind::Ablate, 0.0, Selection::All);
    let builder = program(&bender, &[ablate]);
    let (_, bent) = decode(&mut bender, builder.program());
    let mut expected = Vec::new();
    bender
        .decode(&[0.0; tiny_model::LATENT], &Program::new(), &mut expected)
        .unwrap();
    assert_eq!(bent, expected);
}

#[test]
fn programs_that_fit_nothing_fail_no_run() {
    let mut bender = bender();
    for layer in [0, 1, 2, 3, 77] {
        for item in [0, 1, 9] {
            for transform in TransformKind::ALL {
                let mut program = Program::new();
                program.push(&Entry {
                    layer,
                    item,
                    transform,
                    amount: 0.5,
                    parameters: [f32::NAN, f32::INFINITY],
                    features: &[1e9, -1.0, f32::NAN, 3.0],
                });
                decode(&mut bender, &program);
            }
        }
    }
}
