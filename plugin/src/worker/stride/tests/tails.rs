//! Strides by their newest frames alone, encoded as far as they are new, against strides of whole windows: the same sound for less.

use std::path::Path;

use netbend_models::bends::BendFrame;
use netbend_models::bends::latent_play::{LatentPlay, LatentSource};
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::{Bender, Package, Runtime};
use prost::Message as _;

use crate::resources::Resources;
use crate::stream::controls::Controls;
use crate::stream::latency::LatencyMode;
use crate::threads::pool_thread::PoolThread;
use crate::worker::allowance::Prices;
use crate::worker::batches::{FixedBends, run};
use crate::worker::latent::LatentState;
use crate::worker::reach::Reach;
use crate::worker::stride::{StrideDecoder, Wants as _};
use crate::worker::tests::dice::Dice;
use crate::worker::tests::tiny_model;

/// Of the network's scale, which spans [`RANGE_DB`] on the models used here.
const TOLERANCE: f32 = 1e-5;
const RANGE_DB: f32 = 80.0;
const FRAME_SECONDS: f64 = 256.0 / 44_100.0;

fn runtime() -> &'static Runtime {
    Runtime::load(Resources::find().runtime_folders())
        .expect("run these tests with `cargo xtask test`")
}

fn tiny() -> Bender {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    Bender::new(&package, runtime()).unwrap()
}

fn shipped() -> Bender {
    let path = Resources::find().model("drums").unwrap();
    Bender::new(&Package::load(&path).unwrap(), runtime()).unwrap()
}

/// What a stride said.
#[derive(Default)]
struct Said {
    /// Gain and model of its frames, the one before it and those held back included, with nothing added for their level.
    raw_db: Vec<f32>,
    /// What is added to them.
    levels_db: Vec<f32>,
    /// The first frames of what was decoded, and how many windows that was.
    asked: Vec<usize>,
    decoded: u64,
}

/// A stream that is decoded stride by stride.
struct Stream {
    /// `None` while it is within a stride.
    decoder: Option<StrideDecoder>,
    mode: LatencyMode,
    index: usize,
    pending: Vec<(Controls, LatentState)>,
}

impl Stream {
    fn new(bender: &Bender, mode: LatencyMode) -> Self {
        let (stride, overlap) = (mode.stride_frames(), mode.overlap_frames());
        let decoder = StrideDecoder::new(bender, stride, overlap, FRAME_SECONDS).unwrap();
        Self {
            decoder: Some(decoder),
            mode,
            index: 0,
            pending: Vec::new(),
        }
    }

    /// The reach of its strides with the model of `bender`.
    fn reach(&self, bender: &Bender) -> Reach {
        let (stride, overlap) = (self.mode.stride_frames(), self.mode.overlap_frames());
        Reach::new(stride, overlap, bender.manifest().last_seen_frame)
    }

    /// Frames of the last stride, those held back included.
    fn frames(&self) -> usize {
        self.decoder.as_ref().unwrap().parts.frames.count()
    }

    /// Takes a frame; returns what its stride said if it ends one.
    fn push(
        &mut self,
        magnitudes: &[f32],
        controls: Controls,
        bender: &mut Bender,
    ) -> Option<Said> {
        let index = self.index as i64;
        let mut decoder = self.decoder.take().unwrap();
        let state = decoder.push(index, magnitudes, &controls);
        self.pending.push((controls, state));
        self.index += 1;
        if !self.index.is_multiple_of(self.mode.stride_frames()) {
            self.decoder = Some(decoder);
            return None;
        }
        let moments = self
            .pending
            .iter()
            .map(|(controls, state)| (controls, *state));
        let fixed = FixedBends::default();
        let mut prepared = decoder.prepare(index, moments, &fixed, bender).unwrap();
        let before = bender.windows().decoded;
        let mut wanted: Vec<_> = prepared.wanted().collect();
        let mut said = Said {
            asked: wanted.iter().map(|batches| batches.first_frame()).collect(),
            ..Said::default()
        };
        run(&mut wanted, bender, &PoolThread::of_a_test()).unwrap();
        said.decoded = bender.windows().decoded - before;
        let mut emitting = prepared.complete();
        for frame in 0..=emitting.parts.frames.newest() {
            emitting.parts.read(emitting.stride, frame);
            let level = emitting.parts.level(frame);
            let raw = |frame: &[f32], level_db: f32| -> Vec<f32> {
                frame.iter().map(|db| db - level_db).collect()
            };
            said.raw_db.extend(raw(emitting.gain_db(), level.gain_db));
            said.raw_db.extend(raw(emitting.model_db(), level.model_db));
            said.levels_db.extend([level.gain_db, level.model_db]);
        }
        for _ in self
            .pending
            .drain(..self.pending.len() - self.mode.overlap_frames())
        {
            emitting.next_frame();
        }
        self.decoder = Some(emitting.end().complete());
        Some(said)
    }
}

/// Strokes over a spectrum with structure, that come and go by tens of decibels.
fn magnitudes(index: usize) -> Vec<f32> {
    let stroke = (-((index % 43) as f32) / 9.0).exp();
    let loud = if index % 500 < 250 { 0.5 } else { 0.03 };
    let bin = |bin: usize| {
        let wave = ((bin * 37 + index * 11) % 101) as f32 / 101.0;
        loud * (0.01 + stroke) * (0.1 + wave) / (1.0 + bin as f32 / 60.0)
    };
    (0..513).map(bin).collect()
}

/// Controls that rest, step and ramp at random.
struct Automation {
    dice: Dice,
    layers: usize,
    now: Controls,
    /// What is added to the amount of the first slot in every frame.
    slope: f32,
}

impl Automation {
    fn new(seed: u64, layers: usize) -> Self {
        Self {
            dice: Dice(seed),
            layers,
            now: Controls {
                voice: 1.0,
                ..Controls::default()
            },
            slope: 0.0,
        }
    }

    fn slot(&mut self) -> BendFrame {
        let dice = &mut self.dice;
        let mut slot = BendFrame {
            share: dice.share(),
            amount: dice.share(),
            parameters: [2.0 * dice.share(), dice.share()],
            ..BendFrame::default()
        };
        slot.target.layer = dice.below(self.layers + 1) as u16;
        let kinds = TransformKind::ALL;
        slot.target.transform = kinds[dice.below(kinds.len())];
        slot
    }

    fn frame(&mut self) -> Controls {
        match self.dice.below(250) {
            0 => self.now.slots[0] = self.slot(),
            1 => self.now.slots[1] = self.slot(),
            2 => self.now.slots[self.dice.below(2)].amount = 0.0,
            3 => self.slope = 0.02 * (self.dice.share() - 0.5),
            4 => self.slope = 0.0,
            5 => self.now.latent.freeze ^= true,
            6 => {
                let dice = &mut self.dice;
                self.now.latent = LatentPlay {
                    source: LatentSource::ALL[dice.below(2)],
                    seed: dice.below(3) as u32,
                    blend: [0.0, dice.share()][dice.below(2)],
                    rate_hz: 1.0,
                    ..self.now.latent
                }
            }
            7 => {
                let dice = &mut self.dice;
                self.now.weights[0] = WeightFrame {
                    layer: 1 + dice.below(4) as u16,
                    transform: WeightTransform::ALL[dice.below(6)],
                    seed: 3,
                    share: dice.share(),
                    amount: [0.0, dice.share() - 0.5][dice.below(2)],
                }
            }
            8 => self.now.shape.limits.ceiling_db = 24.0 * self.dice.share(),
            9 => self.now.auto_gain ^= true,
            _ => {}
        }
        let first = &mut self.now.slots[0];
        if first.amount > 0.0 {
            first.amount = (first.amount + self.slope).clamp(0.01, 1.0);
        }
        self.now
    }
}

/// The farthest that strides by tails are from whole windows over a random automation, in dB, and how many of them asked for less.
fn farthest(bender: &mut Bender, mode: LatencyMode, seed: u64, frames: usize) -> (f32, usize) {
    let (mut short, mut whole) = (Stream::new(bender, mode), Stream::new(bender, mode));
    whole.decoder.as_mut().unwrap().always_whole();
    let mut automation = Automation::new(seed, bender.manifest().layers.len());
    let (mut farthest, mut saved) = (0.0_f32, 0);
    for index in 0..frames {
        let (frame, controls) = (magnitudes(index), automation.frame());
        let said = short.push(&frame, controls, bender);
        let expected = whole.push(&frame, controls, bender);
        let (Some(said), Some(expected)) = (said, expected) else {
            continue;
        };
        assert_eq!(said.raw_db.len(), expected.raw_db.len());
        saved += usize::from(said.asked != expected.asked);
        for (a, b) in said.raw_db.iter().zip(&expected.raw_db) {
            let apart = (a - b).abs();
            assert!(
                apart <= TOLERANCE * RANGE_DB,
                "{mode:?}, seed {seed}, frame {index}: {a} instead of {b}"
            );
            farthest = farthest.max(apart);
        }
    }
    (farthest, saved)
}

#[test]
fn strides_by_tails_are_strides_of_whole_windows() {
    for (name, mut bender, frames, seeds) in
        [("tiny", tiny(), 1_600, 3), ("drums", shipped(), 640, 1)]
    {
        let mut tails = 0;
        for mode in LatencyMode::ALL {
            for seed in 0..seeds {
                let (farthest, saved) = farthest(&mut bender, mode, seed, frames);
                println!("{name}, {mode:?}: {farthest:e} dB apart, {saved} strides by tails");
                tails += saved;
            }
        }
        assert!(tails > 100, "{name}: {tails}");
    }
}

/// Freezes, draws and bends anew at every frame: as wild as a host can be.
fn wild(index: usize) -> Controls {
    let mut controls = bent(2, 0.2 + 0.7 * (index % 7) as f32 / 7.0);
    controls.latent = LatentPlay {
        freeze: index % 5 < 2,
        source: LatentSource::Random,
        seed: (index % 11) as u32,
        blend: 0.5,
        ..LatentPlay::default()
    };
    controls
}

#[test]
fn a_stride_that_has_no_time_for_wild_controls_asks_for_as_much_as_there_is_time_for() {
    let mut bender = tiny();
    let mut prices = Prices::default();
    prices.decoded(1, 0.01);
    prices.drawn(1, 0.01);
    let mut asked = |seconds: Option<f32>| {
        let mut stream = Stream::new(&bender, LatencyMode::Studio);
        let mut asked = Vec::new();
        for index in 0..640 {
            let allowance = seconds.map(|seconds| prices.allowance(seconds));
            let decoder = stream.decoder.as_mut().unwrap();
            decoder.allow(allowance.unwrap_or_default());
            let before = bender.windows();
            if let Some(said) = stream.push(&magnitudes(index), wild(index), &mut bender) {
                assert!(said.raw_db.iter().all(|db| db.is_finite()));
                let after = bender.windows();
                // But the sound's own window.
                asked.push(after.decoded + after.encoded - before.decoded - before.encoded - 1);
            }
        }
        asked.into_iter().max().unwrap()
    };
    let (all, some, few) = (asked(None), asked(Some(0.2)), asked(Some(0.01)));
    println!("windows asked for: {all}, {some}, {few}");
    // Of what is left so many hundredths of a second may be planned with: 13.
    assert!(all > 20 && some <= 13 && few <= 8, "{all} {some} {few}");
}

fn bent(layer: u16, amount: f32) -> Controls {
    let mut controls = Controls {
        voice: 0.5,
        ..Controls::default()
    };
    controls.slots[0].target.layer = layer;
    controls.slots[0].target.transform = TransformKind::ScalarMultiply;
    controls.slots[0].share = 0.5;
    controls.slots[0].parameters[0] = 2.0;
    controls.slots[0].amount = amount;
    controls
}

/// What the strides of a stream say whose controls `controls` gives.
fn said(
    bender: &mut Bender,
    mode: LatencyMode,
    frames: usize,
    controls: impl Fn(usize) -> Controls,
) -> Vec<Said> {
    let mut stream = Stream::new(bender, mode);
    let strides = (0..frames).map(|n| stream.push(&magnitudes(n), controls(n), bender));
    strides.flatten().collect()
}

#[test]
fn at_rest_a_stride_wants_its_tail_and_a_step_one_whole_stride() {
    let mut bender = tiny();
    let last = bender.manifest().last_seen_frame;
    for mode in LatencyMode::ALL {
        let stride = mode.stride_frames();
        let reach = Stream::new(&bender, mode).reach(&bender);
        let (tail, surveyed) = (reach.first(last), reach.first_surveyed(last));
        // Steps lie where no two strides see them: before what is held back of their own stride; and farther apart than surveys are.
        let far = if mode == LatencyMode::Direct { 2 } else { 1 };
        let [second, third, off] = [4, 9, 14].map(|place| place * far);
        let controls = |frame: usize| match frame / stride {
            place if place < second => bent(1, 1.0),
            place if place < third => bent(2, 1.0),
            place if place < off => bent(2, 0.3),
            _ => bent(2, 0.0),
        };
        let asked: Vec<_> = said(&mut bender, mode, 20 * far * stride, controls)
            .into_iter()
            .map(|said| (said.asked, said.decoded))
            .collect();
        // In Direct the frame to join at lies in the stride before the last.
        let joined = if mode == LatencyMode::Direct { 1 } else { 0 };
        for (place, (first, decoded)) in asked.iter().enumerate() {
            // To the clean item there is nothing new when a bend goes off.
            let whole = [0, second, third].contains(&place);
            let expected = if whole { surveyed } else { tail };
            assert_eq!(first[..], [expected], "{mode:?}, stride {place}");
            let steps = [second, third].into_iter();
            let items = match place {
                0 => 2,
                _ if steps
                    .map(|step| place.wrapping_sub(step))
                    .any(|after| after <= joined) =>
                {
                    3
                }
                _ if place > off + joined => 1,
                _ => 2,
            };
            assert!(
                *decoded == items || mode == LatencyMode::Studio,
                "{mode:?}, stride {place}: {decoded} windows"
            );
        }
    }
}

#[test]
fn a_ramp_in_live_wants_a_whole_stride_in_four() {
    let mut bender = tiny();
    let controls = |frame: usize| bent(1, 0.1 + 0.8 * (frame.min(400) as f32 / 400.0));
    let asked = said(&mut bender, LatencyMode::Live, 600, controls);
    let whole: Vec<usize> = (0..asked.len())
        .filter(|&place| asked[place].asked == [0])
        .collect();
    let expected: Vec<usize> = (0..=100).step_by(4).collect();
    assert!(whole.starts_with(&expected[..25]), "{whole:?}");
    // And once where it has ended.
    assert!(
        whole.len() <= 27 && *whole.last().unwrap() < 106,
        "{whole:?}"
    );
}

#[test]
fn a_resting_freeze_is_decoded_once() {
    let mut bender = tiny();
    for mode in LatencyMode::ALL {
        let stride = mode.stride_frames();
        let hold = 3 * 128;
        let controls = |frame: usize| {
            let mut controls = bent(1, 1.0);
            controls.latent.freeze = frame >= hold;
            if frame >= 6 * 128 {
                controls.slots[0].amount = 0.5;
            }
            controls
        };
        let strides = said(&mut bender, mode, 9 * 128, controls);
        let loops: Vec<usize> = (0..strides.len())
            .filter(|&place| strides[place].asked.len() > 1)
            .collect();
        assert_eq!(loops, [hold / stride, 6 * 128 / stride], "{mode:?}");
        // Beside it, the clean item is decoded in every stride.
        let after = hold / stride + 2..6 * 128 / stride;
        assert!(strides[after].iter().all(|said| said.decoded == 1));
    }
}

/// How far auto gain and match are from those of whole windows.
#[derive(Default)]
struct Apart {
    /// The farthest auto gain and match at rest.
    rest: [f32; 2],
    /// Their mean squares, and of how many frames.
    squares: [f32; 2],
    count: f32,
    /// The farthest of either where a stride is surveyed.
    step: f32,
}

impl Apart {
    fn rms(&self) -> [f32; 2] {
        self.squares.map(|sum| (sum / self.count.max(1.0)).sqrt())
    }
}

/// Levels by strides against those of whole windows: a bend that rests, and halfway a step.
fn apart(
    bender: &mut Bender,
    mode: LatencyMode,
    frames: &[Vec<f32>],
    layer: u16,
    transform: TransformKind,
) -> Apart {
    let (mut short, mut whole) = (Stream::new(bender, mode), Stream::new(bender, mode));
    whole.decoder.as_mut().unwrap().always_whole();
    let half = frames.len() / 128 * 64;
    let reach = short.reach(bender);
    let surveys_from = reach.first_surveyed(bender.manifest().last_seen_frame);
    let mut apart = Apart::default();
    let mut steps = 0;
    for (index, frame) in frames.iter().enumerate() {
        let mut controls = bent(layer, if index < half { 1.0 } else { 0.6 });
        controls.slots[0].target.transform = transform;
        let said = short.push(frame, controls, bender);
        let expected = whole.push(frame, controls, bender);
        let (Some(said), Some(expected)) = (said, expected) else {
            continue;
        };
        let surveyed = said.asked == [surveys_from];
        steps += usize::from(surveyed);
        let levels = said.levels_db.chunks_exact(2);
        let levels = levels.zip(expected.levels_db.chunks_exact(2));
        let first = (index + 1).saturating_sub(short.frames());
        for (frame, (a, b)) in (first..).zip(levels.skip(reach.before)) {
            let auto = (a[0] - b[0]).abs();
            let own = (a[1] - a[0] - b[1] + b[0]).abs();
            if surveyed && (frame >= half || index < half) {
                apart.step = apart.step.max(auto).max(own);
                continue;
            }
            for (place, db) in [auto, own].into_iter().enumerate() {
                apart.rest[place] = apart.rest[place].max(db);
                apart.squares[place] += db * db;
            }
            apart.count += 1.0;
        }
    }
    assert_eq!(steps, 2);
    apart
}

/// Spectra of `samples`, whose hops are whole.
fn spectra(samples: &[f32], rate: f32) -> Vec<Vec<f32>> {
    let geometry = netbend_dsp::StftGeometry::for_sample_rate(rate).unwrap();
    let spectra = netbend_dsp::spectrogram::analyze(samples, geometry).unwrap();
    let rows = spectra.rows().into_iter();
    rows.map(|row| row.iter().map(|x| x.norm()).collect())
        .collect()
}

/// The network is louder at some places of a window than at others. Strides measure what is heard, so they need not agree with the mean of a
/// window to the last tenth of a decibel; they do where a state begins.
#[test]
fn levels_by_strides_are_near_those_of_whole_windows() {
    const RATE: f32 = 44_100.0;
    const SECONDS: f32 = 3.0;
    let mut bender = shipped();
    let drums = spectra(&netbend_dsp::signal::drum_loop(RATE, SECONDS, 3), RATE);
    let tone = netbend_dsp::signal::sine(RATE, SECONDS, 440.0, 0.3);
    let tone = spectra(&tone, RATE);
    for mode in LatencyMode::ALL {
        // A survey of Direct hears half a window, so its level is that of the last 0.4 s.
        let step_db = match mode {
            LatencyMode::Direct => 0.5,
            _ => 1e-3,
        };
        for (name, frames, rms_db) in [("drums", &drums, 0.5), ("tone", &tone, 0.1)] {
            let scale = TransformKind::ScalarMultiply;
            let apart = apart(&mut bender, mode, frames, 2, scale);
            let [auto_db, match_db] = apart.rms();
            println!(
                "{mode:?}, {name}: auto {auto_db:.3} dB rms, {:.3} at most; match {match_db:.3} and {:.3}; {:e} at a step",
                apart.rest[0], apart.rest[1], apart.step
            );
            assert!(apart.step < step_db && auto_db < rms_db);
        }
    }
}
