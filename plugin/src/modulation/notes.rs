//! Notes on their way: from the sample at which they are played to the end of its hop, where they act as parameters do.

use std::collections::VecDeque;

/// Keys of a keyboard.
pub(crate) const KEYS: usize = 128;
/// Channels of notes.
const CHANNELS: usize = 16;
/// Notes that wait for the ends of their hops. Of more, the first act at once.
const MOST_WAITING: usize = 2_048;

/// A note begins or ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KeyEvent {
    /// One begins.
    On {
        /// Which, 0–127.
        key: u8,
        /// 0–15.
        channel: u8,
        /// The host's number for it, if it has one.
        id: Option<i32>,
        /// How hard it is played, 0–1; at 0 it ends.
        velocity: f32,
    },
    /// Those end that are meant: what is left out is any.
    Off {
        /// Which.
        key: Option<u8>,
        /// The channel.
        channel: Option<u8>,
        /// The host's number.
        id: Option<i32>,
    },
}

/// A note that is held: how hard it was played, and its number.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    /// 0 where it is not held.
    velocity: f32,
    id: Option<i32>,
}

/// A note and the sample at which it acts, counted from the stream's beginning.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    sample: i64,
    note: KeyEvent,
}

/// The notes of one stream.
#[derive(Debug)]
pub(crate) struct Notes {
    /// In order of their samples.
    waiting: VecDeque<Waiting>,
    /// `[key][channel]`.
    held: Box<[[Held; CHANNELS]; KEYS]>,
    /// The hardest of those that began in this hop, by key: what ends in the hop in which it began is heard for a frame.
    struck: Box<[f32; KEYS]>,
    /// How many began in this hop, by key.
    begun: Box<[u32; KEYS]>,
    has_begun: bool,
    /// The key that was played last, and how many were.
    last: Option<u8>,
    count: u32,
}

impl Notes {
    /// None. Allocates.
    pub(crate) fn new() -> Self {
        Self {
            waiting: VecDeque::with_capacity(MOST_WAITING),
            held: Box::new([[Held::default(); CHANNELS]; KEYS]),
            struck: Box::new([0.0; KEYS]),
            begun: Box::new([0; KEYS]),
            has_begun: false,
            last: None,
            count: 0,
        }
    }

    /// All end, and none waits.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics, as in all that follows.
    pub(crate) fn reset(&mut self) {
        self.waiting.clear();
        self.held.fill([Held::default(); CHANNELS]);
        self.end_hop();
    }

    /// A note is played at `sample` of the stream.
    pub(crate) fn push(&mut self, sample: i64, note: KeyEvent) {
        if self.waiting.len() >= MOST_WAITING
            && let Some(first) = self.waiting.pop_front()
        {
            self.act(first.note);
        }
        // Hosts give them in order.
        let after = self.waiting.iter().rposition(|own| own.sample <= sample);
        let place = after.map_or(0, |place| place + 1);
        self.waiting.insert(place, Waiting { sample, note });
    }

    /// Has all act that are played before `sample`; at the stream's beginning those at its first sample, too.
    pub(crate) fn advance(&mut self, sample: i64) {
        let is_due = |own: &Waiting| own.sample < sample.max(1);
        while let Some(due) = self.waiting.pop_front_if(|own| is_due(own)) {
            self.act(due.note);
        }
    }

    /// The next hop begins: what began in the last one is no news any more.
    pub(crate) fn end_hop(&mut self) {
        if self.has_begun {
            self.has_begun = false;
            self.struck.fill(0.0);
            self.begun.fill(0);
        }
    }

    /// How hard a key is played that is held or was struck in this hop: the hardest of its channels, 0 where it is not.
    pub(crate) fn velocity(&self, key: u8) -> f32 {
        let key = usize::from(key);
        let struck = self.struck.get(key).copied().unwrap_or(0.0);
        let channels = self.held.get(key).into_iter().flatten();
        channels.fold(struck, |most, own| most.max(own.velocity))
    }

    /// How often a key was struck in this hop.
    pub(crate) fn begun(&self, key: u8) -> u32 {
        self.begun.get(usize::from(key)).copied().unwrap_or(0)
    }

    /// How many notes began in this hop.
    pub(crate) fn all_begun(&self) -> u32 {
        match self.has_begun {
            true => self.begun.iter().sum(),
            false => 0,
        }
    }

    /// The key that was played last, and how many have been played.
    pub(crate) fn last(&self) -> Option<(u8, u32)> {
        self.last.map(|key| (key, self.count))
    }

    fn act(&mut self, note: KeyEvent) {
        match note {
            KeyEvent::On {
                key,
                channel,
                id,
                velocity,
            } if velocity > 0.0 => {
                let velocity = velocity.min(1.0);
                let place = usize::from(key);
                let channels = self.held.get_mut(place);
                let own = channels.and_then(|row| row.get_mut(usize::from(channel)));
                let (Some(own), Some(struck), Some(begun)) =
                    (own, self.struck.get_mut(place), self.begun.get_mut(place))
                else {
                    return;
                };
                *own = Held { velocity, id };
                *struck = struck.max(velocity);
                *begun = begun.saturating_add(1);
                self.has_begun = true;
                self.last = Some(key);
                self.count = self.count.wrapping_add(1);
            }
            KeyEvent::On {
                key, channel, id, ..
            } => self.end(Some(key), Some(channel), id),
            KeyEvent::Off { key, channel, id } => self.end(key, channel, id),
        }
    }

    fn end(&mut self, key: Option<u8>, channel: Option<u8>, id: Option<i32>) {
        let range = |one: Option<u8>, count: usize| match one.map(usize::from) {
            Some(one) if one < count => one..one + 1,
            Some(_) => 0..0,
            None => 0..count,
        };
        for row in &mut self.held[range(key, KEYS)] {
            for own in &mut row[range(channel, CHANNELS)] {
                let is_meant = match (own.id, id) {
                    (Some(own), Some(id)) => own == id,
                    _ => true,
                };
                if is_meant {
                    *own = Held::default();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(key: u8, channel: u8, id: Option<i32>, velocity: f32) -> KeyEvent {
        KeyEvent::On {
            key,
            channel,
            id,
            velocity,
        }
    }

    fn off(key: Option<u8>, channel: Option<u8>, id: Option<i32>) -> KeyEvent {
        KeyEvent::Off { key, channel, id }
    }

    fn played(notes: impl IntoIterator<Item = KeyEvent>) -> Notes {
        let mut own = Notes::new();
        notes.into_iter().for_each(|note| own.push(0, note));
        own.advance(1);
        own.end_hop();
        own
    }

    #[test]
    fn a_note_acts_at_the_end_of_its_hop_and_not_before() {
        let mut notes = Notes::new();
        notes.push(256, on(36, 0, None, 0.5));
        notes.push(255, on(37, 0, None, 1.0));
        notes.advance(256);
        assert_eq!((notes.velocity(36), notes.velocity(37)), (0.0, 1.0));
        assert_eq!((notes.begun(36), notes.begun(37)), (0, 1));
        notes.end_hop();
        notes.advance(512);
        assert_eq!((notes.velocity(36), notes.begun(37)), (0.5, 0));
        assert_eq!(notes.last(), Some((36, 2)));
        // What is played at the first sample holds from the beginning, as parameters do.
        let mut notes = Notes::new();
        notes.push(0, on(36, 0, None, 1.0));
        notes.advance(0);
        assert_eq!(notes.velocity(36), 1.0);
    }

    #[test]
    fn what_ends_in_its_own_hop_is_heard_for_one() {
        let mut notes = Notes::new();
        notes.push(3, on(40, 2, None, 0.25));
        notes.push(4, off(Some(40), Some(2), None));
        notes.push(5, on(40, 2, None, 0.75));
        notes.push(6, on(40, 2, None, 0.0));
        notes.advance(256);
        assert_eq!((notes.velocity(40), notes.begun(40)), (0.75, 2));
        assert_eq!(notes.all_begun(), 2);
        notes.end_hop();
        assert_eq!((notes.velocity(40), notes.all_begun()), (0.0, 0));
    }

    #[test]
    fn a_note_ends_by_its_key_channel_and_number_and_all_by_none() {
        let held = [on(36, 0, Some(7), 0.5), on(36, 1, None, 0.9)];
        for (ended, left) in [
            (off(Some(36), Some(0), Some(7)), 0.9),
            (off(Some(36), Some(0), Some(8)), 0.9),
            (off(Some(36), Some(0), None), 0.9),
            (off(Some(36), Some(1), None), 0.5),
            (off(Some(36), None, None), 0.0),
            (off(None, Some(1), None), 0.5),
            (off(None, None, None), 0.0),
            (off(Some(37), None, None), 0.9),
            (off(Some(200), None, None), 0.9),
        ] {
            let notes = played(held.into_iter().chain([ended]));
            assert_eq!(notes.velocity(36), left, "{ended:?}");
        }
        // Another number is another note.
        let other = off(Some(36), Some(0), Some(8));
        assert_eq!(played([held[0], other]).velocity(36), 0.5);
        // An end before its beginning ends nothing.
        assert_eq!(
            played([off(Some(36), Some(0), None), held[0]]).velocity(36),
            0.5
        );
    }

    #[test]
    fn what_is_no_note_is_left_out() {
        for note in [
            on(128, 0, None, 1.0),
            on(36, 16, None, 1.0),
            on(36, 0, None, f32::NAN),
            on(36, 0, None, -1.0),
        ] {
            let mut notes = Notes::new();
            notes.push(0, note);
            notes.advance(1);
            assert_eq!((notes.all_begun(), notes.last()), (0, None), "{note:?}");
        }
        assert_eq!(played([on(36, 0, None, f32::INFINITY)]).velocity(36), 1.0);
    }

    #[test]
    fn more_notes_than_there_is_room_for_act_early_and_none_is_lost() {
        let mut notes = Notes::new();
        let room = notes.waiting.capacity();
        for n in 0..3 * MOST_WAITING {
            let key = (n % KEYS) as u8;
            notes.push(10_000, on(key, 0, None, 1.0));
        }
        assert_eq!(notes.waiting.capacity(), room);
        assert_eq!(notes.count as usize, 2 * MOST_WAITING);
        notes.push(10_001, off(None, None, None));
        notes.advance(20_000);
        notes.end_hop();
        assert_eq!(notes.count as usize, 3 * MOST_WAITING);
        assert!((0..128).all(|key| notes.velocity(key) == 0.0));
    }
}
