//! A waveform model in both formats: as late as is reported to the sample, blocks of any size to the bit, bends and bends of weights that are known, live.
//!
//! The model gives its input back to the bit, each of its 64 features being every 64th sample, so that what any bend does is known.

use std::fs;

use kit::waveform_model::{Kind, LATENCY, RATE, model};
use netbend_dsp::signal::noise;
use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};
use netbend_tests::hosted::Hosted;
use netbend_tests::measure::null_db;
use netbend_tests::vst3::{Mode, Play};
use netbend_tests::{alone, built, host, vst3};
use prost::Message as _;
use tempfile::TempDir;

/// Samples between the place of a change and where all of it is heard: a block, and the model's own latency.
const REACH: usize = 512 + LATENCY;

/// Netbend's resources, where the model is that one.
fn resources(kind: Kind) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(built::resources()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::create_dir(folder.path().join("models")).unwrap();
    let path = folder.path().join("models/drums.onnx");
    fs::write(path, model(kind).encode_to_vec()).unwrap();
    folder
}

/// What plays a sound in blocks of any size, offline or as fast as it may.
trait InBlocks: Hosted {
    fn in_blocks(&mut self, input: &Audio, blocks: Blocks, moves: &Automation) -> Audio;
}

impl InBlocks for host::Plugin {
    fn in_blocks(&mut self, input: &Audio, blocks: Blocks, moves: &Automation) -> Audio {
        self.render(input, blocks, moves).unwrap()
    }
}

impl InBlocks for vst3::Plugin {
    fn in_blocks(&mut self, input: &Audio, blocks: Blocks, moves: &Automation) -> Audio {
        let how = Play {
            blocks,
            automation: moves.clone(),
            mode: Mode::Offline,
            ..Play::default()
        };
        self.play(input, &how).unwrap()
    }
}

fn opened<P: Hosted>(settings: &[(&str, &str)]) -> P {
    let mut plugin = P::open().unwrap();
    for (id, text) in settings {
        plugin.set_text(id, text).unwrap();
    }
    plugin
}

/// Noise, other on each channel.
fn sound(rate: u32, seconds: f32) -> Audio {
    Audio {
        sample_rate: rate,
        channels: [1, 2]
            .map(|seed| noise(rate as f32, seconds, 0.3, seed))
            .to_vec(),
    }
}

/// Two tones that every rate holds.
fn tones(rate: u32, seconds: f32) -> Audio {
    let count = (rate as f32 * seconds) as usize;
    let tone = |hertz: f64, n: usize| {
        let time = n as f64 / f64::from(rate);
        let fade = (time / 0.05).min(1.0) * ((f64::from(seconds) - time) / 0.05).min(1.0);
        (0.3 * fade * (std::f64::consts::TAU * hertz * time).sin()) as f32
    };
    Audio {
        sample_rate: rate,
        channels: [331.0, 1_207.0]
            .map(|hertz| (0..count).map(|n| tone(hertz, n)).collect())
            .to_vec(),
    }
}

const MODEL: [(&str, &str); 2] = [("voice", "100"), ("stereo", "Dual")];

fn as_late_as_reported<P: InBlocks>() {
    let none = Automation::default();
    let input = sound(RATE, 0.6);
    let mut plugin = opened::<P>(&MODEL);
    let whole = plugin.in_blocks(&input, Blocks::Fixed(512), &none);
    assert!(whole == input, "{}: at the model's rate", P::FORMAT);
    for size in [1, 64, 777, 4_096] {
        let heard = plugin.in_blocks(&input, Blocks::Fixed(size), &none);
        assert!(heard == input, "{}: blocks of {size}", P::FORMAT);
    }
    for rate in [44_100, 96_000] {
        let input = tones(rate, 1.0);
        let heard = plugin.in_blocks(&input, Blocks::Fixed(512), &none);
        let other = plugin.in_blocks(
            &input,
            Blocks::Random {
                longest: 3_000,
                seed: 1,
            },
            &none,
        );
        assert!(heard == other, "{}: {rate} Hz in other blocks", P::FORMAT);
        // Half a sample at 1.2 kHz is −22 dB; a whole one −16.
        let null = null_db(&input, &heard);
        println!("{}, {rate} Hz: {null:.1} dB", P::FORMAT);
        assert!(null < -21.0, "{}, {rate} Hz: {null:.1} dB", P::FORMAT);
        let mut unbent = opened::<P>(&[]);
        let heard = unbent.in_blocks(&input, Blocks::Fixed(512), &none);
        assert!(heard == input, "{}, {rate} Hz: nothing is bent", P::FORMAT);
        let mut bypassed = opened::<P>(&[("bypass", "On"), ("slot_on_1", "On"), ("voice", "100")]);
        let heard = bypassed.in_blocks(&input, Blocks::Fixed(512), &none);
        assert!(heard == input, "{}, {rate} Hz: bypassed", P::FORMAT);
    }
}

#[test]
fn it_is_as_late_as_is_reported_in_both_formats() {
    alone::with_resources(
        "waveform::it_is_as_late_as_is_reported_in_both_formats",
        resources(Kind::default()).path(),
        || {
            as_late_as_reported::<host::Plugin>();
            as_late_as_reported::<vst3::Plugin>();
        },
    );
}

/// `heard` is `factor` times the input from `from` to `to`.
fn assert_is(heard: &Audio, input: &Audio, (from, to): (usize, usize), factor: f32, what: &str) {
    for (heard, input) in heard.channels.iter().zip(&input.channels) {
        for n in from..to {
            assert!(
                (heard[n] - factor * input[n]).abs() < 1e-5,
                "{what}, sample {n}: {}, {}",
                heard[n],
                input[n]
            );
        }
    }
}

/// What the Bender patch does to a model of nn~, and what a slot does to a layer: on while it plays, moved, off again.
fn bent_live<P: InBlocks>() {
    let input = sound(RATE, 0.8);
    let end = input.samples();
    let (on, off) = (10_000, 24_000);
    let switched = |plugin: &mut P, id: &str| {
        let (_, [least, most]) = plugin.value(id).unwrap();
        Automation::default().at(on, id, most).at(off, id, least)
    };
    for layer in ["0", "1", "2", "4"] {
        let mut plugin = opened::<P>(&MODEL);
        for (id, text) in [
            ("slot_layer_3", layer),
            ("slot_transform_3", "Ablate"),
            ("slot_selection_3", "All"),
        ] {
            plugin.set_text(id, text).unwrap();
        }
        let moves = switched(&mut plugin, "slot_on_3");
        let heard = plugin.in_blocks(&input, Blocks::Fixed(300), &moves);
        let what = format!("{}, layer {layer}", P::FORMAT);
        assert_is(&heard, &input, (0, on - REACH), 1.0, &what);
        assert_is(&heard, &input, (on + REACH, off - REACH), 0.0, &what);
        assert_is(&heard, &input, (off + REACH, end), 1.0, &what);
    }
    for tensor in ["1", "2", "3", "4"] {
        for (transform, amount, factor) in [("Invert", "100", -1.0), ("Multiply", "-50", -1.0)] {
            let mut plugin = opened::<P>(&MODEL);
            for (id, text) in [
                ("weight_layer_1", tensor),
                ("weight_transform_1", transform),
                ("weight_percentage_1", "100"),
                ("weight_amount_1", amount),
            ] {
                plugin.set_text(id, text).unwrap();
            }
            let moves = switched(&mut plugin, "weight_on_1");
            let heard = plugin.in_blocks(&input, Blocks::Fixed(300), &moves);
            let what = format!("{}, tensor {tensor}, {transform}", P::FORMAT);
            assert_is(&heard, &input, (0, on - REACH), 1.0, &what);
            assert_is(&heard, &input, (on + REACH, off - REACH), factor, &what);
            // Off is as it was loaded, bit for bit.
            for (heard, input) in heard.channels.iter().zip(&input.channels) {
                assert!(heard[off + REACH..] == input[off + REACH..], "{what}");
            }
        }
    }
}

#[test]
fn layers_and_weights_are_bent_while_it_plays_in_both_formats() {
    alone::with_resources(
        "waveform::layers_and_weights_are_bent_while_it_plays_in_both_formats",
        resources(Kind::default()).path(),
        || {
            bent_live::<host::Plugin>();
            bent_live::<vst3::Plugin>();
        },
    );
}
