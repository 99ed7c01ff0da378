//! Waveform models through the real engine: latency to the sample at every rate, blocks of any size and live or offline to the bit, bends that are known,
//! and sound that is late or unbent is the aligned input.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kit::waveform_model::{BLOCK, Kind, LATENCY, RATE, RATIO, model};
use netbend::offline::{
    Controls, Engine, EngineState, FormatReader, LatencyMode, Processor, Resources, Status,
    StereoMode, StreamShape,
};
use netbend_models::Runtime;
use netbend_models::bends::latent_play::LatentPlay;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use prost::Message as _;
use support::{engine_with, resources};
use tempfile::TempDir;

type Sound = Vec<Vec<f32>>;

/// A folder of resources with one model, and its engine.
struct Echo {
    folder: TempDir,
    engine: Engine,
    status: Arc<Status>,
}

impl Echo {
    fn new(kind: Kind) -> Self {
        Runtime::load(&[resources()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("models");
        std::fs::create_dir(&models).unwrap();
        std::fs::write(models.join("echo.onnx"), model(kind).encode_to_vec()).unwrap();
        let (engine, status) = engine_with(folder.path(), "echo");
        assert_eq!(status.wait_until_ready(), Ok(()));
        Self {
            folder,
            engine,
            status,
        }
    }

    fn shape(&self, rate: f32) -> StreamShape {
        let resources = Resources::at(self.folder.path());
        let format = FormatReader::default().format(&resources, "echo");
        StreamShape::new(format, rate, LatencyMode::default()).unwrap()
    }

    fn open(&self, rate: f32, channels: usize) -> Processor {
        let shape = self.shape(rate);
        let exchange = self.engine.open(shape, channels);
        let (geometry, stride) = (shape.geometry, shape.stride_frames);
        let status = Arc::clone(&self.status);
        let mut processor = Processor::new(geometry, channels, stride, exchange, status).unwrap();
        processor.reset();
        let reported = self.status.latency_samples.load(Ordering::Relaxed);
        assert_eq!(reported as usize, processor.latency_samples());
        processor
    }
}

/// Plays `input` offline in blocks, with the sidechain beside it, and forgets it. What comes back lines up with the input.
fn bounce(
    processor: &mut Processor,
    input: &Sound,
    sidechain: &Sound,
    block: usize,
    controls: impl Fn(usize) -> Controls,
) -> Sound {
    let latency = processor.latency_samples();
    let mut output = input.clone();
    let total = input[0].len() + latency;
    output
        .iter_mut()
        .for_each(|channel| channel.resize(total, 0.0));
    for start in (0..total).step_by(block) {
        let end = (start + block).min(total);
        let mut part: Vec<_> = output.iter_mut().map(|c| &mut c[start..end]).collect();
        let beside: Vec<_> = sidechain
            .iter()
            .map(|c| &c[start.min(c.len())..end.min(c.len())])
            .collect();
        let controls = |before: usize| controls(start + before);
        processor
            .offline()
            .process_with_sidechain(&mut part, &beside, controls);
    }
    processor.reset();
    output
        .iter_mut()
        .for_each(|channel| drop(channel.drain(..latency)));
    output
}

fn playing(voice: f32) -> Controls {
    Controls {
        voice,
        ..Controls::default()
    }
}

fn bending(layer: u16, transform: TransformKind, voice: f32) -> Controls {
    let mut controls = playing(voice);
    let slot = &mut controls.slots[2];
    slot.target.layer = layer;
    slot.target.transform = transform;
    slot.amount = 1.0;
    controls
}

/// Two tones and a stroke, other ones on each channel.
fn sound(rate: f32, seconds: f32, channels: usize) -> Sound {
    let count = (rate * seconds) as usize;
    let sample = |channel: usize, n: usize| {
        let time = n as f32 / rate;
        let tone = |hertz: f32, level: f32| level * (std::f32::consts::TAU * hertz * time).sin();
        let stroke = if n % 9_000 == 4_000 { 0.15 } else { 0.0 };
        let fade = (n as f32 / 500.0).min(1.0);
        fade * (tone(220.0 * (1.0 + channel as f32), 0.2) + tone(1_931.0, 0.1) + stroke)
    };
    (0..channels)
        .map(|channel| (0..count).map(|n| sample(channel, n)).collect())
        .collect()
}

fn apart(a: &[f32], b: &[f32]) -> f32 {
    let pairs = a.iter().zip(b);
    pairs.fold(0.0, |most: f32, (a, b)| most.max((a - b).abs()))
}

#[test]
fn at_the_models_rate_it_comes_back_to_the_bit_as_late_as_is_reported() {
    for (channels, ways) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        let echo = Echo::new(Kind {
            channels: ways,
            ..Kind::default()
        });
        let mut processor = echo.open(RATE as f32, channels);
        let input = sound(RATE as f32, 0.6, channels);
        let controls = Controls {
            stereo: StereoMode::Dual,
            ..playing(1.0)
        };
        let heard = bounce(&mut processor, &input, &Vec::new(), 333, |_| controls);
        assert_eq!(heard, input, "{channels} channels, a model of {ways}");
        assert_eq!(echo.status.misses.load(Ordering::Relaxed), 0);
    }
    // Two channels as one are both what is between them.
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 2);
    let input = sound(RATE as f32, 0.3, 2);
    let heard = bounce(&mut processor, &input, &Vec::new(), 333, |_| playing(1.0));
    let mid: Vec<f32> = input[0]
        .iter()
        .zip(&input[1])
        .map(|(l, r)| 0.5 * (l + r))
        .collect();
    assert_eq!(heard, [mid.clone(), mid]);
}

#[test]
fn at_any_other_rate_it_is_as_late_to_the_sample() {
    let echo = Echo::new(Kind::default());
    for rate in [22_050.0, 44_100.0, 96_000.0] {
        let mut processor = echo.open(rate, 1);
        // Tones alone: what lies above the lower rate does not come back.
        let tone = |shift: f32| -> Vec<f32> {
            let count = rate as usize;
            let at = |n: usize| std::f32::consts::TAU * 700.0 * (n as f32 - shift) / rate;
            (0..count).map(|n| 0.4 * at(n).sin()).collect()
        };
        let input = tone(0.0);
        let heard = bounce(
            &mut processor,
            &vec![input.clone()],
            &Vec::new(),
            512,
            |_| playing(1.0),
        );
        let middle = 4_000..input.len() - 4_000;
        // No shift by a sample lies nearer than none.
        let away = |shift: f32| apart(&heard[0][middle.clone()], &tone(shift)[middle.clone()]);
        let none = away(0.0);
        assert!(
            none < away(1.0) && none < away(-1.0),
            "{rate}: {none}, {}, {}",
            away(1.0),
            away(-1.0)
        );
        let half = 0.4 * (std::f32::consts::TAU * 700.0 * 0.52 / rate);
        assert!(none < half, "{rate}: {none}, half a sample is {half}");
    }
}

#[test]
fn nothing_bent_is_nothing_changed_whatever_the_rate_and_the_voice() {
    for rate in [44_100.0, 48_000.0] {
        let echo = Echo::new(Kind {
            noise: 0.2,
            ..Kind::default()
        });
        let mut processor = echo.open(rate, 2);
        let input = sound(rate, 0.5, 2);
        for controls in [
            playing(0.0),
            // A bend of a layer that is not there, and one that has no meaning.
            bending(16, TransformKind::Ablate, 0.0),
            bending(1, TransformKind::Rotate, 0.0),
        ] {
            let heard = bounce(&mut processor, &input, &Vec::new(), 480, |_| controls);
            assert_eq!(heard, input, "{rate}");
        }
        let bypassed = Controls {
            bypass: true,
            ..bending(1, TransformKind::Ablate, 1.0)
        };
        let heard = bounce(&mut processor, &input, &Vec::new(), 480, |_| bypassed);
        assert_eq!(heard, input, "{rate}");
    }
}

/// Features are every 64th sample of a block, so what is bent is known: at half a voice it is half of both.
#[test]
fn a_bend_does_what_is_known_on_every_layer_in_every_voice() {
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 1);
    let input = sound(RATE as f32, 0.4, 1);
    // Halves of a draw: every other feature.
    for layer in [0, 1, 2, 4] {
        for voice in [0.0, 0.5, 1.0] {
            let mut controls = bending(layer, TransformKind::ScalarMultiply, voice);
            controls.slots[2].parameters[0] = -2.0;
            let heard = bounce(&mut processor, &input, &Vec::new(), 777, |_| controls);
            // Difference: x + (−2x − x); model: −2x.
            for (n, (heard, x)) in heard[0].iter().zip(&input[0]).enumerate() {
                assert!(
                    (heard + 2.0 * x).abs() < 1e-6,
                    "layer {layer}, voice {voice}, {n}: {heard}, {x}"
                );
            }
        }
    }
}

#[test]
fn blocks_of_any_size_and_live_or_offline_are_one_sound() {
    let echo = Echo::new(Kind {
        rate: 44_100,
        noise: 0.1,
        ..Kind::default()
    });
    let rate = 48_000.0;
    let input = sound(rate, 0.7, 2);
    // A bend that comes and goes, a voice that moves, weights that are bent for a while.
    let automated = |sample: usize| {
        let share = sample as f32 / (0.7 * rate);
        let mut controls = bending(2, TransformKind::ScalarMultiply, share.clamp(0.0, 1.0));
        controls.stereo = StereoMode::Dual;
        controls.slots[2].parameters[0] = 3.0 * share;
        controls.slots[2].amount = if (0.2..0.6).contains(&share) {
            1.0
        } else {
            0.0
        };
        controls.weights[0] = WeightFrame {
            layer: 3,
            transform: WeightTransform::Offset,
            share: 0.3,
            amount: if share > 0.5 { 0.4 } else { 0.0 },
            ..WeightFrame::default()
        };
        controls
    };
    let mut processor = echo.open(rate, 2);
    let offline = bounce(&mut processor, &input, &Vec::new(), 512, automated);
    assert_ne!(offline, input);
    for block in [1, 64, 333, 4_096] {
        let heard = bounce(&mut processor, &input, &Vec::new(), block, automated);
        assert!(heard == offline, "blocks of {block}");
    }
    // As fast as it is played, with nothing late.
    let latency = processor.latency_samples();
    let before = echo.status.misses.load(Ordering::Relaxed);
    let mut live = input.clone();
    let total = input[0].len() + latency;
    live.iter_mut()
        .for_each(|channel| channel.resize(total, 0.0));
    let began = Instant::now();
    for start in (0..total).step_by(480) {
        let end = (start + 480).min(total);
        let mut part: Vec<_> = live.iter_mut().map(|c| &mut c[start..end]).collect();
        processor
            .live()
            .process(&mut part, |before| automated(start + before));
        let due = Duration::from_secs_f32(end as f32 / rate);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    let misses = echo.status.misses.load(Ordering::Relaxed) - before;
    assert_eq!(misses, 0, "a busy machine?");
    live.iter_mut()
        .for_each(|channel| drop(channel.drain(..latency)));
    assert!(live == offline);
}

/// A shift of 1 is half a second, of a layer whose blocks have 32 steps, and of the sound itself.
#[test]
fn what_is_shifted_in_time_is_an_echo_in_every_voice() {
    let rate = RATE as f32;
    let echo = Echo::new(Kind {
        block: 32 * RATIO,
        ..Kind::default()
    });
    let mut processor = echo.open(rate, 2);
    let input = sound(rate, 1.2, 2);
    for (layer, by) in [(1, 100 * RATIO), (2, 24_000), (3, 6_000)] {
        for voice in [0.0, 1.0] {
            let mut controls = bending(layer, TransformKind::Translate, voice);
            controls.stereo = StereoMode::Dual;
            controls.slots[2].parameters = [0.0, by as f32 / 24_000.0];
            controls.slots[2].amount = 0.5;
            let heard = bounce(&mut processor, &input, &Vec::new(), 777, |_| controls);
            let smaller = bounce(&mut processor, &input, &Vec::new(), 64, |_| controls);
            assert!(heard == smaller, "layer {layer}");
            for (heard, input) in heard.iter().zip(&input) {
                let expected: Vec<f32> = (0..input.len())
                    .map(|n| n.checked_sub(by).map_or(0.0, |before| input[before]))
                    .zip(input)
                    .map(|(late, now)| 0.5 * (late + now))
                    .collect();
                let far = apart(heard, &expected);
                // Not every number of steps is a share of half a second to the last bit.
                assert!(far < 1e-5, "layer {layer}, voice {voice}: {far}");
            }
        }
    }
}

#[test]
fn a_step_is_heard_within_a_block_of_where_it_is() {
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 1);
    let input = sound(RATE as f32, 0.6, 1);
    let step = 14_000;
    for layer in [1, 2] {
        let heard = bounce(&mut processor, &input, &Vec::new(), 100, |sample| {
            let mut controls = bending(layer, TransformKind::ScalarMultiply, 1.0);
            controls.slots[2].parameters[0] = if sample < step { 1.0 } else { -1.0 };
            controls
        });
        let reach = BLOCK + LATENCY;
        assert_eq!(
            heard[0][..step - reach],
            input[0][..step - reach],
            "layer {layer}"
        );
        let after: Vec<f32> = input[0][step + reach..].iter().map(|x| -x).collect();
        assert_eq!(heard[0][step + reach..], after, "layer {layer}");
    }
}

/// This model gives the input back, so that what is bent is heard alike in every voice.
#[test]
fn where_the_voice_turns_to_the_model_no_step_is_heard() {
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 1);
    let input = sound(RATE as f32, 0.6, 1);
    for layer in [0, 1, 2, 3, 4] {
        for turn in [9_000, 14_000, 14_336] {
            let heard = bounce(&mut processor, &input, &Vec::new(), 100, |sample| {
                let voice = if sample < turn { 0.0 } else { 1.0 };
                let mut controls = bending(layer, TransformKind::ScalarMultiply, voice);
                controls.slots[2].parameters[0] = -1.0;
                controls
            });
            let flipped: Vec<f32> = input[0].iter().map(|x| -x).collect();
            let far = apart(&heard[0], &flipped);
            assert!(far < 1e-6, "layer {layer}, at {turn}: {far}");
        }
    }
}

#[test]
fn a_step_of_what_bends_the_sound_itself_is_faded_over_a_block() {
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 1);
    let input = vec![vec![0.25; RATE as usize / 2]];
    let heard = bounce(&mut processor, &input, &Vec::new(), 100, |sample| {
        let mut controls = bending(3, TransformKind::ScalarMultiply, 1.0);
        controls.slots[2].parameters[0] = if sample < 14_000 { 1.0 } else { -1.0 };
        controls
    });
    // The latent's own beginning is no concern of this.
    let heard = &heard[0][BLOCK..];
    // Decided within a block, and done within another.
    let done = 14_000 + BLOCK;
    let (before, after) = (&heard[..14_000 - 2 * BLOCK], &heard[done..]);
    assert!(before.iter().all(|x| (x - 0.25).abs() < 1e-6));
    let place = after.iter().position(|x| (x + 0.25).abs() > 1e-6);
    assert_eq!(place, None, "{}", after[place.unwrap_or(0)]);
    let step = apart(&heard[1..], &heard[..heard.len() - 1]);
    assert!(step < 1.5 * 0.5 / BLOCK as f32, "{step}");
}

#[test]
fn weights_are_bent_while_it_plays_and_come_back_bit_for_bit() {
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 1);
    let input = sound(RATE as f32, 0.6, 1);
    for layer in 1..=4 {
        let heard = bounce(&mut processor, &input, &Vec::new(), 512, |sample| {
            let mut controls = playing(1.0);
            controls.weights[1] = WeightFrame {
                layer,
                transform: WeightTransform::Invert,
                share: 1.0,
                amount: if (8_000..16_000).contains(&sample) {
                    1.0
                } else {
                    0.0
                },
                ..WeightFrame::default()
            };
            controls
        });
        let reach = BLOCK + LATENCY;
        let bent: Vec<f32> = input[0].iter().map(|x| -x).collect();
        let same = |from: usize, to: usize, sound: &[f32]| heard[0][from..to] == sound[from..to];
        assert!(same(0, 8_000 - reach, &input[0]), "tensor {layer}");
        assert!(same(8_000 + reach, 16_000 - reach, &bent), "tensor {layer}");
        assert!(
            same(16_000 + reach, input[0].len(), &input[0]),
            "tensor {layer}"
        );
    }
}

#[test]
fn the_sidechain_is_heard_in_place_of_the_input() {
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 2);
    let (input, beside) = (sound(RATE as f32, 0.3, 2), sound(RATE as f32, 0.3, 1));
    let sidechain = vec![beside[0].clone(), beside[0].clone()];
    let controls = Controls {
        sidechain: true,
        ..playing(1.0)
    };
    let heard = bounce(&mut processor, &input, &sidechain, 512, |_| controls);
    assert_eq!(heard, sidechain);
}

#[test]
fn what_is_held_is_one_step_of_the_latent_for_ever() {
    let echo = Echo::new(Kind::default());
    let mut processor = echo.open(RATE as f32, 1);
    let input = sound(RATE as f32, 0.8, 1);
    let held = Controls {
        latent: LatentPlay {
            freeze: true,
            ..LatentPlay::default()
        },
        ..playing(1.0)
    };
    let heard = bounce(&mut processor, &input, &Vec::new(), 512, |sample| {
        if sample < 16_000 { playing(1.0) } else { held }
    });
    let (before, after) = (16_000 - BLOCK - LATENCY, 16_000 + 2 * BLOCK);
    assert_eq!(heard[0][..before], input[0][..before]);
    // A step is 64 samples: they come again and again.
    for n in after..heard[0].len() - RATIO {
        assert_eq!(heard[0][n], heard[0][n + RATIO], "{n}");
    }
    assert!(heard[0][after..].iter().any(|x| x.abs() > 0.05));
}

/// The host runs away from the pool: what fails to come is the aligned input.
#[test]
fn what_is_late_is_dry_and_aligned() {
    let echo = Echo::new(Kind::default());
    let rate = RATE as f32;
    let mut processor = echo.open(rate, 1);
    let latency = processor.latency_samples();
    let input = sound(rate, 1.5, 1);
    let mut heard = input[0].clone();
    let began = Instant::now();
    for (n, block) in heard.chunks_mut(64).enumerate() {
        // At first as fast as it is played, then as fast as can be.
        if n * 64 < 24_000 {
            let due = Duration::from_secs_f32((n * 64) as f32 / rate);
            std::thread::sleep(due.saturating_sub(began.elapsed()));
        }
        let controls = bending(2, TransformKind::Ablate, 1.0);
        processor.live().process(&mut [block], |_| controls);
    }
    assert!(echo.status.misses.load(Ordering::Relaxed) > 0);
    assert_eq!(echo.status.state(), EngineState::Ready);
    // Where it was not bent it is the input, as late as is reported; and it never clicks between the two.
    let dry = &input[0][..heard.len() - latency];
    let same = heard[latency..]
        .iter()
        .zip(dry)
        .filter(|(a, b)| a == b)
        .count();
    assert!(same > dry.len() / 4, "{same} of {}", dry.len());
    assert!(heard.iter().all(|x| x.abs() <= 1.0));
}
