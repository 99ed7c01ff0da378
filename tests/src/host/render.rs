//! Playing a sound through a plugin, with automation, in blocks of any size.

use std::time::{Duration, Instant};

use clack_host::events::event_types::ParamValueEvent;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::params::{change, param_id};
use super::{HostError, Plugin, Sidechain};
use crate::audio::Audio;
use crate::notes::{Note, of_block};

/// How a sound is cut into blocks.
#[derive(Clone, Copy, Debug)]
pub enum Blocks {
    /// All of one size but the last.
    Fixed(usize),
    /// The same, each no sooner than a device would ask for it.
    Paced(usize),
    /// Of 1 to `longest` samples each, drawn with a seed.
    Random {
        /// The longest block.
        longest: usize,
        /// The seed.
        seed: u64,
    },
}

/// A parameter takes a value at a sample of the input.
#[derive(Clone, Debug)]
pub struct Point {
    /// The sample of the input.
    pub sample: usize,
    /// The host's number for the parameter.
    pub param: u32,
    /// The value, in the host's range.
    pub value: f64,
}

/// Parameter changes and notes over a sound.
#[derive(Clone, Debug, Default)]
pub struct Automation {
    pub(crate) points: Vec<Point>,
    pub(crate) notes: Vec<Note>,
}

impl Automation {
    /// Adds one change of the parameter with an id such as `slot_amount_1`.
    pub fn at(self, sample: usize, param: &str, value: f64) -> Self {
        self.at_number(sample, param_id(param), value)
    }

    /// Adds one change of the parameter with CLAP's number `param`.
    pub fn at_number(mut self, sample: usize, param: u32, value: f64) -> Self {
        let after = self.points.partition_point(|point| point.sample <= sample);
        self.points.insert(
            after,
            Point {
                sample,
                param,
                value,
            },
        );
        self
    }

    /// Adds notes; those are to be in order of time.
    pub fn with_notes(mut self, notes: &[Note]) -> Self {
        self.notes.extend_from_slice(notes);
        self
    }

    /// Adds a curve: `value(t)` for `t` from 0 to 1 over `samples` samples, every `step` samples.
    pub fn curve(
        mut self,
        param: &str,
        samples: usize,
        step: usize,
        value: impl Fn(f64) -> f64,
    ) -> Self {
        for sample in (0..samples).step_by(step) {
            self = self.at(sample, param, value(sample as f64 / samples as f64));
        }
        self
    }
}

impl Plugin {
    /// Plays `input` through the plugin, then silence, until as much has come out as went in after
    /// the latency it reports. What comes back is as long as `input` and lines up with it.
    ///
    /// # Errors
    /// If the plugin fails.
    pub fn render(
        &mut self,
        input: &Audio,
        blocks: Blocks,
        automation: &Automation,
    ) -> Result<Audio, HostError> {
        self.render_with_latency(input, blocks, automation)
            .map(|(whole, latency)| compensated(whole, latency, input))
    }

    /// Like [`Plugin::render`], with a sidechain as long as the input and of as many channels, silent after its end.
    ///
    /// # Errors
    /// If the plugin fails.
    pub fn render_beside(
        &mut self,
        input: &Audio,
        sidechain: &Audio,
        blocks: Blocks,
        automation: &Automation,
    ) -> Result<Audio, HostError> {
        self.play(input, Some(sidechain), blocks, automation)
            .map(|(whole, latency)| compensated(whole, latency, input))
    }

    /// Like [`Plugin::render`], but keeps the latency at the start and says how long it is
    /// reported to be, in samples.
    ///
    /// # Errors
    /// If the plugin fails.
    pub fn render_with_latency(
        &mut self,
        input: &Audio,
        blocks: Blocks,
        automation: &Automation,
    ) -> Result<(Audio, usize), HostError> {
        self.play(input, None, blocks, automation)
    }

    fn play(
        &mut self,
        input: &Audio,
        sidechain: Option<&Audio>,
        blocks: Blocks,
        automation: &Automation,
    ) -> Result<(Audio, usize), HostError> {
        self.deactivate();
        self.set_channels(input.channels.len() as u32)?;
        self.activate(f64::from(input.sample_rate), blocks.longest() as u32)?;
        let latency = self.latency()?;

        let total = input.samples() + latency;
        let pad = |audio: &Audio| {
            let mut padded = audio.clone();
            let channels = padded.channels.iter_mut();
            channels.for_each(|channel| channel.resize(total, 0.0));
            padded
        };
        let (padded, sidechain) = (pad(input), sidechain.map(pad));
        let mut output = Audio::silence(input.sample_rate, input.channels.len(), total);

        let mut sizes = blocks.sizes();
        let mut points = automation.points.iter().peekable();
        let began = Instant::now();
        let mut start = 0;
        while start < total {
            let end = total.min(start + sizes());
            let mut changes: Vec<ParamValueEvent> = Vec::new();
            while let Some(point) = points.next_if(|point| point.sample < end) {
                let offset = point.sample.saturating_sub(start);
                changes.push(change(point.param, point.value, offset as u32)?);
            }
            let block: Vec<&[f32]> = padded
                .channels
                .iter()
                .map(|channel| &channel[start..end])
                .collect();
            let mut rendered: Vec<&mut [f32]> = output
                .channels
                .iter_mut()
                .map(|channel| &mut channel[start..end])
                .collect();
            let beside: Vec<&[f32]> = sidechain
                .iter()
                .flat_map(|audio| &audio.channels)
                .map(|channel| &channel[start..end])
                .collect();
            let beside = match sidechain {
                Some(_) => Sidechain::Connected(&beside),
                None => Sidechain::Unconnected,
            };
            let notes = of_block(&automation.notes, start, end);
            self.process_playing(&block, beside, &mut rendered, &changes, &notes)?;
            self.pump()?;
            blocks.wait(began, end, input.sample_rate);
            start = end;
        }
        self.deactivate();
        Ok((output, latency))
    }
}

/// What came out of the plugin without its latency.
fn compensated(whole: Audio, latency: usize, input: &Audio) -> Audio {
    let compensated = whole.skip(latency);
    debug_assert_eq!(compensated.samples(), input.samples());
    compensated
}

impl Blocks {
    pub(crate) fn longest(self) -> usize {
        match self {
            Self::Fixed(size) | Self::Paced(size) => size,
            Self::Random { longest, .. } => longest,
        }
    }

    /// Waits until sample `end` has been heard, where blocks are paced; the first came at `began`.
    pub(crate) fn wait(self, began: Instant, end: usize, sample_rate: u32) {
        if let Self::Paced(_) = self {
            let due = Duration::from_secs_f64(end as f64 / f64::from(sample_rate));
            std::thread::sleep(due.saturating_sub(began.elapsed()));
        }
    }

    /// Draws one block size after the other.
    pub(crate) fn sizes(self) -> Box<dyn FnMut() -> usize> {
        match self {
            Self::Fixed(size) | Self::Paced(size) => Box::new(move || size),
            Self::Random { longest, seed } => {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                Box::new(move || random.random_range(1..=longest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_kept_in_order_of_time_and_of_addition() {
        let automation = Automation::default()
            .at(20, "b", 0.0)
            .at(10, "a", 0.0)
            .at(20, "c", 0.0)
            .curve("d", 30, 15, |t| t);
        let order: Vec<_> = automation
            .points
            .iter()
            .map(|p| (p.sample, p.param))
            .collect();
        let expected = [(0, "d"), (10, "a"), (15, "d"), (20, "b"), (20, "c")]
            .map(|(sample, param)| (sample, param_id(param)));
        assert_eq!(order, expected);
    }

    #[test]
    fn random_blocks_keep_to_their_seed_and_length() {
        let draw = |seed| {
            let mut sizes = Blocks::Random { longest: 9, seed }.sizes();
            (0..500).map(|_| sizes()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_eq!(draw(1).iter().min(), Some(&1));
        assert_eq!(draw(1).iter().max(), Some(&9));
    }
}
