//! The model's side of a stream: hops are heard until a block is whole, and lanes play it. Pool threads.

use super::converter::Converter;
use super::lane::{Lane, Played};
use super::program::Programs;
use super::sound_bend::SoundBend;
use crate::exchange::Frame;
use crate::worker::listening::Listening;

/// The model's side of a stream.
pub(super) struct Network {
    /// One for each channel that goes in.
    pub(super) inward: Vec<Converter>,
    /// What waits for a block to be whole, at the model's rate.
    pub(super) waiting: Vec<Vec<f32>>,
    /// One for each channel that comes out.
    pub(super) outward: Vec<[Converter; 2]>,
    pub(super) lanes: Vec<Lane>,
    pub(super) programs: Programs,
    pub(super) sound_bend: SoundBend,
    pub(super) channels_in: usize,
    pub(super) channels_out: usize,
    pub(super) block: usize,
}

impl Network {
    /// Hears a hop. Whether a block is whole with it.
    pub(super) fn hear(&mut self, frame: &Frame, channels: usize) -> bool {
        let source = match frame.controls.sidechain {
            true => &frame.sidechain_samples,
            false => &frame.samples,
        };
        let linked = Listening::of(&frame.controls, channels) != Listening::Dual;
        let [left, right] = source;
        let mid: Vec<f32> = match channels {
            1 => left.clone(),
            _ => left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)).collect(),
        };
        let channels_in = self.channels_in;
        let heard = |channel: usize| match (channels, channels_in) {
            // Both channels of a stereo model hear a mono stream.
            (1, _) => &mid,
            (_, 1) if linked && channel == 0 => &mid,
            _ if channel == 0 => left,
            _ => right,
        };
        let ways = self.inward.iter_mut().zip(&mut self.waiting);
        for (channel, (converter, waiting)) in ways.enumerate() {
            converter.push(heard(channel), waiting);
        }
        self.is_whole()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.waiting
            .iter()
            .all(|waiting| waiting.len() >= self.block)
    }

    /// So many streams are played from now on. A second one has heard what the first has.
    pub(super) fn set_lanes(&mut self, count: usize) {
        self.lanes.truncate(count);
        while self.lanes.len() < count {
            match self.lanes.first().map(Lane::copied) {
                Some(lane) => self.lanes.push(lane),
                None => return,
            }
        }
    }

    /// The block of one lane, `[channel, sample]`.
    pub(super) fn block_of(
        waiting: &[Vec<f32>],
        channels: usize,
        lane: usize,
        block: usize,
    ) -> Vec<f32> {
        let own = waiting.iter().skip(lane).take(channels);
        own.flat_map(|waiting| waiting.iter().take(block).copied())
            .collect()
    }

    /// What waits is forgotten; what was heard is not.
    pub(super) fn begin(&mut self) {
        self.waiting.iter_mut().for_each(Vec::clear);
        self.inward.iter_mut().for_each(Converter::reset);
        self.outward.iter_mut().flatten().for_each(Converter::reset);
    }
}

/// One channel of what was played: a lane's own, or one of its two; where a stereo model plays for one channel, both as one.
pub(super) fn channel_of(
    played: &[Played],
    part: fn(&Played) -> &Vec<f32>,
    channel: usize,
    channels: usize,
    block: usize,
) -> Vec<f32> {
    let lanes: Vec<_> = played.iter().map(part).collect();
    let (Some(first), last) = (lanes.first(), lanes.last()) else {
        return vec![0.0; block];
    };
    match (lanes.len(), first.len() / block.max(1), channels) {
        (1, 1, _) => (*first).clone(),
        (1, _, 1) => {
            let (left, right) = first.split_at(block.min(first.len()));
            left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)).collect()
        }
        (1, _, _) => first
            .iter()
            .skip(channel * block)
            .take(block)
            .copied()
            .collect(),
        _ => match (channel, last) {
            (0, _) | (_, None) => (*first).clone(),
            (_, Some(last)) => (*last).clone(),
        },
    }
}
