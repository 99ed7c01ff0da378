//! An instance whose editor is open, and what is done there by clicks, in either format.

use std::time::{Duration, Instant};

use netbend_tests::display::Window;
use netbend_tests::host::{self, param_id};
use netbend_tests::hosted::Hosted;
use netbend_tests::notes::Note;
use netbend_tests::sounding::{Change, Sounding};
use netbend_tests::vst3;

use crate::sound::drums;

/// How long the engine may take to load, presets to be read, and what is clicked to be done.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How long a click may take before it is tried again.
const REACTION: Duration = Duration::from_secs(8);
/// How long the editor is left to itself at a time.
const PICTURE: Duration = Duration::from_millis(100);
const RATE: f64 = 44_100.0;
const BLOCK: usize = 512;
/// About as much is played as a picture lasts.
const BLOCKS: usize = 8;

/// An instance with an open editor.
pub trait Shown: Sized {
    /// What it is an instance of.
    type Plugin: Hosted;

    /// Opens one that does not play.
    fn open(window: &Window) -> Self;

    /// From now on a drum loop goes in.
    fn play(&mut self);

    /// Lets the editor draw for a moment, and has set what it asks for.
    fn picture(&mut self);

    /// Plays a few blocks, the first of which begins with a note.
    fn note(&mut self, note: Note);

    /// Sets a parameter as the host does.
    fn set(&mut self, id: &str, text: &str);

    /// What has gone in and come out so far.
    fn heard(&self) -> Option<&Heard>;

    /// The instance itself.
    fn plugin(&mut self) -> &mut Self::Plugin;

    /// Lets the editor draw until something is so.
    fn until(&mut self, problem: &str, is_so: impl FnMut(&mut Self::Plugin) -> bool) {
        assert!(
            self.within(PATIENCE, is_so),
            "{}: {problem}",
            Self::Plugin::FORMAT
        );
    }

    /// Does something to the editor until something is so.
    fn try_until(
        &mut self,
        problem: &str,
        mut try_it: impl FnMut(),
        mut is_so: impl FnMut(&mut Self::Plugin) -> bool,
    ) {
        let start = Instant::now();
        loop {
            assert!(
                start.elapsed() < PATIENCE,
                "{}: {problem}",
                Self::Plugin::FORMAT
            );
            try_it();
            if self.within(REACTION, &mut is_so) {
                return;
            }
        }
    }

    /// Clicks at a place until something is so.
    fn click_until(
        &mut self,
        window: &Window,
        (x, y): (i16, i16),
        problem: &str,
        is_so: impl FnMut(&mut Self::Plugin) -> bool,
    ) {
        self.try_until(problem, || window.click(x, y).unwrap(), is_so);
    }

    /// Whether something becomes so within this time.
    fn within(&mut self, time: Duration, mut is_so: impl FnMut(&mut Self::Plugin) -> bool) -> bool {
        let start = Instant::now();
        while start.elapsed() < time {
            self.picture();
            if is_so(self.plugin()) {
                return true;
            }
        }
        false
    }

    /// Waits until there is an editor to see, and presets are read.
    fn wait_until_drawn(&mut self, window: &Window) {
        self.until("the editor stays black", |_| {
            let (_, _, colours) = window.picture().unwrap();
            colours.iter().any(|value| *value > 0x80)
        });
        self.within(Duration::from_secs(3), |_| false);
    }
}

/// What a project keeps of an instance, as text.
pub fn kept(plugin: &mut impl Hosted) -> String {
    String::from_utf8_lossy(&plugin.save().unwrap()).into_owned()
}

/// What has gone in and come out, left and right.
#[derive(Default)]
pub struct Heard {
    pub input: [Vec<f32>; 2],
    pub output: [Vec<f32>; 2],
}

/// Drums that go in, over and over.
struct Loop {
    sound: Vec<Vec<f32>>,
    at: usize,
    heard: Heard,
}

impl Loop {
    fn new() -> Self {
        Self {
            sound: drums(4.0).channels,
            at: 0,
            heard: Heard::default(),
        }
    }

    /// Plays a few blocks; the changes come with the first one.
    fn play(&mut self, half: &mut impl Sounding, changes: &[Change], notes: &[Note]) {
        for block in 0..BLOCKS {
            let mut input =
                [0, 1].map(|channel| self.sound[channel][self.at..self.at + BLOCK].to_vec());
            let mut output = [[0.0; BLOCK]; 2];
            for (heard, channel) in self.heard.input.iter_mut().zip(&input) {
                heard.extend(channel);
            }
            let ([left, right], [left_out, right_out]) = (&mut input, &mut output);
            let (changes, notes) = match block {
                0 => (changes, notes),
                _ => (&[][..], &[][..]),
            };
            half.play_notes([left, right], [left_out, right_out], changes, notes)
                .unwrap();
            for (heard, channel) in self.heard.output.iter_mut().zip(&output) {
                heard.extend(channel);
            }
            self.at += BLOCK;
            if self.at + BLOCK > self.sound[0].len() {
                self.at = 0;
            }
        }
    }
}

/// A CLAP.
pub struct Clap {
    plugin: host::Plugin,
    played: Option<Loop>,
}

impl Shown for Clap {
    type Plugin = host::Plugin;

    fn open(window: &Window) -> Self {
        let mut plugin = <host::Plugin as Hosted>::open().unwrap();
        plugin.open_editor(window.id()).unwrap();
        Self {
            plugin,
            played: None,
        }
    }

    fn play(&mut self) {
        self.plugin.set_offline(false).unwrap();
        self.plugin.activate(RATE, BLOCK as u32).unwrap();
        self.played = Some(Loop::new());
    }

    fn picture(&mut self) {
        std::thread::sleep(PICTURE);
        match &mut self.played {
            Some(played) => {
                let mut half = self.plugin.lend().unwrap();
                played.play(&mut half, &[], &[]);
                self.plugin.take_back(half);
            }
            // What the editor sets reaches a plugin that does not play with the next change of the host's.
            None => self.plugin.set_text("gain", "0 dB").unwrap(),
        }
        self.plugin.pump().unwrap();
    }

    fn note(&mut self, note: Note) {
        let mut half = self.plugin.lend().unwrap();
        if let Some(played) = &mut self.played {
            played.play(&mut half, &[], &[note]);
        }
        self.plugin.take_back(half);
    }

    fn set(&mut self, id: &str, text: &str) {
        self.plugin.set_text(id, text).unwrap();
    }

    fn heard(&self) -> Option<&Heard> {
        self.played.as_ref().map(|played| &played.heard)
    }

    fn plugin(&mut self) -> &mut host::Plugin {
        &mut self.plugin
    }
}

impl Drop for Clap {
    fn drop(&mut self) {
        // A test that has failed may have lost it.
        let _ = self.plugin.close_editor();
    }
}

/// A VST3.
pub struct Vst3 {
    played: Option<(vst3::Half, Loop)>,
    view: vst3::View,
    plugin: vst3::Plugin,
}

impl Vst3 {
    /// From now on the host keeps its window as large as it is.
    pub fn refuse_sizes(&mut self) {
        self.view.refuse_sizes();
    }
}

impl Shown for Vst3 {
    type Plugin = vst3::Plugin;

    fn open(window: &Window) -> Self {
        let mut plugin = <vst3::Plugin as Hosted>::open().unwrap();
        let view = plugin.open_view(window.id()).unwrap();
        Self {
            played: None,
            view,
            plugin,
        }
    }

    fn play(&mut self) {
        self.plugin
            .set_up(vst3::Mode::Realtime, RATE, BLOCK)
            .unwrap();
        self.plugin.activate().unwrap();
        self.played = Some((self.plugin.lend().unwrap(), Loop::new()));
    }

    fn picture(&mut self) {
        self.view.run(PICTURE);
        if let Some((half, played)) = &mut self.played {
            // A host that plays sets what it hears of with its next block.
            let edits = self.plugin.take_edits();
            let change = |&(param, value): &(u32, f64)| Change {
                offset: 0,
                param,
                value,
            };
            let changes: Vec<Change> = edits.iter().map(change).collect();
            played.play(half, &changes, &[]);
        }
    }

    fn note(&mut self, note: Note) {
        if let Some((half, played)) = &mut self.played {
            played.play(half, &[], &[note]);
        }
    }

    fn set(&mut self, id: &str, text: &str) {
        let Some((half, played)) = &mut self.played else {
            return self.plugin.set_text(id, text).unwrap();
        };
        let change = Change {
            offset: 0,
            param: param_id(id),
            value: self.plugin.text_to_value(id, text).unwrap(),
        };
        played.play(half, &[change], &[]);
    }

    fn heard(&self) -> Option<&Heard> {
        self.played.as_ref().map(|(_, played)| &played.heard)
    }

    fn plugin(&mut self) -> &mut vst3::Plugin {
        &mut self.plugin
    }
}

/// The values of some settings of all slots.
pub fn slots(plugin: &mut impl Hosted, settings: &[&str]) -> Vec<f64> {
    let numbers = 1..=8;
    let ids = numbers.flat_map(|n| settings.iter().map(move |what| format!("slot_{what}_{n}")));
    ids.map(|id| plugin.value(&id).unwrap().0).collect()
}
