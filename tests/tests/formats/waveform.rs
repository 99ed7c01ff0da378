//! A waveform model in both formats: as late as is reported to the sample, blocks of any size and live or offline to the bit, bends and bends of weights
//! that are known, no step where the voice turns or the sound itself is bent.
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

/// What plays a sound in blocks of any size, offline, or live as fast as it is heard.
trait InBlocks: Hosted {
    fn in_blocks(&mut self, input: &Audio, blocks: Blocks, moves: &Automation) -> Audio;

    fn live(&mut self, input: &Audio, block: usize, moves: &Automation) -> Audio;
}

impl InBlocks for host::Plugin {
    fn in_blocks(&mut self, input: &Audio, blocks: Blocks, moves: &Automation) -> Audio {
        self.render(input, blocks, moves).unwrap()
    }

    fn live(&mut self, input: &Audio, block: usize, moves: &Automation) -> Audio {
        self.set_offline(false).unwrap();
        let heard = self.render(input, Blocks::Paced(block), moves).unwrap();
        self.set_offline(true).unwrap();
        heard
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

    fn live(&mut self, input: &Audio, block: usize, moves: &Automation) -> Audio {
        let how = Play {
            blocks: Blocks::Paced(block),
            automation: moves.clone(),
            mode: Mode::Realtime,
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

/// What `slot` 3 bends, at which parameters.
fn bent<P: InBlocks>(layer: &str, transform: &str, settings: &[(&str, &str)]) -> P {
    let mut plugin = opened::<P>(&MODEL);
    let slot = [
        ("slot_layer_3", layer),
        ("slot_transform_3", transform),
        ("slot_selection_3", "All"),
        ("slot_on_3", "On"),
    ];
    for (id, text) in slot.iter().chain(settings) {
        plugin.set_text(id, text).unwrap();
    }
    plugin
}

/// What moves is heard live as it is bounced, to the bit: a bend that comes and goes, how much of it there is, the voice, weights.
fn live_as_offline<P: InBlocks>() {
    let input = sound(44_100, 1.2);
    let samples = input.samples();
    let mut plugin = bent::<P>("2", "Multiply", &[("weight_layer_1", "3")]);
    for (id, text) in [("weight_transform_1", "Offset"), ("weight_amount_1", "40")] {
        plugin.set_text(id, text).unwrap();
    }
    let mut moves = Automation::default();
    for (id, from, to) in [
        ("slot_on_3", 0.2, 0.7),
        ("voice", 0.4, 0.5),
        ("weight_on_1", 0.5, 2.0),
    ] {
        let (_, [least, most]) = plugin.value(id).unwrap();
        moves = moves
            .at(0, id, least)
            .at((from * samples as f64) as usize, id, most)
            .at(((to * samples as f64) as usize).min(samples - 1), id, least);
    }
    let (_, [least, most]) = plugin.value("slot_amount_3").unwrap();
    let moves = moves.curve("slot_amount_3", samples, 400, |t| {
        least + t * (most - least)
    });
    let offline = plugin.in_blocks(&input, Blocks::Fixed(512), &moves);
    assert!(offline != input, "{}: it is bent", P::FORMAT);
    let live = plugin.live(&input, 480, &moves);
    for (live, offline) in live.channels.iter().zip(&offline.channels) {
        let apart = live.iter().zip(offline).position(|(a, b)| a != b);
        assert_eq!(apart, None, "{}: a busy machine?", P::FORMAT);
    }
}

#[test]
fn it_is_heard_live_as_it_is_bounced_in_both_formats() {
    alone::with_resources(
        "waveform::it_is_heard_live_as_it_is_bounced_in_both_formats",
        resources(Kind {
            noise: 0.1,
            ..Kind::default()
        })
        .path(),
        || {
            live_as_offline::<host::Plugin>();
            live_as_offline::<vst3::Plugin>();
        },
    );
}

/// What is taken away is silence in every voice, and so it is where the voice turns to the model; the sound itself goes within a block and not at once.
fn no_steps<P: InBlocks>() {
    let input = sound(RATE, 0.8);
    for layer in ["0", "1", "2", "3", "4"] {
        let mut plugin = bent::<P>(layer, "Ablate", &[]);
        let (_, [least, most]) = plugin.value("voice").unwrap();
        let moves = Automation::default()
            .at(0, "voice", least)
            .at(14_000, "voice", most);
        let heard = plugin.in_blocks(&input, Blocks::Fixed(300), &moves);
        let what = format!("{}, layer {layer}", P::FORMAT);
        assert_is(&heard, &input, (REACH, input.samples()), 0.0, &what);
    }
    let still = Audio {
        sample_rate: RATE,
        channels: vec![vec![0.25; RATE as usize]; 2],
    };
    let mut plugin = bent::<P>("3", "Ablate", &[]);
    let (_, [least, most]) = plugin.value("slot_on_3").unwrap();
    let moves = Automation::default()
        .at(0, "slot_on_3", least)
        .at(20_000, "slot_on_3", most);
    let heard = plugin.in_blocks(&still, Blocks::Fixed(300), &moves);
    let end = still.samples();
    assert_is(&heard, &still, (REACH, 20_000 - 2 * 512), 1.0, P::FORMAT);
    assert_is(&heard, &still, (20_000 + 2 * 512, end), 0.0, P::FORMAT);
    for channel in &heard.channels {
        let steps = channel[REACH..]
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs());
        let largest = steps.fold(0.0, f32::max);
        assert!(largest < 1.5 * 0.25 / 512.0, "{}: {largest}", P::FORMAT);
    }
}

#[test]
fn neither_the_voice_nor_the_sound_steps_in_either_format() {
    alone::with_resources(
        "waveform::neither_the_voice_nor_the_sound_steps_in_either_format",
        resources(Kind::default()).path(),
        || {
            no_steps::<host::Plugin>();
            no_steps::<vst3::Plugin>();
        },
    );
}

/// A shift of 1 is half a second, whatever blocks it goes through.
fn late<P: InBlocks>() {
    let input = sound(RATE, 1.0);
    let by = RATE as usize / 2;
    for layer in ["1", "2", "3"] {
        let mut plugin = bent::<P>(
            layer,
            "Translate",
            &[("slot_parameter_3", "50 %"), ("slot_second_3", "100 %")],
        );
        let heard = plugin.in_blocks(&input, Blocks::Fixed(300), &Automation::default());
        for (heard, input) in heard.channels.iter().zip(&input.channels) {
            for (n, (heard, input)) in heard[by..].iter().zip(input).enumerate() {
                let what = format!("{}, layer {layer}, sample {n}", P::FORMAT);
                assert!((heard - input).abs() < 1e-5, "{what}: {heard}, {input}");
            }
        }
    }
}

#[test]
fn layers_are_shifted_in_time_in_both_formats() {
    alone::with_resources(
        "waveform::layers_are_shifted_in_time_in_both_formats",
        resources(Kind {
            block: 2_048,
            ..Kind::default()
        })
        .path(),
        || {
            late::<host::Plugin>();
            late::<vst3::Plugin>();
        },
    );
}
