//! Measures the voice on sound of your own: `loudness sweep|bends|lock FILE.wav…` (32-bit float WAV, as `netbend render` writes).
//!
//! * `sweep`: how far short-term loudness (EBU R 128, 3 s) moves as the voice goes from the difference to the model
//! * `bends`: how far loudness moves with each transform on each layer as a fresh slot sets it, without and with auto gain
//! * `lock`: onset lag and pre-echo of a bend on layer 2, with the transient lock off and on
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. Files are repeated or cut to 6 s.

#![allow(missing_docs)] // A program.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use ebur128::{EbuR128, Mode};
use netbend::offline::{
    Controls, DEFAULT_MODEL, Engine, LatencyMode, Processor, Status, StreamShape,
};
use netbend_dsp::metrics::{onset_lag, pre_echo};
use netbend_models::ModelFormat;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};

/// Layers of the shipped model.
const LAYERS: u16 = 5;
const SECONDS: usize = 6;
const BLOCK: usize = 512;

/// A stereo file and a stream for it.
struct Sound {
    name: String,
    rate: u32,
    channels: [Vec<f32>; 2],
    processor: Processor,
}

impl Sound {
    fn open(path: &str, engine: &Engine, status: &Arc<Status>) -> Result<Self> {
        let audio = netbend_audio_file::read(Path::new(path)).with_context(|| path.to_owned())?;
        let rate = audio.sample_rate;
        let channel = |channel: usize| {
            let samples = &audio.channels[channel.min(audio.channels.len() - 1)];
            let samples = samples.iter().copied().cycle();
            samples.take(SECONDS * rate as usize).collect()
        };
        let channels = [channel(0), channel(1)];
        let shape = StreamShape::new(ModelFormat::default(), rate as f32, LatencyMode::Tight)?;
        let exchange = engine.open(shape, 2);
        let (geometry, stride) = (shape.geometry, shape.stride_frames);
        let mut processor = Processor::new(geometry, 2, stride, exchange, Arc::clone(status))?;
        processor.reset();
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        Ok(Self {
            name,
            rate,
            channels,
            processor,
        })
    }

    /// What comes out, in line with what went in.
    fn render(&mut self, controls: Controls) -> [Vec<f32>; 2] {
        let latency = self.processor.latency_samples();
        let mut channels = self.channels.clone().map(|mut channel| {
            channel.resize(channel.len() + latency, 0.0);
            channel
        });
        let [left, right] = &mut channels;
        for (left, right) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
            self.processor
                .offline()
                .process(&mut [left, right], |_| controls);
        }
        self.processor.reset();
        channels.map(|mut channel| channel.split_off(latency))
    }

    /// Short-term loudness every 0.1 s once there are 3 s, and that of the whole, in LUFS.
    fn loudness(&self, channels: &[Vec<f32>; 2]) -> Result<(Vec<f64>, f64)> {
        let mut meter = EbuR128::new(2, self.rate, Mode::S | Mode::I)?;
        let mut found = Vec::new();
        let step = self.rate as usize / 10;
        let blocks = channels[0].chunks(step).zip(channels[1].chunks(step));
        for (place, (left, right)) in blocks.enumerate() {
            meter.add_frames_planar_f32(&[left, right])?;
            if place >= 30 {
                found.push(meter.loudness_shortterm()?);
            }
        }
        Ok((found, meter.loudness_global()?))
    }
}

/// A slot as it is when it is switched on: a quarter of the features, drawn, and the knob of the transform's parameter at `knob`.
fn bend(layer: u16, transform: TransformKind, share: f32, knob: f32) -> BendFrame {
    let mut parameters = [0.0; 2];
    let knobs = [knob, 0.5];
    let ranges = transform.parameters().iter().zip(knobs);
    for (value, (range, knob)) in parameters.iter_mut().zip(ranges) {
        *value = range.value(knob);
    }
    BendFrame {
        target: BendTarget {
            layer,
            transform,
            relative: true,
            selection: SelectionKind::Random,
            seed: 1,
            ..BendTarget::default()
        },
        share,
        amount: 1.0,
        parameters,
    }
}

fn with(bends: &[BendFrame]) -> Controls {
    let mut controls = Controls::default();
    controls.slots[..bends.len()].copy_from_slice(bends);
    controls
}

fn sweep(sound: &mut Sound) -> Result<()> {
    use TransformKind::{Ablate, BinaryThresh, Dilate, Invert, Rotate, ScalarMultiply};
    let usual = |layer, transform| bend(layer, transform, 0.25, 0.7);
    let strong = |layer, transform| bend(layer, transform, 1.0, 0.7);
    let several = [
        usual(1, Rotate),
        usual(2, ScalarMultiply),
        usual(3, Dilate),
        usual(4, ScalarMultiply),
    ];
    for (name, bends) in [
        ("no bend", &[][..]),
        ("2 multiply", &[usual(2, ScalarMultiply)]),
        ("2 multiply, all", &[strong(2, ScalarMultiply)]),
        ("4 multiply", &[usual(4, ScalarMultiply)]),
        ("4 multiply, all", &[strong(4, ScalarMultiply)]),
        ("2 invert", &[usual(2, Invert)]),
        ("4 invert, all", &[strong(4, Invert)]),
        ("1 ablate, all", &[strong(1, Ablate)]),
        ("3 threshold", &[usual(3, BinaryThresh)]),
        ("several", &several),
    ] {
        let file = sound.name.clone();
        let mut heard = |voice: f32| {
            let mut controls = with(bends);
            controls.voice = voice;
            let output = sound.render(controls);
            sound.loudness(&output)
        };
        let (difference, whole) = heard(0.0)?;
        print!("{file:<20} {name:<16} {whole:6.1} LUFS");
        for voice in [0.5, 1.0] {
            let (moved, _) = heard(voice)?;
            let moved = moved.iter().zip(&difference).map(|(a, b)| a - b);
            let (least, most) = moved.fold((f64::MAX, f64::MIN), |(least, most), moved| {
                (least.min(moved), most.max(moved))
            });
            print!("  {voice}: {least:+.1} {most:+.1}");
        }
        println!();
    }
    Ok(())
}

fn bends(sound: &mut Sound) -> Result<()> {
    let dry = sound.channels.clone();
    let (_, dry) = sound.loudness(&dry)?;
    for layer in 1..=LAYERS {
        print!("{:<20} layer {layer}", sound.name);
        for transform in TransformKind::ALL {
            let mut heard = |auto_gain: bool| {
                let mut controls = with(&[bend(layer, transform, 0.25, 0.7)]);
                controls.auto_gain = auto_gain;
                let output = sound.render(controls);
                sound.loudness(&output).map(|(_, whole)| whole - dry)
            };
            let (off, on) = (heard(false)?, heard(true)?);
            print!("  {} {off:+.1} {on:+.1}", transform.name());
        }
        println!();
    }
    Ok(())
}

fn lock(sound: &mut Sound) {
    for share in [0.25, 1.0] {
        for transient_lock in [0.0, 1.0] {
            let mut controls = with(&[bend(2, TransformKind::ScalarMultiply, share, 0.7)]);
            controls.transient_lock = transient_lock;
            let [output, _] = sound.render(controls);
            let (input, rate) = (&sound.channels[0], sound.rate as f32);
            let (lag, echo) = (
                onset_lag(input, &output, rate),
                pre_echo(input, &output, rate),
            );
            let dry = input.iter().zip(&output).filter(|(a, b)| a == b).count();
            println!(
                "{:<20} {share:<4} lock {transient_lock}: {} onsets, lag {:.3} worst {:.3} ms, pre-echo {:.1} worst {:.1} dB, {:.0} % of the samples dry",
                sound.name,
                lag.lags_ms.len(),
                lag.median_ms,
                lag.worst_ms,
                echo.median_db,
                echo.worst_db,
                100.0 * dry as f64 / input.len() as f64
            );
        }
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let (engine, status) = Engine::ready(DEFAULT_MODEL)?;
    for path in arguments {
        let mut sound = Sound::open(&path, &engine, &status)?;
        match what.as_str() {
            "sweep" => sweep(&mut sound)?,
            "bends" => bends(&mut sound)?,
            "lock" => lock(&mut sound),
            _ => bail!("sweep, bends or lock, and files"),
        }
    }
    Ok(())
}
