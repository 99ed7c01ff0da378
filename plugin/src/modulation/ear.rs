//! What a follower hears, as a value that moves from hop to hop.

use netbend_dsp::number::{nearest_f32, nearest_f64};
use netbend_dsp::transient::OnsetDetector;
use netbend_models::bends::modulation::{Follower, FollowerMode};

use super::band::{Band, Memory};
use crate::stream::source::MAX_CHANNELS;

/// The level that is 0, in dB of the mean power; full scale is 1.
const QUIETEST_DB: f64 = -48.0;
/// Less power than of any sound that counts.
const LEAST_POWER: f64 = 1e-12;
/// A value below is 0.
const LEAST_VALUE: f32 = 1e-6;

/// Attacks of some sound.
#[derive(Debug)]
pub(super) struct Attacks {
    before: [f64; MAX_CHANNELS],
    detector: OnsetDetector,
    has_come: bool,
}

impl Attacks {
    pub(super) fn new(sample_rate: f32) -> Self {
        Self {
            before: [0.0; MAX_CHANNELS],
            detector: OnsetDetector::new(sample_rate),
            has_come: false,
        }
    }

    /// Hears one sample of each channel. The difference of neighbours stands for the high end, where attacks are plainest.
    pub(super) fn push(&mut self, sample: [f64; MAX_CHANNELS]) {
        let mut energy = 0.0;
        for (before, x) in self.before.iter_mut().zip(sample) {
            energy += (x - *before) * (x - *before);
            *before = x;
        }
        self.has_come |= self.detector.push(nearest_f32(energy));
    }

    /// Whether one has come since the last question.
    pub(super) fn take(&mut self) -> bool {
        std::mem::take(&mut self.has_come)
    }

    pub(super) fn reset(&mut self) {
        self.before = [0.0; MAX_CHANNELS];
        self.detector.reset();
        self.has_come = false;
    }
}

/// One follower's ear.
#[derive(Debug)]
pub(super) struct Ear {
    sample_rate: f32,
    /// The edges that the band was made for.
    edges: [f32; 2],
    band: Band,
    memory: [Memory; MAX_CHANNELS],
    attacks: Attacks,
    /// Of the samples since the last hop's end, all channels together.
    energy: f64,
    samples: usize,
    value: f32,
    is_rising: bool,
}

impl Ear {
    pub(super) fn new(sample_rate: f32) -> Self {
        Self {
            sample_rate,
            edges: [0.0; 2],
            band: Band::default(),
            memory: [Memory::default(); MAX_CHANNELS],
            attacks: Attacks::new(sample_rate),
            energy: 0.0,
            samples: 0,
            value: 0.0,
            is_rising: false,
        }
    }

    pub(super) fn reset(&mut self) {
        self.memory = [Memory::default(); MAX_CHANNELS];
        self.attacks.reset();
        (self.energy, self.samples) = (0.0, 0);
        (self.value, self.is_rising) = (0.0, false);
    }

    /// Hears samples, one of each channel at a time.
    pub(super) fn hear(
        &mut self,
        follower: &Follower,
        samples: impl Iterator<Item = [f64; MAX_CHANNELS]>,
    ) {
        let edges = [follower.band_low_hz, follower.band_high_hz];
        if self.edges != edges {
            self.edges = edges;
            self.band = Band::new(edges[0], edges[1], self.sample_rate);
            self.memory = [Memory::default(); MAX_CHANNELS];
        }
        for mut sample in samples {
            for (x, memory) in sample.iter_mut().zip(&mut self.memory) {
                *x = self.band.pass(memory, *x);
                self.energy += *x * *x;
            }
            match follower.mode {
                FollowerMode::Level => {}
                FollowerMode::Attacks => self.attacks.push(sample),
            }
            self.samples += 1;
        }
    }

    /// The value, 0–1, at the end of a hop; `channels` say how many there are.
    pub(super) fn end_hop(&mut self, follower: &Follower, channels: usize) -> f32 {
        if self.samples == 0 {
            return self.value;
        }
        let seconds = nearest_f64(self.samples) / f64::from(self.sample_rate);
        let power = self.energy / nearest_f64(self.samples * channels.max(1));
        (self.energy, self.samples) = (0.0, 0);
        self.memory.iter_mut().for_each(Memory::settle);
        let attack = f64::from(follower.attack_ms) / 1_000.0;
        let release = f64::from(follower.release_ms) / 1_000.0;
        match follower.mode {
            FollowerMode::Level => {
                let level_db = 10.0 * power.max(LEAST_POWER).log10() + f64::from(follower.gain_db);
                let goal = nearest_f32((1.0 - level_db / QUIETEST_DB).clamp(0.0, 1.0));
                let constant = if goal > self.value { attack } else { release };
                self.value += share(seconds, constant) * (goal - self.value);
            }
            FollowerMode::Attacks => {
                self.is_rising |= self.attacks.take();
                if self.is_rising {
                    let step = if attack > 0.0 { seconds / attack } else { 1.0 };
                    self.value = (self.value + nearest_f32(step)).min(1.0);
                    self.is_rising = self.value < 1.0;
                } else {
                    self.value -= share(seconds, release) * self.value;
                }
            }
        }
        if self.value < LEAST_VALUE {
            self.value = 0.0;
        }
        self.value
    }
}

/// How much of the way to its goal a value goes in `seconds`.
fn share(seconds: f64, constant: f64) -> f32 {
    match constant > 0.0 {
        true => nearest_f32(1.0 - (-seconds / constant).exp()),
        false => 1.0,
    }
}
