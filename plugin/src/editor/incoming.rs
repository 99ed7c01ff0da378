//! Files brought to where they belong: presets to the browser, models to their picker. GUI thread.

use std::path::{Path, PathBuf};

use egui::Ui;
use nice_plug::prelude::ParamSetter;
use nice_plug_egui::Frame;

use super::NetbendEditor;
use super::files::dialog::{Answer, Purpose};
use super::files::kind::{self, Kind, Refusal};
use super::files::overlay;

impl NetbendEditor {
    /// Takes what was dropped, opens the dialog that was asked for, and takes its answer. Once a picture, after the rest was drawn.
    pub(super) fn take_files(&mut self, ui: &Ui, frame: &Frame, setter: &ParamSetter<'_>) {
        overlay::show(ui);
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
        if let Some(purpose) = asked.or(self.models.take_asked()) {
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
        match kind::of(paths) {
            Ok((Kind::Preset, path)) => self.browser.import(path, setter),
            Ok((Kind::Model, path)) => self.open_model(path),
            Err(refusal) => self.notice.say(refusal.to_string()),
        }
    }

    fn take_answer(&mut self, purpose: &Purpose, answer: Answer, setter: &ParamSetter<'_>) {
        match (purpose, answer) {
            (Purpose::Import, Answer::File(path)) => self.browser.import(&path, setter),
            (Purpose::Export(_), Answer::File(path)) => self.browser.export(&path),
            (Purpose::Model, Answer::File(path)) => self.open_model(&path),
            (Purpose::Model, nothing) => self.models.go_without(&nothing),
            (_, nothing) => self.browser.go_without(purpose, &nothing),
        }
    }

    fn open_model(&mut self, path: &Path) {
        self.browser.close();
        self.models.bring(path);
    }
}
