//! Streams against whole windows: encoding stride by stride, decoding the newest frames alone, for random windows, bends, strides and batches.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::{stream_models, tiny_model};
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::node::program::{Entry, Program};
use netbend_models::run::bender::EncoderHistory;
use netbend_models::run::latent::sample_latents;
use netbend_models::{Bender, Package};
use prost::Message as _;
use rand::{Rng, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Largest difference of a value, in network units, or in shares of the largest value where bends have made it larger than 1.
const TOLERANCE: f32 = 1e-5;

/// The model that ships, and three made from nothing.
fn benders() -> Vec<Bender> {
    let mut models = vec![
        tiny_model::model().encode_to_vec(),
        stream_models::streamed().encode_to_vec(),
        stream_models::whole().encode_to_vec(),
    ];
    models.extend(std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("drums.onnx")).ok());
    models.iter().map(|bytes| bender(bytes)).collect()
}

fn bender(bytes: &[u8]) -> Bender {
    let package = Package::from_bytes(Path::new("model.onnx"), bytes).unwrap();
    Bender::new(&package, kit::runtime()).unwrap()
}

fn streamed() -> Bender {
    bender(&stream_models::streamed().encode_to_vec())
}

/// Compares, and gives the largest difference.
fn assert_close(found: &[f32], expected: &[f32], what: &dyn Fn() -> String) -> f32 {
    assert_eq!(found.len(), expected.len(), "{}", what());
    let largest = expected.iter().fold(1.0_f32, |most, x| most.max(x.abs()));
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let difference = differences.fold(
        0.0_f32,
        |most, x| if x > most || x.is_nan() { x } else { most },
    );
    assert!(
        difference <= TOLERANCE * largest,
        "{difference} of {largest}: {}",
        what()
    );
    difference / largest
}

/// The window of an endless recording whose newest seen frame is number `newest`; what the network does not see repeats it.
fn window(bender: &Bender, recording: u64, newest: i64, level: f32) -> Vec<f32> {
    let manifest = bender.manifest();
    let last = manifest.last_seen_frame as i64;
    (0..manifest.frames as i64)
        .flat_map(|row| {
            let frame = newest - last + row.min(last);
            let mut random = ChaCha8Rng::seed_from_u64(recording << 32 ^ frame as u64);
            (0..manifest.bins).map(move |_| random.random::<f32>().powi(3) * level)
        })
        .collect()
}

#[test]
fn a_stream_encodes_as_whole_windows_do() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut worst = 0.0_f32;
    for mut bender in benders() {
        for stride in [4, 16, 64, 8, 2, 1, 3, 6, 12, 24, 32, 45, 125, 128, 500] {
            let mut streams = [EncoderHistory::new(stride), EncoderHistory::new(stride)];
            let mut newest = [random.random_range(-9..1_000_i64), 77];
            let mut level = [1.0_f32; 2];
            for step in 0..24 {
                let place = usize::from(random.random_bool(0.4));
                match random.random_range(0..12) {
                    0 => {
                        streams[place].forget();
                        level[place] = 0.5_f32.powi(random.random_range(0..3));
                    }
                    1 => newest[place] += random.random_range(-3..200_i64),
                    _ => {}
                }
                newest[place] += stride as i64;
                let window = window(&bender, place as u64, newest[place], level[place]);
                // What a stream shares is known only of what it has seen.
                let (mut expected, mut found) = (Vec::new(), Vec::new());
                bender.encode(&window, &mut expected).unwrap();
                let before = bender.windows().encoded;
                bender
                    .encode_stream(&mut streams[place], newest[place], &window, &mut found)
                    .unwrap();
                assert_eq!(bender.windows().encoded, before + 1);
                let what = || format!("{bender:?}, stride {stride}, step {step}");
                worst = worst.max(assert_close(&found, &expected, &what));
            }
        }
    }
    println!("largest difference of a latent: {worst:e}");
}

/// Bends of everything, of random features, with knobs anywhere, several on one layer.
fn random_program(bender: &Bender, batch: usize, random: &mut impl Rng) -> Program {
    let manifest = bender.manifest();
    let mut program = Program::new();
    for _ in 0..random.random_range(0..6) {
        let transform = TransformKind::ALL[random.random_range(0..TransformKind::ALL.len())];
        let layer = random.random_range(0..=manifest.layers.len());
        let features = match layer.checked_sub(1) {
            None => manifest.latent_size,
            Some(place) => manifest.layers[place].features,
        };
        let few = random.random_range(1..=features.min(9));
        let features: Vec<f32> = (0..few)
            .map(|_| random.random_range(0..features) as f32)
            .collect();
        let mut parameters = [0.0; 2];
        for (value, range) in parameters.iter_mut().zip(transform.parameters()) {
            *value = range.value(random.random());
            if random.random_bool(0.2) {
                *value = value.round();
            }
        }
        if transform == TransformKind::ScalarMultiply {
            parameters[0] *= 0.3; // several of 10 in a row leave nothing to compare
        }
        program.push(&Entry {
            layer,
            item: random.random_range(0..batch),
            transform,
            amount: [1.0, 0.5, 0.01][random.random_range(0..3)],
            parameters,
            features: &features,
        });
    }
    program
}

fn random_first_frame(bender: &Bender, random: &mut impl Rng) -> usize {
    let manifest = bender.manifest();
    let streamed = [4, 16, 64, 80].map(|rows| manifest.last_seen_frame.saturating_sub(rows));
    match random.random_range(0..3) {
        0 => random.random_range(0..=manifest.frames),
        _ => streamed[random.random_range(0..streamed.len())],
    }
}

/// The frames from `first_frame` on of decoded windows.
fn newest(bender: &Bender, windows: &[f32], first_frame: usize) -> Vec<f32> {
    let bins = bender.manifest().bins;
    let windows = windows.chunks_exact(bender.window_len());
    windows
        .flat_map(|window| &window[first_frame * bins..])
        .copied()
        .collect()
}

#[test]
fn the_newest_frames_are_those_of_whole_windows() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let (mut worst, mut equal, mut cases) = (0.0_f32, 0, 0);
    for mut bender in benders() {
        let mut weights = bender.weights().clone();
        for case in 0..400 {
            let batch = random.random_range(1..=4);
            let program = random_program(&bender, batch, &mut random);
            let latents = sample_latents(batch, bender.manifest().latent_size, case);
            let first_frame = random_first_frame(&bender, &mut random);
            if random.random_bool(0.05) {
                bender.prepare_tail(first_frame).unwrap();
            }
            let bends = [WeightFrame {
                layer: random.random_range(1..6),
                transform: WeightTransform::Multiply,
                seed: 3,
                share: 0.2,
                amount: 0.3,
            }];
            let bent = random.random_bool(0.25);
            let (mut whole, mut found) = (Vec::new(), Vec::new());
            if bent {
                weights.set(&bends);
                bender.decode_weighted(&bends, &latents, &program, &mut whole)
            } else {
                bender.decode(&latents, &program, &mut whole)
            }
            .unwrap();
            let before = bender.windows().decoded;
            bender
                .decode_from(
                    first_frame,
                    bent.then_some(&weights),
                    &latents,
                    &program,
                    &mut found,
                )
                .unwrap();
            assert_eq!(bender.windows().decoded, before + batch as u64);
            let expected = newest(&bender, &whole, first_frame);
            let what = || {
                let entries: Vec<_> = Program::entries(program.words()).collect();
                format!(
                    "{bender:?}, case {case}, from {first_frame}, batch {batch}, {bent}: {entries:?}"
                )
            };
            worst = worst.max(assert_close(&found, &expected, &what));
            (cases, equal) = (cases + 1, equal + usize::from(found == expected));
        }
    }
    println!("largest difference of a frame: {worst:e}; {equal} of {cases} are equal");
}

/// Instances batch what they wait for together: what else is in the batch must not be heard.
#[test]
fn items_of_a_batch_know_nothing_of_each_other() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    for mut bender in benders() {
        for case in 0..60 {
            let size = bender.manifest().latent_size;
            let latents = sample_latents(4, size, 100 + case);
            let first_frame = random_first_frame(&bender, &mut random);
            let programs = [0, 1].map(|_| random_program(&bender, 2, &mut random));
            let mut both = programs[0].clone();
            both.append(&programs[1], 2);
            let (mut together, mut apart, mut part) = (Vec::new(), Vec::new(), Vec::new());
            bender
                .decode_from(first_frame, None, &latents, &both, &mut together)
                .unwrap();
            for (program, latents) in programs.iter().zip(latents.chunks_exact(2 * size)) {
                bender
                    .decode_from(first_frame, None, latents, program, &mut part)
                    .unwrap();
                apart.extend_from_slice(&part);
            }
            assert!(together == apart, "{bender:?}, case {case}");
        }
    }
}

#[test]
fn the_same_history_gives_the_same_bits() {
    let mut bender = streamed();
    let mut once = || {
        let mut stream = EncoderHistory::new(4);
        let mut latents = Vec::new();
        for newest in [4, 8, 12, 16, 24, 28] {
            let window = window(&bender, 5, newest, 1.0);
            let mut latent = Vec::new();
            bender
                .encode_stream(&mut stream, newest, &window, &mut latent)
                .unwrap();
            latents.extend(latent);
        }
        latents
    };
    assert_eq!(once(), once());
}

#[test]
fn a_stream_that_was_kept_by_another_model_begins_anew() {
    let mut benders = benders();
    let mut stream = EncoderHistory::new(4);
    for newest in (4..60).step_by(4) {
        let place = newest as usize / 8 % benders.len();
        let bender = &mut benders[place];
        let window = window(bender, 6, newest, 1.0);
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        bender.encode(&window, &mut expected).unwrap();
        bender
            .encode_stream(&mut stream, newest, &window, &mut found)
            .unwrap();
        assert_close(&found, &expected, &|| format!("{bender:?}"));
    }
}

/// What is kept is used: a frame that changes without notice is not seen again.
#[test]
fn a_stride_reads_the_frames_it_adds_and_no_others() {
    let mut bender = streamed();
    let mut stream = EncoderHistory::new(4);
    let encode = |bender: &mut Bender, stream: &mut EncoderHistory, newest, window: &[f32]| {
        let mut latent = Vec::new();
        bender
            .encode_stream(stream, newest, window, &mut latent)
            .unwrap();
        latent
    };
    let first = window(&bender, 7, 100, 1.0);
    encode(&mut bender, &mut stream, 100, &first);
    let second = window(&bender, 7, 104, 1.0);
    let mut changed = second.clone();
    let read = bender.encoded_rows(4)[0];
    let kept = bender.manifest().last_seen_frame + 1 - read;
    changed[..kept * bender.manifest().bins].fill(0.3);
    let expected = encode(&mut bender, &mut stream.clone(), 104, &second);
    assert_eq!(
        encode(&mut bender, &mut stream.clone(), 104, &changed),
        expected
    );
    // Of a level of its own, say, after which it has to be forgotten.
    stream.forget();
    assert_ne!(encode(&mut bender, &mut stream, 104, &changed), expected);
}

#[test]
fn as_few_rows_are_computed_as_are_needed() {
    let none = Program::new();
    let mut benders = benders().into_iter();
    let mut next = || benders.next().unwrap();
    let tiny = next();
    // A kernel of 25 rows, 25 rows apart; 4 frames add nothing that can be kept.
    assert!(tiny.encoded_rows(4).is_empty());
    assert_eq!(tiny.encoded_rows(25), [25, 1]);
    assert_eq!(tiny.decoded_rows(120, &none, 0), [1, 8]);
    let streamed = next();
    assert_eq!(streamed.encoded_rows(4), [6, 4, 2, 1]);
    assert_eq!(streamed.encoded_rows(2), [4, 2, 1, 1]);
    assert_eq!(streamed.decoded_rows(41, &none, 0), [4, 6, 5, 9, 7]);
    assert_eq!(streamed.decoded_rows(0, &none, 0), [12, 24, 24, 48, 48]);
    let whole = next();
    assert!(whole.encoded_rows(4).is_empty());
    // In front of the normalization everything is computed.
    assert_eq!(whole.decoded_rows(43, &none, 0), [3, 5]);
    if let Some(drums) = benders.next() {
        assert_eq!(drums.encoded_rows(4), [7, 2, 1, 1, 1, 1]);
        assert_eq!(drums.encoded_rows(64), [67, 32, 16, 8, 4, 1]);
        assert_eq!(drums.decoded_rows(120, &none, 0), [2, 2, 3, 3, 5, 8]);
        assert_eq!(drums.decoded_rows(0, &none, 0), [4, 8, 17, 32, 64, 128]);
    }
}

#[test]
fn a_bend_that_moves_time_asks_for_as_many_rows_more_as_it_can_see() {
    let bender = streamed();
    let rows = |layer, transform, parameters, item| {
        let mut program = Program::new();
        program.push(&Entry {
            layer,
            item: 1,
            transform,
            amount: 1.0,
            parameters,
            features: &[0.0],
        });
        bender.decoded_rows(41, &program, item)
    };
    let clean = bender.decoded_rows(41, &Program::new(), 0);
    for kind in TransformKind::ALL {
        assert_eq!(rows(3, kind, [0.7, 0.7], 0), clean, "of another item");
    }
    for kind in [TransformKind::Invert, TransformKind::FlipHorizontal] {
        assert_eq!(rows(3, kind, [0.0; 2], 1), clean);
    }
    assert_eq!(rows(3, TransformKind::Translate, [0.3, 0.0], 1), clean);
    assert_eq!(rows(3, TransformKind::Translate, [0.3, -0.4], 1), clean);
    assert_eq!(rows(3, TransformKind::Dilate, [0.0; 2], 1), clean);
    // Two rows more of layer 3, and what those read; behind it nothing changes.
    assert_eq!(
        rows(3, TransformKind::Dilate, [1.5, 0.0], 1),
        [5, 8, 7, 9, 7]
    );
    // The whole map: before it all of it, behind it as few as ever.
    assert_eq!(
        rows(3, TransformKind::FlipVertical, [0.0; 2], 1),
        [12, 24, 24, 9, 7]
    );
    assert_eq!(
        rows(2, TransformKind::FlipVertical, [0.0; 2], 1),
        [12, 24, 5, 9, 7]
    );
    // The output as well.
    assert_eq!(
        rows(5, TransformKind::Erode, [3.0, 0.0], 1)[4],
        clean[4] + 3
    );
}

#[test]
fn windows_of_a_wrong_length_are_refused_and_the_stream_lives_on() {
    let mut bender = streamed();
    let mut stream = EncoderHistory::new(4);
    let mut latent = Vec::new();
    for length in [0, 5, bender.window_len() - 1] {
        let short = vec![0.0; length];
        assert!(
            bender
                .encode_stream(&mut stream, 0, &short, &mut latent)
                .is_err()
        );
    }
    let window = window(&bender, 8, 4, 1.0);
    let mut expected = Vec::new();
    bender.encode(&window, &mut expected).unwrap();
    bender
        .encode_stream(&mut stream, 4, &window, &mut latent)
        .unwrap();
    assert_close(&latent, &expected, &|| String::new());
    let mut windows = Vec::new();
    assert!(
        bender
            .decode_from(41, None, &[0.0; 5], &Program::new(), &mut windows)
            .is_err()
    );
    bender
        .decode_from(1_000, None, &latent, &Program::new(), &mut windows)
        .unwrap();
    assert!(windows.is_empty());
}
