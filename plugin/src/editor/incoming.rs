//! Files brought to where they belong: presets to the browser, models to their picker, loops to the player. GUI thread.

use std::path::{Path, PathBuf};

use egui::Ui;
use nice_plug::prelude::ParamSetter;
use nice_plug_egui::Frame;

use super::NetbendEditor;
use super::files::dialog::{Answer, Purpose, without};
use super::files::kind::{self, Kind, Refusal};
use super::files::overlay;
use super::player::Bar;

impl NetbendEditor {
    /// Takes what was dropped, opens the dialog that was asked for, over the window of `frame`, and takes its answer. Once a picture, after the rest
    /// was drawn.
    pub(super) fn take_files(&mut self, ui: &Ui, frame: Option<&Frame>, setter: &ParamSetter<'_>) {
        let takes_loops = self.player.is_some();
        overlay::show(ui, takes_loops);
        let dropped: Vec<PathBuf> = ui.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        if !dropped.is_empty() {
            self.notice.clear();
            self.take_dropped(&dropped, setter);
        }
        self.notice.show(ui);
        let asked = self.browser.take_asked();
        let asked = asked.or(self.models.take_asked());
        let asked = asked.or(self.player.as_mut().and_then(Bar::take_asked));
        if let (Some(purpose), Some(frame)) = (asked, frame) {
            let folder = match purpose {
                Purpose::Export(_) => self.browser.own_folder(),
                _ => None,
            };
            self.dialog
                .open(purpose, folder.as_deref(), frame.baseview_window());
        }
        if let Some((purpose, answer)) = self.dialog.answer() {
            self.take_answer(&purpose, answer, setter);
        }
    }

    fn take_dropped(&mut self, paths: &[PathBuf], setter: &ParamSetter<'_>) {
        if let [one] = paths
            && one.is_dir()
        {
            return self
                .notice
                .say(Refusal::Folder(kind::name(one)).to_string());
        }
        match kind::of(paths, self.player.is_some()) {
            Ok((Kind::Preset, path)) => self.browser.import(path, setter),
            Ok((Kind::Model, path)) => self.open_model(path),
            Ok((Kind::Loop, path)) => self.open_loop(path),
            Err(refusal) => self.notice.say(refusal.to_string()),
        }
    }

    fn take_answer(&mut self, purpose: &Purpose, answer: Answer, setter: &ParamSetter<'_>) {
        match (purpose, answer) {
            (Purpose::Import, Answer::File(path)) => self.browser.import(&path, setter),
            (Purpose::Export(_), Answer::File(path)) => self.browser.export(&path),
            (Purpose::Model, Answer::File(path)) => self.open_model(&path),
            (Purpose::Model, nothing) => self.models.go_without(&nothing),
            (Purpose::Loop, Answer::File(path)) => self.open_loop(&path),
            (Purpose::Loop, nothing) => {
                if let Some(said) = without(&nothing, "drop the loop on this window") {
                    self.notice.say(said.shown().0.to_owned());
                }
            }
            (_, nothing) => self.browser.go_without(purpose, &nothing),
        }
    }

    fn open_loop(&self, path: &Path) {
        if let Some(player) = &self.player {
            player.open(path);
        }
    }

    fn open_model(&mut self, path: &Path) {
        self.browser.close();
        self.models.bring(path);
    }
}
