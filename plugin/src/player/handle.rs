//! What plays, as everybody but the audio thread sees it.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crossbeam::queue::ArrayQueue;
use netbend_dsp::number::nearest_f32;
use ringbuf::HeapCons;
use ringbuf::traits::Consumer as _;

use super::console::{Console, Shown, Wish};
use super::cycle::Loop;

/// The quietest and the loudest a loop is played, in decibels.
pub const LEVELS_DB: (f32, f32) = (-36.0, 12.0);
/// Loops that wait to be freed.
const RETIRED: usize = 4;

/// What plays, seen from every thread but the audio thread, which has the [`Deck`](super::Deck).
pub struct Player {
    plays: AtomicBool,
    remembers: AtomicBool,
    /// Bits of decibels.
    level: AtomicU32,
    /// The stream's rate, as bits of an `f32`; 0 before the first stream.
    pub(super) rate: AtomicU32,
    pub(super) place: AtomicUsize,
    pub(super) length: AtomicUsize,
    records: AtomicBool,
    recorded: AtomicU64,
    pub(super) lost: AtomicU64,
    pub(super) coming: ArrayQueue<Box<Loop>>,
    pub(super) retired: ArrayQueue<Box<Loop>>,
    tape: Mutex<HeapCons<[f32; 2]>>,
    console: Mutex<Console>,
}

impl Player {
    /// A player without a loop, for the deck that leaves there what it tapes.
    pub(super) fn new(tape: HeapCons<[f32; 2]>) -> Self {
        Self {
            plays: AtomicBool::new(false),
            remembers: AtomicBool::new(true),
            level: AtomicU32::new(0.0f32.to_bits()),
            rate: AtomicU32::new(0),
            place: AtomicUsize::new(0),
            length: AtomicUsize::new(0),
            records: AtomicBool::new(false),
            recorded: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            coming: ArrayQueue::new(1),
            retired: ArrayQueue::new(RETIRED),
            tape: Mutex::new(tape),
            console: Mutex::default(),
        }
    }

    /// Whether the last minute of what is heard is to be remembered.
    pub fn remembers(&self) -> bool {
        self.remembers.load(Ordering::Relaxed)
    }

    /// Says whether it is.
    pub fn set_remembers(&self, remembers: bool) {
        self.remembers.store(remembers, Ordering::Relaxed);
    }

    /// Whether the loop plays. Where it does not, the device's input is heard.
    pub fn plays(&self) -> bool {
        self.plays.load(Ordering::Relaxed)
    }

    /// Plays from the loop's start, or stops.
    pub fn set_plays(&self, plays: bool) {
        self.plays.store(plays, Ordering::Relaxed);
    }

    /// How loud the loop is played, in decibels.
    pub fn level_db(&self) -> f32 {
        f32::from_bits(self.level.load(Ordering::Relaxed))
    }

    /// Plays it that loud, within `LEVELS_DB`.
    pub fn set_level_db(&self, level: f32) {
        if level.is_finite() {
            let level = level.clamp(LEVELS_DB.0, LEVELS_DB.1);
            self.level.store(level.to_bits(), Ordering::Relaxed);
        }
    }

    /// The stream's samples per second, once there is one.
    pub fn sample_rate(&self) -> Option<f32> {
        let rate = f32::from_bits(self.rate.load(Ordering::Relaxed));
        (rate > 0.0).then_some(rate)
    }

    /// How much of the loop has been played this time round, 0 to 1.
    pub fn place(&self) -> f32 {
        let length = self.length.load(Ordering::Relaxed).max(1);
        nearest_f32(self.place.load(Ordering::Relaxed)) / nearest_f32(length)
    }

    /// Hands a loop over, to be played from its start in place of what plays now.
    pub fn change(&self, turning: Loop) {
        drop(self.coming.force_push(Box::new(turning)));
    }

    /// Frees loops that were played.
    pub fn free_retired(&self) {
        while self.retired.pop().is_some() {}
    }

    /// Whether what goes out is recorded.
    pub fn records(&self) -> bool {
        self.records.load(Ordering::Relaxed)
    }

    /// Says whether what goes out is recorded, and how many frames of it are.
    pub fn set_records(&self, records: bool, frames: u64) {
        self.records.store(records, Ordering::Relaxed);
        self.recorded.store(frames, Ordering::Relaxed);
    }

    /// How long what was recorded is, in seconds.
    pub fn recorded_seconds(&self) -> f32 {
        let frames = self.recorded.load(Ordering::Relaxed);
        self.sample_rate()
            .map_or(0.0, |rate| nearest_f32(frames) / rate)
    }

    /// Frames that were not taped because nobody took them in time, ever.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Gives `take` every frame that was taped and not yet taken: left, right of what went out.
    pub fn take_tape(&self, take: &mut dyn FnMut([f32; 2])) {
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        tape.pop_iter().for_each(take);
    }

    /// Wishes something of the standalone program.
    pub fn wish(&self, wish: Wish) {
        self.console(|console| console.wishes.push_back(wish));
    }

    /// What was wished first and is not done.
    pub fn next_wish(&self) -> Option<Wish> {
        self.console(|console| console.wishes.pop_front())
    }

    /// Says something, once.
    pub fn say(&self, words: String) {
        self.console(|console| console.said.push_back(words));
    }

    /// What was said first and is not yet heard.
    pub fn hear(&self) -> Option<String> {
        self.console(|console| console.said.pop_front())
    }

    /// What the editor shows.
    pub fn shown(&self) -> Shown {
        self.console(|console| console.shown.clone())
    }

    /// Changes what the editor shows.
    pub fn show(&self, change: impl FnOnce(&mut Shown)) {
        self.console(|console| change(&mut console.shown));
    }

    fn console<R>(&self, work: impl FnOnce(&mut Console) -> R) -> R {
        work(&mut self.console.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
