//! Presets that come from outside and go there: as files, and as text on the clipboard.

use std::path::{Path, PathBuf};

use egui::Ui;
use netbend_models::Preset;
use nice_plug::prelude::ParamSetter;

use super::Browser;
use crate::editor::files::dialog::{Answer, Purpose, without};
use crate::editor::files::kind;
use crate::editor::said::Said;
use crate::params::preset::capture;
use crate::resources::library::{LibraryError, export, load, plain};

impl Browser {
    /// Loads the preset of any file, and opens the panel to say what came of it: Escape goes back to what was there before.
    pub fn import(&mut self, path: &Path, setter: &ParamSetter<'_>) {
        if self.open.is_none() {
            self.open();
        }
        let loaded = match load(path) {
            Ok(preset) => {
                let done = self.loader.load(&preset, &self.params, setter);
                done.map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        let said = match loaded {
            Ok(()) => {
                let entries = self.library.entries();
                let is_listed = entries.iter().any(|entry| entry.path == path);
                self.current = is_listed.then(|| path.to_owned());
                Said::News(format!(
                    "loaded {}  ·  Save… keeps it among your own, Esc goes back",
                    kind::name(path)
                ))
            }
            Err(problem) => Said::Problem(problem),
        };
        if let Some(open) = &mut self.open {
            (open.form, open.change) = (None, None);
            (open.said, open.reveals) = (Some(said), true);
        }
    }

    /// Writes what is heard to the file that was chosen for it. The dialog has asked whether one that is there may go.
    pub fn export(&mut self, path: &Path) {
        let preset = capture(&self.params).map_err(LibraryError::from);
        let written = preset.and_then(|mut preset| {
            preset.metadata = self.params.preset.metadata();
            export(&preset, path)
        });
        let said = match written {
            Ok(path) => Said::News(format!("exported to {}", path.display())),
            Err(problem) => Said::Problem(problem.to_string()),
        };
        self.library.begin_scan();
        self.say(said);
    }

    /// Says what can be done where the dialog brought no file.
    pub fn go_without(&mut self, purpose: &Purpose, answer: &Answer) {
        let instead = match purpose {
            Purpose::Export(_) => {
                "Save… keeps it among your own, Copy as text puts it on the clipboard"
            }
            _ => "drop the file on this window, or paste its text (Ctrl+V)",
        };
        without(answer, instead)
            .into_iter()
            .for_each(|said| self.say(said));
    }

    /// What a dialog is to be opened for, since the last call.
    pub fn take_asked(&mut self) -> Option<Purpose> {
        self.asked.take()
    }

    /// Where the user's own presets lie.
    pub fn own_folder(&self) -> Option<PathBuf> {
        self.library.own_folder()
    }

    pub(super) fn ask_for_import(&mut self) {
        self.ask(Purpose::Import);
    }

    pub(super) fn ask_for_export(&mut self) {
        let name = plain(&self.params.preset.metadata().name);
        let name = name.unwrap_or_else(|| "preset".to_owned());
        self.ask(Purpose::Export(format!("{name}.yaml")));
    }

    /// Puts what is heard on the clipboard, as text.
    pub(super) fn copy(&mut self, ui: &Ui) {
        let said = match capture(&self.params) {
            Ok(preset) => {
                ui.copy_text(preset.to_yaml());
                Said::News("copied as text".into())
            }
            Err(error) => Said::Problem(error.to_string()),
        };
        self.say(said);
    }

    /// Loads a preset's text.
    pub(super) fn paste(&mut self, text: &str, setter: &ParamSetter<'_>) {
        let loaded = Preset::from_yaml(text, "pasted text").map(|mut preset| {
            if preset.metadata.name.is_empty() {
                preset.metadata.name = "Pasted".into();
            }
            self.loader.load(&preset, &self.params, setter)
        });
        let said = match loaded {
            Ok(Ok(())) => {
                self.current = None;
                Said::News("pasted".into())
            }
            Ok(Err(error)) => Said::Problem(error.to_string()),
            Err(error) => Said::Problem(error.to_string()),
        };
        self.say(said);
    }

    fn ask(&mut self, purpose: Purpose) {
        self.asked = Some(purpose);
        self.say(Said::News("a file dialog opens…".to_owned()));
    }

    fn say(&mut self, said: Said) {
        if let Some(open) = &mut self.open {
            open.said = Some(said);
        }
    }
}
