//! The player's end on the audio thread: plays the loop, and tapes what goes out.
//!
//! # Real-time safety
//! Nothing here allocates, frees, locks, waits or panics: loops come and go through queues, what is taped goes through a ring.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use netbend_dsp::decibel::db_to_amplitude;
use ringbuf::HeapProd;
use ringbuf::traits::Producer as _;

use super::Player;
use super::cycle::Loop;

/// How far the gain moves in a sample: silence to full in 10 ms at 48 kHz, so that nothing clicks.
const STEP: f32 = 1.0 / 480.0;

/// Plays the loop. One for each [`Player`].
pub struct Deck {
    player: Arc<Player>,
    turning: Option<Box<Loop>>,
    place: usize,
    gain: f32,
    tape: HeapProd<[f32; 2]>,
}

impl Deck {
    pub(super) fn new(player: Arc<Player>, tape: HeapProd<[f32; 2]>) -> Self {
        Self {
            player,
            turning: None,
            place: 0,
            gain: 0.0,
            tape,
        }
    }

    /// Says how many samples a second has from now on.
    pub fn set_sample_rate(&self, rate: f32) {
        self.player.rate.store(rate.to_bits(), Ordering::Relaxed);
    }

    /// Puts the loop in place of `channels` while it plays. Where another one comes, what plays fades first.
    pub fn play(&mut self, channels: &mut [&mut [f32]]) {
        let player = &*self.player;
        let wanted = match player.plays() {
            true => db_to_amplitude(player.level_db()),
            false => 0.0,
        };
        let is_changing = !player.coming.is_empty() && !player.retired.is_full();
        if is_changing && self.gain <= 0.0 {
            self.change();
        }
        let Some(turning) = &self.turning else { return };
        let player = &*self.player;
        let wanted = match is_changing && self.gain > 0.0 {
            true => 0.0,
            false => wanted,
        };
        if wanted <= 0.0 && self.gain <= 0.0 {
            self.place = 0;
            player.place.store(0, Ordering::Relaxed);
            return;
        }
        if self.place == 0 && self.gain <= 0.0 {
            // A loop begins with its first sample, and that as loud as it is.
            self.gain = wanted;
        }
        let frames = channels.first().map_or(0, |channel| channel.len());
        for frame in 0..frames {
            self.gain += (wanted - self.gain).clamp(-STEP, STEP);
            let [left, right] = turning.frame(self.place).map(|sample| sample * self.gain);
            self.place += 1;
            if self.place >= turning.len() {
                self.place = 0;
            }
            match channels {
                [one] => put(one, frame, 0.5 * (left + right)),
                [first, second, ..] => {
                    put(first, frame, left);
                    put(second, frame, right);
                }
                [] => {}
            }
        }
        player.place.store(self.place, Ordering::Relaxed);
    }

    /// Tapes `channels` where that is wished.
    pub fn tape(&mut self, channels: &[&mut [f32]]) {
        let player = &*self.player;
        if !player.records.load(Ordering::Acquire) {
            return;
        }
        let (Some(left), Some(right)) = (channels.first(), channels.get(1).or(channels.first()))
        else {
            return;
        };
        let mut frames = left.iter().zip(right.iter()).map(|(l, r)| [*l, *r]);
        let taped = self.tape.push_iter(frames.by_ref());
        // The iterator gives up one frame more than there is room for.
        let missed = left.len().saturating_sub(taped);
        player
            .recorded
            .fetch_add(taped as u64, Ordering::Relaxed);
        player.lost.fetch_add(missed as u64, Ordering::Relaxed);
    }

    /// Takes the loop that came, and leaves the one before to be freed.
    fn change(&mut self) {
        let player = &*self.player;
        let Some(coming) = player.coming.pop() else {
            return;
        };
        player.length.store(coming.len(), Ordering::Relaxed);
        self.place = 0;
        let before = self.turning.replace(coming);
        if let Some(Err(before)) = before.map(|before| player.retired.push(before)) {
            // There was room a moment ago, and nobody else fills it.
            std::mem::forget(before);
        }
    }
}

fn put(channel: &mut [f32], frame: usize, sample: f32) {
    if let Some(place) = channel.get_mut(frame) {
        *place = sample;
    }
}
