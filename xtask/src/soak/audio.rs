//! The audio thread: every 128 samples it calls one instance after the other, and listens to what comes out.
//!
//! Where an instance misses a hop, the aligned input comes out, bit for bit, or on the first one a straight line away from it; bent sound is
//! neither. So misses are counted in the sound, with nothing asked of the plugin.

mod listener;

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use hdrhistogram::Histogram;
use netbend_tests::sounding::{at_audio_priority, thread_seconds};

use super::voice::Lent;
use super::{BLOCK, RATE, TICK};
use listener::{Record, Voice};

/// How long an instance is listened to for its offset.
const LISTENING: Duration = Duration::from_secs(60);
/// The longest time of a call that is told from longer ones, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

/// The thread, as others see it.
pub struct Audio {
    thread: Option<JoinHandle<Vec<Heard>>>,
    shared: Arc<Shared>,
}

/// What the audio thread and the main thread tell each other.
pub struct Shared {
    pub stop: AtomicBool,
    pub voices: Vec<Told>,
    /// Counted anew from when this changes.
    pub era: AtomicUsize,
    trouble: Mutex<Option<String>>,
}

/// One instance's part of it.
#[derive(Default)]
pub struct Told {
    /// Blocks of storm that are still to come.
    pub storm: AtomicU32,
    pub bends: AtomicBool,
    pub missed: AtomicUsize,
    /// Whether its offset is to be found.
    pub listen: AtomicBool,
    pub record: Mutex<Option<Record>>,
}

/// What was heard of one instance.
pub struct Heard {
    pub hops: usize,
    pub missed: usize,
    pub not_finite: usize,
    pub loudest: f32,
    /// Nanoseconds of each call that passed, and that the thread has worked, to 0.1 %. A list would grow with the soak.
    pub passed: Histogram<u64>,
    pub worked: Histogram<u64>,
    /// Blocks that were called for later than they were due, by more than a block.
    pub late: usize,
    /// Whether the thread had an audio thread's priority.
    pub urgent: bool,
}

impl Default for Heard {
    fn default() -> Self {
        #[allow(clippy::expect_used)]
        // Only more than five digits, or a maximum below 2, are refused.
        let times = Histogram::new_with_max(LONGEST, 3).expect("three digits");
        Self {
            hops: 0,
            missed: 0,
            not_finite: 0,
            loudest: 0.0,
            passed: times.clone(),
            worked: times,
            late: 0,
            urgent: false,
        }
    }
}

impl Audio {
    /// Begins to play.
    pub fn begin(lent: Vec<Lent>, seed: u64) -> Result<Self> {
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            voices: lent.iter().map(|_| Told::default()).collect(),
            era: AtomicUsize::new(0),
            trouble: Mutex::default(),
        });
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("audio".into())
            .spawn(move || {
                let voices = lent
                    .into_iter()
                    .map(|lent| Voice::new(lent, seed))
                    .collect();
                play(voices, &own)
            })?;
        Ok(Self {
            thread: Some(thread),
            shared,
        })
    }

    pub fn all_bend(&self) -> bool {
        let mut voices = self.shared.voices.iter();
        voices.all(|voice| voice.bends.load(Ordering::Relaxed))
    }

    /// Hops missed by now.
    pub fn missed(&self) -> usize {
        let voices = self.shared.voices.iter();
        voices
            .map(|voice| voice.missed.load(Ordering::Relaxed))
            .sum()
    }

    /// Counts anew.
    pub fn forget(&self) {
        self.shared.era.fetch_add(1, Ordering::Relaxed);
    }

    /// Lets it storm on an instance for so many blocks.
    pub fn storm(&self, instance: usize, blocks: u32) {
        self.shared.voices[instance]
            .storm
            .store(blocks, Ordering::Relaxed);
    }

    /// An error where the audio thread has failed.
    pub fn check(&self) -> Result<()> {
        let trouble = self.shared.trouble.lock();
        let trouble = trouble.unwrap_or_else(PoisonError::into_inner).clone();
        match trouble {
            Some(trouble) => bail!("{trouble}"),
            None => Ok(()),
        }
    }

    /// How many samples later than its input, its latency taken off, each instance sounds.
    pub fn offsets(&self) -> Result<Vec<Option<i64>>> {
        for voice in &self.shared.voices {
            voice.listen.store(true, Ordering::Relaxed);
        }
        let begun = Instant::now();
        let record = |voice: &Told| {
            let mut record = voice.record.lock().unwrap_or_else(PoisonError::into_inner);
            record.take()
        };
        let mut records: Vec<Option<Record>> = self.shared.voices.iter().map(|_| None).collect();
        while records.iter().any(Option::is_none) && begun.elapsed() < LISTENING {
            self.check()?;
            std::thread::sleep(TICK);
            for (found, voice) in records.iter_mut().zip(&self.shared.voices) {
                if found.is_none() {
                    *found = record(voice);
                }
            }
        }
        let offset = |record: &Option<Record>| record.as_ref().map(Record::offset);
        Ok(records.iter().map(offset).collect())
    }

    /// Ends it, and says what it has heard.
    pub fn end(mut self) -> Result<Vec<Heard>> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().ok_or_else(|| anyhow!("ended twice"))?;
        let heard = thread
            .join()
            .map_err(|_| anyhow!("the audio thread panicked"))?;
        self.check()?;
        Ok(heard)
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn play(mut voices: Vec<Voice>, shared: &Shared) -> Vec<Heard> {
    let urgent = at_audio_priority();
    let (mut begun, mut number, mut era) = (Instant::now(), 0_u64, 0);
    let block = Duration::from_secs_f64(BLOCK as f64 / f64::from(RATE));
    while !shared.stop.load(Ordering::Relaxed) {
        let now_era = shared.era.load(Ordering::Relaxed);
        if now_era != era {
            era = now_era;
            voices.iter_mut().for_each(Voice::forget);
        }
        for (voice, told) in voices.iter_mut().zip(&shared.voices) {
            let (start, worked) = (Instant::now(), thread_seconds());
            let played = voice.play(told);
            let worked = thread_seconds() - worked;
            voice.took(start.elapsed(), Duration::from_secs_f64(worked.max(0.0)));
            if let Err(error) = played {
                let mut trouble = shared
                    .trouble
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                *trouble = Some(error.to_string());
                return Vec::new();
            }
            voice.listen(told);
        }
        number += 1;
        let due = begun + block.mul_f64(number as f64);
        let now = Instant::now();
        match due.checked_duration_since(now) {
            Some(rest) => std::thread::sleep(rest),
            None if now - due > block => voices.iter_mut().for_each(Voice::was_late),
            None => {}
        }
        // A driver that has lost a whole second does not make up for it.
        if now > due + Duration::from_secs(1) {
            (begun, number) = (now, 0);
        }
    }
    voices
        .into_iter()
        .map(|voice| voice.heard(urgent))
        .collect()
}
