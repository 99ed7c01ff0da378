//! A waveform model is read, checked, cut and run: what it gives is known to the bit, and what is broken is refused by cause.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::runtime;
use kit::waveform_model::{BLOCK, Kind, LATENCY, RATIO, manifest, model, with_manifest};
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightBend, WeightFrame, WeightTransform};
use netbend_models::export::export_waveform;
use netbend_models::node::program::{Entry, Program};
use netbend_models::onnx::proto::{GraphProto, ModelProto};
use netbend_models::run::weights::BendableWeights;
use netbend_models::waveform::noise::NoiseAmounts;
use netbend_models::waveform::run::Run;
use netbend_models::waveform::states::States;
use netbend_models::{ModelError, Package, WaveformPackage, WaveformPlayer};
use prost::Message as _;
use serde_json::{Value, json};

const BLOCKS: usize = 6;

fn package(model: &ModelProto) -> Result<WaveformPackage, ModelError> {
    WaveformPackage::from_bytes(Path::new("echo.onnx"), &model.encode_to_vec())
}

fn player(kind: Kind) -> WaveformPlayer {
    WaveformPlayer::new(&package(&model(kind)).unwrap(), runtime()).unwrap()
}

/// A sound that repeats nothing, `[channel, sample]` of all blocks.
fn sound(channels: usize) -> Vec<Vec<f32>> {
    let sample = |channel: usize, n: usize| ((n * n + 7 * channel) % 1_009) as f32 / 1_009.0 - 0.5;
    (0..channels)
        .map(|channel| (0..BLOCKS * BLOCK).map(|n| sample(channel, n)).collect())
        .collect()
}

/// Plays the sound from `states` on.
fn played(
    player: &mut WaveformPlayer,
    (encoder, decoder): &mut (States, States),
    sound: &[Vec<f32>],
    program: &Program,
    weights: Option<&BendableWeights>,
) -> Vec<Vec<f32>> {
    let (mut latent, mut made) = (Vec::new(), Vec::new());
    let mut heard = vec![Vec::new(); sound.len()];
    let size = player.manifest().block;
    for block in 0..sound[0].len() / size {
        let own = |channel: &Vec<f32>| channel[block * size..(block + 1) * size].to_vec();
        let audio: Vec<f32> = sound.iter().flat_map(own).collect();
        let run = Run {
            program,
            weights,
            block: block as i64,
            seed: 0,
            noise: NoiseAmounts::default(),
        };
        player.encode(encoder, &audio, run, &mut latent).unwrap();
        player.decode(decoder, &latent, run, &mut made).unwrap();
        for (heard, made) in heard.iter_mut().zip(made.chunks(size)) {
            heard.extend_from_slice(made);
        }
    }
    heard
}

fn late(sound: &[f32]) -> Vec<f32> {
    let delayed = [&[0.0; LATENCY][..], sound].concat();
    delayed[..sound.len()].to_vec()
}

fn bend(layer: usize, transform: TransformKind, features: &[f32]) -> Program {
    let mut program = Program::new();
    program.push(&Entry {
        layer,
        item: 0,
        transform,
        amount: 1.0,
        parameters: [0.0; 2],
        features,
    });
    program
}

#[test]
fn it_plays_what_it_is_given_to_the_bit_and_states_begin_anew() {
    for channels in [1, 2] {
        let mut player = player(Kind {
            channels,
            ..Kind::default()
        });
        let sound = sound(channels);
        let nothing = Program::new();
        let mut states = player.rest();
        for _ in 0..2 {
            let heard = played(&mut player, &mut states, &sound, &nothing, None);
            for (heard, sound) in heard.iter().zip(&sound) {
                assert_eq!(*heard, late(sound), "{channels} channels");
            }
            assert!(!states.1.same_bits(&player.rest().1));
            states = player.rest();
            assert!(states.1.same_bits(&player.rest().1));
        }
    }
}

/// Layers are numbered as they are shown: encoder, decoder, output, then the fine one.
#[test]
fn a_bend_of_any_layer_does_what_is_known() {
    let mut player = player(Kind::default());
    let names: Vec<_> = player
        .manifest()
        .numbered_layers()
        .map(|layer| layer.name.clone())
        .collect();
    assert_eq!(names, ["encoder.0", "decoder.0", "output", "decoder.1"]);
    assert_eq!(player.manifest().shown_layers(), 3);
    let face = player.face().clone();
    let sizes: Vec<_> = (face.layers.iter())
        .map(|layer| (layer.index, layer.features, layer.rows, layer.columns))
        .collect();
    assert_eq!(
        sizes,
        [(1, 64, 8, 1), (2, 64, 8, 1), (3, 1, 512, 1), (4, 64, 8, 1)]
    );
    let sound = sound(1);
    let unbent = late(&sound[0]);
    // Sample `n` that comes out is of feature `n − LATENCY`, modulo 64.
    let feature = |n: usize| (n + RATIO * 2 - LATENCY) % RATIO;
    for layer in [0, 1, 2, 4] {
        let mut states = player.rest();
        let program = bend(layer, TransformKind::Ablate, &[3.0, 60.0]);
        let heard = played(&mut player, &mut states, &sound, &program, None);
        for (n, (heard, unbent)) in heard[0].iter().zip(&unbent).enumerate() {
            let expected = match feature(n) {
                3 | 60 => 0.0,
                _ => *unbent,
            };
            assert_eq!(*heard, expected, "layer {layer}, sample {n}");
        }
    }
    let mut states = player.rest();
    let inverted = bend(3, TransformKind::Invert, &[0.0]);
    let heard = played(&mut player, &mut states, &sound, &inverted, None);
    assert!(
        heard[0]
            .iter()
            .zip(&unbent)
            .all(|(heard, unbent)| *heard == 1.0 - unbent)
    );
    // What has no meaning on such maps, and layers that are not there, do nothing.
    for program in [
        bend(1, TransformKind::Rotate, &[0.0, 1.0]),
        bend(1, TransformKind::FlipVertical, &[0.0, 1.0]),
        bend(9, TransformKind::Ablate, &[0.0]),
    ] {
        let mut states = player.rest();
        assert_eq!(
            played(&mut player, &mut states, &sound, &program, None)[0],
            unbent
        );
    }
}

/// Blocks long enough to be shifted in time, and more than half a second of them.
const LONG: Kind = Kind {
    rate: 48_000,
    channels: 1,
    block: 2_048,
    noise: 0.0,
    cosines: false,
};

fn long_sound() -> Vec<Vec<f32>> {
    let sample = |n: usize| ((n * n) % 1_009) as f32 / 1_009.0 - 0.5;
    vec![(0..16 * LONG.block).map(sample).collect()]
}

fn late_by(sound: &[f32], samples: usize) -> Vec<f32> {
    let delayed = [&vec![0.0; samples], sound].concat();
    delayed[..sound.len()].to_vec()
}

/// A shift of 1 is half a second: 375 of the steps of 64 samples, or 24 000 samples of the sound itself.
#[test]
fn a_layer_shifted_in_time_is_late_across_blocks() {
    let mut player = player(LONG);
    let sound = long_sound();
    let every: Vec<f32> = (0..64).map(|n| n as f32).collect();
    for (layer, features, y, samples) in [
        (1, &every[..], 0.008, 3 * RATIO),
        (2, &every, 0.2, 75 * RATIO),
        (2, &every, 1.0, 375 * RATIO),
        (3, &[0.0], 0.5, 12_000),
        (3, &[0.0], 1.0, 24_000),
        // What has not come yet is silence; fine layers are not shifted.
        (2, &every, -1.0, 1 << 20),
        (4, &every, 0.5, 0),
    ] {
        let mut program = Program::new();
        program.push(&Entry {
            layer,
            item: 0,
            transform: TransformKind::Translate,
            amount: 1.0,
            parameters: [0.0, y],
            features,
        });
        let mut states = player.rest();
        let heard = played(&mut player, &mut states, &sound, &program, None);
        let expected = late_by(&sound[0], samples + LATENCY);
        for (n, (heard, expected)) in heard[0].iter().zip(&expected).enumerate() {
            // Not every number of steps is a share of half a second to the last bit.
            assert!(
                (heard - expected).abs() < 1e-5,
                "layer {layer} by {y}, sample {n}: {heard}, {expected}"
            );
        }
        // What it was before is part of the states: it is there once the shift comes on, and gone after a reset.
        let mut states = player.rest();
        played(&mut player, &mut states, &sound, &Program::new(), None);
        let resumed = played(&mut player, &mut states, &sound, &program, None);
        let twice = late_by(&[&sound[0][..], &sound[0]].concat(), samples + LATENCY);
        let expected = &twice[sound[0].len() + LATENCY..];
        for (n, (heard, expected)) in resumed[0][LATENCY..].iter().zip(expected).enumerate() {
            assert!(
                (heard - expected).abs() < 1e-5,
                "layer {layer} by {y} of late, sample {n}: {heard}, {expected}"
            );
        }
    }
}

#[test]
fn an_export_of_a_layer_shifted_in_time_plays_as_it() {
    let package = package(&model(LONG)).unwrap();
    let mut bending = player(LONG);
    let sound = long_sound();
    let every: Vec<f32> = (0..64).map(|n| n as f32).collect();
    let entry = |layer, transform, parameters, amount, features| Entry {
        layer,
        item: 0,
        transform,
        amount,
        parameters,
        features,
    };
    let (translate, flip) = (TransformKind::Translate, TransformKind::FlipVertical);
    let some = [1.0, 7.0, 9.0];
    for entries in [
        vec![entry(2, translate, [0.0, 0.3], 1.0, &every)],
        vec![entry(1, translate, [0.3, 0.1234], 0.7, &some)],
        vec![entry(2, translate, [0.0, -0.02], 1.0, &every)],
        vec![
            entry(2, translate, [0.0, 0.3], 1.0, &every),
            entry(2, flip, [0.0; 2], 1.0, &some),
            entry(2, translate, [0.0, 0.9], 0.5, &some),
        ],
        vec![
            entry(3, translate, [0.0, 0.4321], 0.5, &[0.0]),
            entry(1, translate, [0.0, 0.05], 1.0, &every),
        ],
        vec![entry(4, translate, [0.1, 0.5], 1.0, &every)],
    ] {
        let mut program = Program::new();
        for entry in &entries {
            program.push(entry);
        }
        let written = export_waveform(&package, &program, &[]).unwrap();
        let written =
            WaveformPackage::from_bytes(Path::new("bent.onnx"), &written.to_bytes()).unwrap();
        let mut exported = WaveformPlayer::new(&written, runtime()).unwrap();
        let mut states = exported.rest();
        let heard = played(&mut exported, &mut states, &sound, &Program::new(), None);
        let mut states = bending.rest();
        let expected = played(&mut bending, &mut states, &sound, &program, None);
        for (n, (a, b)) in heard[0].iter().zip(&expected[0]).enumerate() {
            assert!((a - b).abs() < 1e-5, "{entries:?}, sample {n}: {a}, {b}");
        }
    }
}

#[test]
fn weights_of_both_halves_are_bent_and_come_back_bit_for_bit() {
    let mut player = player(Kind::default());
    let names: Vec<_> = player
        .weights()
        .layers()
        .map(|layer| layer.name.clone())
        .collect();
    assert_eq!(
        names,
        [
            "encoder.0.weight",
            "encoder.1.weight",
            "decoder.0.weight",
            "decoder.1.weight",
            "encoder.1.bias"
        ]
    );
    let readers: Vec<_> = player.weight_readers().collect();
    let (encoder, decoder) = ((true, false), (false, true));
    assert_eq!(readers, [encoder, encoder, decoder, decoder, encoder]);
    let sound = sound(1);
    let unbent = late(&sound[0]);
    let nothing = Program::new();
    let mut weights = player.weights().clone();
    for layer in 1..=4 {
        weights.set(&[WeightFrame {
            layer,
            transform: WeightTransform::Invert,
            share: 1.0,
            amount: 1.0,
            ..WeightFrame::default()
        }]);
        let mut states = player.rest();
        let heard = played(&mut player, &mut states, &sound, &nothing, Some(&weights));
        assert!(
            heard[0]
                .iter()
                .zip(&unbent)
                .all(|(heard, unbent)| *heard == -unbent),
            "{layer}"
        );
    }
    weights.set(&[]);
    let mut states = player.rest();
    assert_eq!(
        played(&mut player, &mut states, &sound, &nothing, Some(&weights))[0],
        unbent
    );
}

#[test]
fn noise_is_of_its_block_and_seed() {
    let mut player = player(Kind {
        noise: 0.1,
        ..Kind::default()
    });
    let sound = sound(1);
    let nothing = Program::new();
    let mut hear = || {
        let mut states = player.rest();
        played(&mut player, &mut states, &sound, &nothing, None).remove(0)
    };
    let first = hear();
    assert_eq!(first, hear());
    let away: Vec<f32> = first
        .iter()
        .zip(late(&sound[0]))
        .map(|(a, b)| a - b)
        .collect();
    let power = away[LATENCY..].iter().map(|x| x * x).sum::<f32>() / (away.len() - LATENCY) as f32;
    assert!((power.sqrt() - 0.1).abs() < 0.01, "{}", power.sqrt());
}

/// A manifest in which one entry is another.
fn changed(path: &str, value: Value) -> ModelProto {
    let mut told = manifest(Kind::default());
    *told.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    with_manifest(graph(), &told)
}

fn graph() -> GraphProto {
    model(Kind::default()).graph.unwrap()
}

#[test]
fn what_is_broken_is_refused_by_cause() {
    let layer = |number: usize, key: &str| format!("/layers/{number}/{key}");
    for (path, value, cause) in [
        ("/netbend", json!(2), "format 2 found"),
        ("/kind", json!("else"), "not that of a waveform model"),
        ("/name", json!(""), "`name` is empty"),
        ("/name", json!(7), "`name`: 7 found; expected a text"),
        ("/sample_rate", json!(4_000), "sample_rate 4000"),
        (
            "/block",
            json!(500),
            "blocks of 500 samples at a ratio of 64",
        ),
        ("/block", json!(1 << 20), "blocks of 1048576 samples"),
        ("/block", json!(-1), "`block`"),
        ("/ratio", json!(0), "at a ratio of 0"),
        ("/latent_size", json!(0), "latent size 0"),
        (
            "/latent_size",
            json!(32),
            "of [1, 32, 8], which the graph computes as [1, 64, 8]",
        ),
        ("/channels_in", json!(3), "3 channels in"),
        (
            "/states/0/type",
            json!("int64"),
            "holds int64; expected float32",
        ),
        ("/states/0/shape", json!([1, 2, 96]), "Concat"),
        (
            "/states/0/shape",
            json!([1, 1, 1u64 << 40]),
            "numbers of state",
        ),
        (
            "/states/0/rest",
            json!("initializer"),
            "rests at an initialiser that is not there",
        ),
        ("/states/0/rest", json!("else"), "unknown variant"),
        ("/states/0/output", json!("nowhere"), "no node computes it"),
        (
            "/states/0/input",
            json!("latent"),
            "belongs to both its encoder and its decoder",
        ),
        ("/noise/0/shape", json!([1, 64, 9]), "Add"),
        ("/latency/samples", json!(-1), "a latency of -1 samples"),
        ("/latency/samples", json!(1u64 << 40), "a latency of"),
        ("/weights/0/size", json!(5), "is said to hold 5 numbers"),
        (
            &layer(1, "kind"),
            json!("stage"),
            "one layer of the kind `latent`",
        ),
        (&layer(2, "index"), json!(7), "layer 7 found where 3"),
        (
            &layer(2, "tensor"),
            json!("nowhere"),
            "which its half of the graph does not compute",
        ),
        (
            &layer(2, "half"),
            json!("encoder"),
            "which its half of the graph does not compute",
        ),
        (
            &layer(2, "features"),
            json!(63),
            "of [1, 63, 8], which the graph computes as [1, 64, 8]",
        ),
        (&layer(2, "steps"), json!(0), "expected 1 or 2 rows"),
        (&layer(2, "rows"), json!(3), "expected 1 or 2 rows"),
        (
            "/tensors/output",
            json!("sound of no node"),
            "no node computes it",
        ),
        ("/tensors/audio", json!("elsewhere"), "no node computes it"),
    ] {
        let refused = package(&changed(path, value.clone())).err();
        let said = refused.map_or_else(|| "accepted".to_owned(), |error| error.to_string());
        assert!(said.contains(cause), "{path} {value}: {said}");
        assert!(!said.contains('\n'), "{said}");
    }
    let mut told = manifest(Kind::default());
    told["clusters"] = json!([{"layer": 1, "clusters": [[64]]}]);
    let said = package(&with_manifest(graph(), &told))
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("names a feature that does not exist"),
        "{said}"
    );
    // The decoder hears more than the latent.
    let mut skips = graph();
    skips.node[4].input[0] = "map.encoder".into();
    let said = package(&with_manifest(skips, &manifest(Kind::default())))
        .unwrap_err()
        .to_string();
    assert!(said.contains("decoder of a waveform model"), "{said}");
    // Operators are those of every model.
    let mut odd = graph();
    odd.node[5].op_type = Some("Loop".into());
    let said = package(&with_manifest(odd, &manifest(Kind::default())))
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("operator `Loop` is not one Netbend runs"),
        "{said}"
    );
    // One kind is not taken for the other.
    let bytes = model(Kind::default()).encode_to_vec();
    let said = Package::from_bytes(Path::new("echo.onnx"), &bytes)
        .unwrap_err()
        .to_string();
    assert!(said.contains("a waveform model"), "{said}");
}

/// Whatever byte of a file is another, nothing panics, and what is accepted runs.
#[test]
fn a_damaged_file_is_refused_or_plays() {
    let bytes = model(Kind::default()).encode_to_vec();
    let mut accepted = 0;
    for place in (0..bytes.len()).step_by(bytes.len() / 400) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x41;
        if let Ok(package) = WaveformPackage::from_bytes(Path::new("echo.onnx"), &damaged) {
            accepted += 1;
            if accepted % 40 == 0
                && let Ok(mut player) = WaveformPlayer::new(&package, runtime())
            {
                let mut states = player.rest();
                let sound = vec![vec![0.5; BLOCKS * package.manifest().block]; 1];
                if package.manifest().block == BLOCK && package.manifest().channels_in == 1 {
                    played(&mut player, &mut states, &sound, &Program::new(), None);
                }
            }
        }
    }
    assert!(accepted > 0);
}

/// What is written plays as what is bent while it plays: the same bits where nothing is mixed, else to the last of them.
#[test]
fn an_export_plays_as_the_bent_model() {
    let package = package(&model(Kind::default())).unwrap();
    let mut bending = player(Kind::default());
    let sound = sound(1);
    let every: Vec<f32> = (0..64).map(|n| n as f32).collect();
    for transform in TransformKind::ALL {
        for (amount, features) in [
            (1.0, &every[..]),
            (1.0, &[1.0, 7.0, 9.0]),
            (0.4, &[2.0, 3.0, 50.0]),
        ] {
            let mut program = Program::new();
            for layer in [0, 1, 2, 3, 4] {
                let one = [0.0];
                program.push(&Entry {
                    layer,
                    item: 0,
                    transform,
                    amount,
                    parameters: [0.3, 0.1],
                    features: if layer == 3 { &one } else { features },
                });
            }
            let weights = [WeightBend {
                layer: 2,
                transform: WeightTransform::Offset,
                share: 0.1,
                amount: 0.5,
                seed: 1,
            }];
            let written = export_waveform(&package, &program, &weights).unwrap();
            let written =
                WaveformPackage::from_bytes(Path::new("bent.onnx"), &written.to_bytes()).unwrap();
            let mut exported = WaveformPlayer::new(&written, runtime()).unwrap();
            let mut states = exported.rest();
            let heard = played(&mut exported, &mut states, &sound, &Program::new(), None);
            let mut bent = bending.weights().clone();
            bent.set(&[weights[0].to_frame()]);
            let mut states = bending.rest();
            let expected = played(&mut bending, &mut states, &sound, &program, Some(&bent));
            let largest = expected[0]
                .iter()
                .fold(1e-3_f32, |most, x| most.max(x.abs()));
            for (n, (a, b)) in heard[0].iter().zip(&expected[0]).enumerate() {
                let apart = (a - b).abs() / largest;
                assert!(
                    apart < 1e-5,
                    "{transform:?} at {amount}, sample {n}: {a}, {b}"
                );
            }
        }
    }
}
