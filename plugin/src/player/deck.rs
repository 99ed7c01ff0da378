//! The player's end on the audio thread: plays the loop, and tapes what goes out.
//!
//! # Real-time safety
//! Nothing here allocates, frees, locks, waits or panics: loops come and go through queues, what is taped goes through a ring.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use netbend_dsp::decibel::db_to_amplitude;
use ringbuf::traits::{Producer as _, Split as _};
use ringbuf::{HeapProd, HeapRb};

use super::cycle::Loop;
use super::handle::Player;

/// Frames that wait to be taken: two seconds at the highest usual rate.
const TAPE_FRAMES: usize = 2 * 192_000;
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
    /// A player without a loop, and its deck.
    pub fn with_player() -> (Arc<Player>, Self) {
        let (tape, taken) = HeapRb::new(TAPE_FRAMES).split();
        let player = Arc::new(Player::new(taken));
        let deck = Self {
            player: Arc::clone(&player),
            turning: None,
            place: 0,
            gain: 0.0,
            tape,
        };
        (player, deck)
    }

    /// Says how many samples a second has from now on.
    pub fn set_sample_rate(&self, rate: f32) {
        self.player.rate.store(rate.to_bits(), Ordering::Relaxed);
    }

    /// Tapes what goes out: `[channel][sample]` of a block.
    pub fn tape(&mut self, channels: &[&mut [f32]]) {
        let frames = channels.first().map_or(0, |channel| channel.len());
        let taken = self.tape.push_iter(taped(channels));
        let missed = frames.saturating_sub(taken);
        self.player.lost.fetch_add(missed as u64, Ordering::Relaxed);
    }

    /// Puts the loop in place of `channels` while it plays. Where another loop comes, what plays fades first.
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

/// Left and right of every frame; one channel is both.
fn taped(channels: &[&mut [f32]]) -> impl Iterator<Item = [f32; 2]> {
    let side = |side: usize| {
        let channel = channels.get(side).or(channels.first());
        channel.map_or(&[][..], |channel| &channel[..]).iter()
    };
    side(0).zip(side(1)).map(|(left, right)| [*left, *right])
}

fn put(channel: &mut [f32], frame: usize, sample: f32) {
    if let Some(place) = channel.get_mut(frame) {
        *place = sample;
    }
}
