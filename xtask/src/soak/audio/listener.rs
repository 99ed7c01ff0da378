//! One instance on the audio thread: what it is given, and what is heard of it.

use std::f64::consts::TAU;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use netbend_dsp::signal::{drum_loop_stereo, noise};
use netbend_tests::host::HostError;
use netbend_tests::measure::delay;
use netbend_tests::sounding::Change;

use super::super::voice::Lent;
use super::super::{BLOCK, HOP, RATE};
use super::{Heard, Told};

/// Length of the loops.
const LOOP_SECONDS: f32 = 8.0;
/// So loud is the noise in them: they are never silent, or dry and bent would be the same there.
const NOISE: f32 = 1e-3;
/// The amount swings once in so many blocks, and never down to where nothing is bent.
const SWING_BLOCKS: f64 = 3_000.0;
const LEAST_AMOUNT: f64 = 0.3;
/// Changes of parameters in a block of a storm.
const STORM: usize = 24;
/// How much is listened to for an offset, and how far off it is looked for.
const LISTENED: usize = 2 * RATE as usize;
const FARTHEST: usize = 1_000;
/// What a straight line may be away from itself, and how far from the input it begins at least.
const STRAIGHT: f32 = 2e-6;
const APART: f32 = 1e-4;

/// What went in, and what came out when that was due.
pub struct Record {
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Record {
    /// How many samples the output is late. Takes a moment.
    pub fn offset(&self) -> i64 {
        let output = [&vec![0.0; FARTHEST], &self.output[..]].concat();
        let found = delay(&self.input, &output, 0..=2 * FARTHEST);
        found as i64 - FARTHEST as i64
    }
}

/// An instance that plays.
pub struct Voice {
    lent: Lent,
    dry: [Vec<f32>; 2],
    random: u64,
    block: u64,
    scratch: [[f32; BLOCK]; 2],
    hop: [[f32; HOP]; 2],
    changes: Vec<Change>,
    /// What came out lately, one channel, while an offset is looked for.
    recorded: Vec<f32>,
    recorded_from: u64,
    heard: Heard,
}

impl Voice {
    pub fn new(lent: Lent, seed: u64) -> Self {
        let own = seed.wrapping_mul(1_000).wrapping_add(lent.number as u64);
        let mut dry = drum_loop_stereo(RATE as f32, LOOP_SECONDS, 3 + own);
        for (place, channel) in dry.iter_mut().enumerate() {
            channel.truncate(channel.len() / HOP * HOP);
            let hiss = noise(RATE as f32, LOOP_SECONDS, NOISE, own + place as u64);
            channel
                .iter_mut()
                .zip(hiss)
                .for_each(|(x, hiss)| *x += hiss);
        }
        Self {
            lent,
            dry,
            random: own.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            block: 0,
            scratch: [[0.0; BLOCK]; 2],
            hop: [[0.0; HOP]; 2],
            changes: Vec::with_capacity(STORM + 1),
            recorded: Vec::with_capacity(LISTENED),
            recorded_from: 0,
            heard: Heard::default(),
        }
    }

    /// Plays the next block.
    pub fn play(&mut self, told: &Told) -> Result<(), HostError> {
        self.changes.clear();
        let storm = told.storm.load(Ordering::Relaxed);
        if storm > 0 {
            told.storm.store(storm - 1, Ordering::Relaxed);
            self.storm();
        } else if self.block.is_multiple_of(8) {
            let turn = TAU * self.block as f64 / SWING_BLOCKS;
            let share = LEAST_AMOUNT + (1.0 - LEAST_AMOUNT) * (0.5 + 0.5 * turn.sin());
            self.changes.push(Change {
                offset: (self.block % BLOCK as u64) as u32,
                param: self.lent.amount.id,
                value: self.lent.amount.at(share),
            });
        }
        let start = self.block as usize * BLOCK;
        let place = start % self.dry[0].len();
        for (copy, dry) in self.scratch.iter_mut().zip(&self.dry) {
            copy.copy_from_slice(&dry[place..place + BLOCK]);
        }
        let part = start % HOP..start % HOP + BLOCK;
        let [left, right] = &mut self.hop;
        let [left_in, right_in] = &mut self.scratch;
        self.lent.half.play(
            [left_in, right_in],
            [&mut left[part.clone()], &mut right[part]],
            &self.changes,
        )
    }

    fn storm(&mut self) {
        for n in 0..STORM {
            let place = (self.draw() * self.lent.params.len() as f64) as usize;
            let share = self.draw();
            let param = self.lent.params[place.min(self.lent.params.len() - 1)];
            self.changes.push(Change {
                offset: (n * BLOCK / STORM) as u32,
                param: param.id,
                value: param.at(share),
            });
        }
    }

    /// A number from 0 to 1 (xorshift).
    fn draw(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Listens to what came out.
    pub fn listen(&mut self, told: &Told) {
        let start = self.block * BLOCK as u64;
        self.block += 1;
        self.listen_for_offset(start, told);
        let end = start as usize + BLOCK;
        if !end.is_multiple_of(HOP) {
            return;
        }
        let samples = self.hop.iter().flatten();
        let (finite, loudest) = samples.fold((true, 0.0_f32), |(finite, loudest), x| {
            (finite && x.is_finite(), loudest.max(x.abs()))
        });
        self.heard.not_finite += usize::from(!finite);
        self.heard.loudest = self.heard.loudest.max(loudest);
        self.heard.hops += 1;
        // Until the latency is over there is nothing to compare with.
        let Some(begin) = (end - HOP).checked_sub(self.lent.latency) else {
            return;
        };
        let place = begin % self.dry[0].len();
        if self.is_missed(place) {
            self.heard.missed += 1;
            told.missed.store(self.heard.missed, Ordering::Relaxed);
        } else {
            told.bends.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the hop is the aligned input, or goes to it in a straight line.
    fn is_missed(&self, place: usize) -> bool {
        let pairs = || self.hop.iter().zip(&self.dry);
        let same = pairs().all(|(out, dry)| out[..] == dry[place..place + HOP]);
        let straight = || {
            pairs().all(|(out, dry)| {
                let apart = |n: usize| out[n] - dry[place + n];
                let line = |n: usize| apart(0) * (1.0 - n as f32 / HOP as f32);
                apart(0).abs() > APART && (1..HOP).all(|n| (apart(n) - line(n)).abs() < STRAIGHT)
            })
        };
        same || straight()
    }

    fn listen_for_offset(&mut self, start: u64, told: &Told) {
        if !told.listen.load(Ordering::Relaxed) {
            return;
        }
        if self.recorded.is_empty() {
            self.recorded_from = start;
        }
        let part = start as usize % HOP;
        self.recorded
            .extend_from_slice(&self.hop[0][part..part + BLOCK]);
        if self.recorded.len() < LISTENED {
            return;
        }
        told.listen.store(false, Ordering::Relaxed);
        // What is due at the record's beginning. A latency is shorter than a loop.
        let dry = &self.dry[0];
        let from = self.recorded_from as usize + dry.len() - self.lent.latency;
        let record = Record {
            input: (0..LISTENED).map(|n| dry[(from + n) % dry.len()]).collect(),
            output: std::mem::take(&mut self.recorded),
        };
        *told.record.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
    }

    pub fn took(&mut self, passed: Duration, worked: Duration) {
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.heard.passed.saturating_record(nanoseconds(passed));
        self.heard.worked.saturating_record(nanoseconds(worked));
    }

    pub fn was_late(&mut self) {
        self.heard.late += 1;
    }

    pub fn forget(&mut self) {
        self.heard = Heard::default();
    }

    pub fn heard(self, urgent: bool) -> Heard {
        Heard {
            urgent,
            ..self.heard
        }
    }
}
