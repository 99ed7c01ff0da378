//! Does what is wished of the player, on a thread of its own: reads loops, brings them to the stream's rate, writes recordings.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use netbend::{Instance, Player, Tempo, Wish, user_folder};

use crate::arguments::name;
use crate::recording::Recording;
use crate::turning::Sound;

/// How soon a wish is met, and how long frames wait to be written.
const PAUSE: Duration = Duration::from_millis(25);
/// The demo loop's name.
pub const DEMO: &str = "demo loop";
/// Where recordings lie in Netbend's folder.
const RECORDINGS: &str = "recordings";

/// The thread.
pub struct Operator {
    lives: Sender<()>,
    instances: Sender<Instance>,
    thread: JoinHandle<()>,
}

impl Operator {
    /// Starts the thread; no player is attended yet.
    pub fn start() -> Self {
        let (lives, ended) = channel();
        let (instances, came) = channel();
        let thread = std::thread::spawn(move || attend(&ended, &came));
        Self {
            lives,
            instances,
            thread,
        }
    }

    /// Where instances are handed in.
    pub fn instances(&self) -> Sender<Instance> {
        self.instances.clone()
    }

    /// Makes recordings whole, and ends.
    pub fn end(self) {
        drop(self.lives);
        let _ = self.thread.join();
    }
}

fn attend(ended: &Receiver<()>, came: &Receiver<Instance>) {
    let mut attended: Vec<Attended> = Vec::new();
    loop {
        let is_over = ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected);
        let new = came.try_iter();
        attended.extend(new.map(|instance| Attended::new(instance.player(), Some(instance))));
        for one in &mut attended {
            if is_over {
                one.end_recording();
            } else {
                one.attend();
            }
        }
        if is_over {
            return;
        }
    }
}

/// A player and what is in work for it.
struct Attended {
    player: Arc<Player>,
    /// Whose settings are kept with its sound.
    instance: Option<Instance>,
    sound: Option<Sound>,
    /// The rate that the player has the sound at.
    rate: Option<f32>,
    recording: Option<Recording>,
    recorded: u64,
    /// Frames that had been lost when the recording began.
    lost: u64,
}

impl Attended {
    fn new(player: Arc<Player>, instance: Option<Instance>) -> Self {
        Self {
            player,
            instance,
            sound: None,
            rate: None,
            recording: None,
            recorded: 0,
            lost: 0,
        }
    }

    fn attend(&mut self) {
        self.player.free_retired();
        if let Some(instance) = &self.instance {
            instance.remember(self.player.remembers());
        }
        while let Some(wish) = self.player.next_wish() {
            match wish {
                Wish::Demo => self.take(Sound::Demo, DEMO.to_owned(), None),
                Wish::Load(path) => {
                    self.open(&path);
                }
                Wish::Open(path) => {
                    if self.open(&path) {
                        self.player.set_plays(true);
                    }
                }
                Wish::Record => self.begin_recording(),
                Wish::EndRecord => self.end_recording(),
                Wish::Keep(bars) => self.keep(bars),
            }
        }
        let kept = self.instance.as_ref().and_then(Instance::hear_of_kept);
        if let Some(words) = kept {
            self.player.say(words);
        }
        self.hand_over();
        self.write();
        if self.recording.as_ref().is_some_and(Recording::is_over) {
            self.end_recording();
        }
    }

    /// Takes a file's sound; whether it could be read.
    fn open(&mut self, path: &Path) -> bool {
        match Sound::read(path) {
            Ok(sound) => {
                self.take(sound, name(path), Some(path.to_owned()));
                true
            }
            Err(trouble) => {
                self.player
                    .say(format!("{} cannot be played: {trouble}", path.display()));
                if self.sound.is_none() {
                    // It may be there again another day.
                    self.player.show(|shown| {
                        shown.name = format!("{} cannot be read", name(path));
                        shown.file = Some(path.to_owned());
                    });
                }
                false
            }
        }
    }

    fn take(&mut self, sound: Sound, name: String, file: Option<PathBuf>) {
        let tempo = Tempo::of(sound.seconds());
        self.player.show(|shown| {
            shown.name = name;
            shown.tempo = tempo;
            shown.file = file;
        });
        self.sound = Some(sound);
        self.rate = None;
    }

    /// Gives the player its loop where it has it not, or at another rate.
    fn hand_over(&mut self) {
        let (Some(sound), Some(rate)) = (&self.sound, self.player.sample_rate()) else {
            return;
        };
        if self.rate == Some(rate) {
            return;
        }
        self.rate = Some(rate);
        match sound.at_rate(rate) {
            Ok(turning) => self.player.change(turning),
            Err(trouble) => {
                let name = self.player.shown().name;
                self.player
                    .say(format!("{name} cannot be played: {trouble}"));
            }
        }
    }

    fn begin_recording(&mut self) {
        self.end_recording();
        let Some(folder) = user_folder() else {
            return self
                .player
                .say("There is no folder to record to: HOME is not set.".to_owned());
        };
        let folder = folder.join(RECORDINGS);
        let Some(rate) = self.player.sample_rate() else {
            return;
        };
        // What was heard before is no part of it.
        self.write();
        match Recording::begin(&folder, &format!("{} bent", self.stem()), rate) {
            Ok(recording) => {
                self.recording = Some(recording);
                (self.recorded, self.lost) = (0, self.player.lost());
                self.player.set_records(true, 0);
            }
            Err(error) => self.player.say(format!(
                "Nothing can be recorded to {}: {error}.",
                folder.display()
            )),
        }
    }

    fn write(&mut self) {
        let recording = &mut self.recording;
        let mut recorded = self.recorded;
        self.player.take_tape(&mut |frame| {
            if let Some(recording) = recording {
                recording.push(frame);
                recorded += 1;
            }
        });
        if self.recording.is_some() {
            self.recorded = recorded;
            self.player.set_records(true, recorded);
        }
    }

    /// What recordings are named after.
    fn stem(&self) -> String {
        let shown = self.player.shown().name;
        let stem = Path::new(&shown).file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Keeps the last bars that were heard.
    fn keep(&self, count: u32) {
        if !self.player.remembers() {
            self.player.set_remembers(true);
            let words =
                "The last minute is remembered from now on: what you hear next can be kept.";
            return self.player.say(words.to_owned());
        }
        if let Some(instance) = &self.instance {
            let tempo = self.player.shown().tempo;
            instance.keep(count, &self.stem(), tempo.map(|tempo| tempo.bpm));
        }
    }

    fn end_recording(&mut self) {
        if self.recording.is_none() {
            return;
        }
        self.write();
        let Some(recording) = self.recording.take() else {
            return;
        };
        let seconds = self.player.recorded_seconds();
        self.player.set_records(false, 0);
        let said = match recording.end() {
            Ok(path) => {
                let lost = match self.player.lost() - self.lost {
                    0 => String::new(),
                    lost => format!("; {lost} samples are missing, the disk was too slow"),
                };
                format!("Recorded {seconds:.1} s to {}{lost}.", path.display())
            }
            Err(error) => format!("The recording could not be written: {error}."),
        };
        self.player.say(said);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use netbend::Deck;

    use super::*;

    fn wav(folder: &Path, frames: u32) -> PathBuf {
        let path = folder.join("break.wav");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for n in 0..frames {
            writer.write_sample((n % 100) as i16 * 100).unwrap();
        }
        writer.finalize().unwrap();
        path
    }

    #[test]
    fn a_loop_is_read_resampled_and_handed_over() {
        let folder = tempfile::tempdir().unwrap();
        let (player, mut deck) = Deck::with_player();
        let mut attended = Attended::new(Arc::clone(&player), None);
        player.wish(Wish::Open(wav(folder.path(), 96_000)));
        attended.attend();
        let shown = player.shown();
        assert_eq!(shown.name, "break.wav");
        assert_eq!(shown.tempo.map(|tempo| tempo.bars), Some(1));
        assert!(player.plays(), "what is opened plays");
        for rate in [44_100.0, 48_000.0] {
            deck.set_sample_rate(rate);
            attended.attend();
            let (mut left, mut right) = ([9.0; 4_800], [9.0; 4_800]);
            deck.play(&mut [&mut left, &mut right]);
            assert_eq!(left, right, "one channel is heard on both sides");
            deck.play(&mut [&mut left, &mut right]);
            assert!(left.iter().all(|sample| (-0.1..0.5).contains(sample)));
        }
        let place = player.place();
        assert!((place - 4_800.0 / 96_000.0).abs() < 1e-4, "{place}");
    }

    #[test]
    fn a_loop_that_is_gone_is_named_and_remembered() {
        let (player, _deck) = Deck::with_player();
        let mut attended = Attended::new(Arc::clone(&player), None);
        let path = PathBuf::from("/nowhere/break.wav");
        player.wish(Wish::Open(path.clone()));
        attended.attend();
        assert!(player.hear().unwrap().contains("/nowhere/break.wav"));
        assert_eq!(player.shown().file, Some(path));
        player.wish(Wish::Demo);
        attended.attend();
        player.wish(Wish::Open("/nowhere/other.wav".into()));
        attended.attend();
        assert!(player.hear().unwrap().contains("other.wav"));
        assert_eq!(player.shown().name, DEMO, "what plays plays on");
        assert_eq!(player.shown().file, None);
    }
}
