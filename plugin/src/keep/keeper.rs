//! What an instance remembers, and what is kept of it. Any thread but the audio thread, but for [`Keeper::take`].

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam::queue::ArrayQueue;

use super::bars::Bars;
use super::files::keep;
use super::ring::Ring;
use super::setting;
use crate::params::NetbendParams;
use crate::params::preset::capture;
use crate::report::status::Status;
use crate::resources::user_folder;
use crate::threads::left::leave;

/// The folder of what is kept, in the user's.
const FOLDER: &str = "Kept";
/// How long an instance that goes waits for what is being written.
const PATIENCE: Duration = Duration::from_secs(2);
/// Rings that wait to be freed.
const RETIRED: usize = 4;

/// What one instance remembers.
pub struct Keeper {
    state: Mutex<State>,
    /// What the audio thread is to write to from now on.
    coming: ArrayQueue<Option<Arc<Ring>>>,
    /// What it wrote to before.
    retired: ArrayQueue<Arc<Ring>>,
    said: Arc<Mutex<VecDeque<String>>>,
}

#[derive(Default)]
struct State {
    /// Whether it remembers; not known before the first stream.
    remembers: Option<bool>,
    /// Whether it does where the user has said nothing.
    usually: bool,
    /// Rate and channels of the stream.
    stream: Option<(f32, usize)>,
    ring: Option<Arc<Ring>>,
    writing: Option<JoinHandle<()>>,
}

impl Default for Keeper {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            coming: ArrayQueue::new(1),
            retired: ArrayQueue::new(RETIRED),
            said: Arc::default(),
        }
    }
}

/// What is kept beside the sounds, and what all of it is called.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// What was set, as a preset.
    pub preset: Option<String>,
    /// Frames from what goes in to what comes of it.
    pub latency: usize,
    /// What names begin with.
    pub stem: String,
    /// How long a bar is, where it is not as the host says.
    pub length: Option<Bars>,
}

impl Beside {
    /// What is set on an instance, and how late its sound is.
    pub fn of(params: &NetbendParams, status: &Status) -> Self {
        let preset = capture(params).ok();
        Self {
            preset: preset.map(|preset| preset.to_yaml()),
            latency: status.latency_samples.load(Ordering::Relaxed) as usize,
            ..Self::default()
        }
    }
}

impl Keeper {
    /// It remembers, whatever the user has said of hosts: in the standalone program.
    pub fn always(&self) {
        self.state().usually = true;
    }

    /// A stream of that rate and so many channels is to begin, and the audio thread does not run yet. What it is to write to, if it is to remember.
    pub fn begin(&self, sample_rate: f32, channels: usize) -> Option<Arc<Ring>> {
        self.free();
        while self.coming.pop().is_some() {}
        let mut state = self.state();
        state.stream = Some((sample_rate, channels));
        if !state.remembers() {
            state.ring = None;
            return None;
        }
        state.fit();
        state.ring.clone()
    }

    /// Whether the last minute is remembered.
    pub fn remembers(&self) -> bool {
        self.state().remembers()
    }

    /// Says whether it is, here from now on, and in every instance that begins to play later.
    pub fn set_remembers(&self, remembers: bool) {
        self.remember(remembers);
        let saved = match user_folder() {
            Some(folder) => setting::save(&folder, remembers),
            None => Ok(()),
        };
        if let Err(error) = saved {
            self.say(format!(
                "This is not remembered for next time: the user's folder cannot be written ({error})."
            ));
        }
    }

    /// Says whether it is, here alone.
    pub fn remember(&self, remembers: bool) {
        self.free();
        let mut state = self.state();
        state.remembers = Some(remembers);
        match remembers {
            true => state.fit(),
            false => state.ring = None,
        }
        drop(self.coming.force_push(state.ring.clone()));
    }

    /// Puts what is to be written to from now on in the place of `own`. Audio thread.
    ///
    /// # Real-time safety
    /// Never allocates, frees, locks, waits or panics.
    pub fn take(&self, own: &mut Option<Arc<Ring>>) {
        if self.retired.is_full() {
            return;
        }
        let Some(coming) = self.coming.pop() else {
            return;
        };
        let before = std::mem::replace(own, coming);
        if let Some(Err(before)) = before.map(|before| self.retired.push(before)) {
            // There was room a moment ago, and nobody else fills it.
            std::mem::forget(before);
        }
    }

    /// Writes the last `count` bars that were heard, what they were made of, and the settings, to the user's folder, on a thread of its own; what came
    /// of it is [said](Self::hear).
    pub fn keep(&self, count: u32, beside: Beside) {
        let Some(folder) = user_folder() else {
            return self.say("There is no folder to keep it in: HOME is not set.".to_owned());
        };
        self.keep_in(&folder.join(FOLDER), count, beside);
    }

    /// What is to be told the user next.
    pub fn hear(&self) -> Option<String> {
        lock(&self.said).pop_front()
    }

    fn keep_in(&self, folder: &Path, count: u32, beside: Beside) {
        let mut state = self.state();
        let Some(ring) = state.ring.clone() else {
            return self.say("The last minute is not remembered.".to_owned());
        };
        if state.writing.as_ref().is_some_and(|own| !own.is_finished()) {
            return self.say("What was kept before is still being written.".to_owned());
        }
        let folder: PathBuf = folder.to_owned();
        let said = Arc::clone(&self.said);
        let work = move || {
            let words = kept(&ring, &folder, count, &beside);
            lock(&said).push_back(words);
        };
        let thread = std::thread::Builder::new().name("netbend keep".to_owned());
        match thread.spawn(work) {
            Ok(thread) => {
                if let Some(before) = state.writing.replace(thread) {
                    let _ = before.join();
                }
            }
            Err(error) => self.say(format!("Nothing could be kept: {error}.")),
        }
    }

    fn say(&self, words: String) {
        lock(&self.said).push_back(words);
    }

    fn free(&self) {
        while self.retired.pop().is_some() {}
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn remembers(&mut self) -> bool {
        let usually = self.usually;
        *self.remembers.get_or_insert_with(|| {
            usually || user_folder().is_some_and(|folder| setting::load(&folder))
        })
    }

    /// Has room for the stream. What is remembered of one like it stays.
    fn fit(&mut self) {
        let Some((rate, channels)) = self.stream else {
            return;
        };
        if !self
            .ring
            .as_ref()
            .is_some_and(|own| own.is_for(rate, channels))
        {
            self.ring = Some(Arc::new(Ring::new(rate, channels)));
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let writing = self.state().writing.take();
        if let Some(writing) = writing {
            leave(writing, Instant::now() + PATIENCE);
        }
    }
}

/// Writes it. What came of that, in words.
fn kept(ring: &Ring, folder: &Path, count: u32, beside: &Beside) -> String {
    let called = match count {
        1 => "1 bar".to_owned(),
        more => format!("{more} bars"),
    };
    let length = beside.length.unwrap_or_else(|| ring.bars());
    let frames = length.frames(count, ring.sample_rate());
    let Some(kept) = ring.last(frames, beside.latency) else {
        return format!("{called} have not been heard yet, or last longer than a minute.");
    };
    let date = time::OffsetDateTime::now_utc().date();
    let stem = match beside.stem.as_str() {
        "" => "Netbend",
        stem => stem,
    };
    let name = format!("{stem} {date} {called}");
    match keep(folder, &name, &kept, beside.preset.as_deref()) {
        Ok(path) => format!(
            "Kept {called} as {}, with the input and the preset beside it.",
            path.display()
        ),
        Err(error) => format!("Nothing could be kept: {error}."),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    const RATE: f32 = 1_000.0;

    fn remembering() -> (Keeper, Arc<Ring>) {
        let keeper = Keeper::default();
        keeper.always();
        let ring = keeper.begin(RATE, 1).unwrap();
        (keeper, ring)
    }

    fn said(keeper: &Keeper) -> String {
        loop {
            if let Some(words) = keeper.hear() {
                return words;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn what_is_kept_is_said_and_lies_in_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let (keeper, ring) = remembering();
        let mut frames: Vec<f32> = (0..5_000).map(|n| n as f32).collect();
        ring.hear(&[&mut frames]);
        ring.play(&[&mut frames]);
        ring.follow(Bars::told(Some(240.0), Some((3, 4))));
        let beside = Beside {
            preset: Some("mix: 1\n".to_owned()),
            latency: 100,
            ..Beside::default()
        };
        keeper.keep_in(home.path(), 2, beside.clone());
        let words = said(&keeper);
        let date = time::OffsetDateTime::now_utc().date();
        let bent = home
            .path()
            .join(format!("Netbend {date} 2 bars 1 bent.wav"));
        assert!(words.contains(&bent.display().to_string()), "{words}");
        let mut reader = hound::WavReader::open(bent).unwrap();
        let found: Vec<f32> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(found, frames[3_500..], "two bars of three beats of 250");
        keeper.keep_in(home.path(), 8, beside.clone());
        assert!(said(&keeper).contains("not been heard"), "too few bars");
        keeper.remember(false);
        keeper.keep_in(home.path(), 1, beside);
        assert!(said(&keeper).contains("not remembered"));
    }

    #[test]
    fn a_ring_goes_to_the_audio_thread_and_comes_back_to_be_freed() {
        let (keeper, ring) = remembering();
        let mut own = Some(Arc::clone(&ring));
        keeper.take(&mut own);
        assert!(own.is_some(), "nothing has changed");
        keeper.remember(false);
        keeper.take(&mut own);
        assert!(own.is_none());
        assert_eq!(Arc::strong_count(&ring), 2, "here, and to be freed");
        keeper.free();
        assert_eq!(Arc::strong_count(&ring), 1);
        keeper.remember(true);
        keeper.take(&mut own);
        assert!(own.is_some_and(|own| own.is_for(RATE, 1)));
        let again = keeper.begin(RATE, 1).unwrap();
        assert!(Arc::ptr_eq(&again, &keeper.begin(RATE, 1).unwrap()));
        assert!(!Arc::ptr_eq(&again, &keeper.begin(RATE, 2).unwrap()));
    }
}
