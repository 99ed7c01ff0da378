//! An instance of the plugin for the program that stands in for its host and keeps its settings.

use std::path::Path;
use std::sync::Arc;

use crate::host::boundary::state;
use crate::host::hosted::{self, Hosted};
use crate::keep::{Bars, Beside};
use crate::player::Player;

/// One instance, whose settings can be read and set from any thread but the audio thread.
#[derive(Clone, Default)]
pub struct Instance(Arc<Hosted>);

impl Instance {
    /// Has every instance that is created on this thread from now on greeted, before anyone else knows of it.
    pub fn on_each(greeting: impl Fn(&Self) + 'static) {
        hosted::on_each(move |hosted| greeting(&Self(Arc::clone(hosted))));
    }

    /// Its player: a loop in place of what comes in. An instance is given one while it is greeted, or has none.
    pub fn player(&self) -> Arc<Player> {
        Arc::clone(self.0.with_player())
    }

    /// Has its window drawn at that scale, whatever the system says; whether it is one from 0.25 to 8. Holds for windows that open from now on.
    pub fn set_scale(&self, scale: f64) -> bool {
        self.0.params.window.wish(scale)
    }

    /// Loads a preset that ships with Netbend, by its path among them; whether it could be.
    pub fn load_factory_preset(&self, preset: &Path) -> bool {
        let folders = self.0.resources().preset_folders();
        let mut paths = folders.iter().map(|folder| folder.join(preset));
        let found = paths.find(|path| path.is_file());
        found.is_some_and(|path| self.0.load_preset(&path).is_ok())
    }

    /// Keeps the last `count` bars that were heard, what they were made of, and what is set, in files whose names begin with `stem`. A bar is four
    /// beats at `tempo` beats per minute, or what the host says.
    pub fn keep(&self, count: u32, stem: &str, tempo: Option<f64>) {
        let beside = Beside {
            stem: stem.to_owned(),
            length: tempo.map(|tempo| Bars::told(Some(tempo), None)),
            ..Beside::of(&self.0.params, &self.0.status)
        };
        self.0.keeper.keep(count, beside);
    }

    /// Has the last minute remembered or not, as long as this instance lives, whatever the user has said of hosts.
    pub fn remember(&self, remembers: bool) {
        if self.0.keeper.remembers() != remembers {
            self.0.keeper.remember(remembers);
        }
    }

    /// What came of it, in words, once.
    pub fn hear_of_kept(&self) -> Option<String> {
        self.0.keeper.hear()
    }

    /// What is set on it, as JSON that a host would keep.
    pub fn state(&self) -> Vec<u8> {
        state::snapshot(&self.0.params)
    }

    /// Sets what was saved, made whole. What was changed in it, or why it is refused, is told in the status line.
    pub fn restore(&self, saved: &[u8]) {
        let notices = state::restore(saved, &self.0.params);
        let notices = notices.unwrap_or_else(|error| vec![error.to_string()]);
        self.0.status.set_notices(notices);
    }
}
