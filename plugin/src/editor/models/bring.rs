//! A model from elsewhere: its path typed, its file dropped or chosen; copied by a thread of its own, then played.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{TryRecvError, sync_channel};

use egui::{Align, Id, Rect, Sense, Ui};
use nice_plug::prelude::ParamSetter;

use super::{GAP, Models};
use crate::editor::browser::{Browser, field};
use crate::editor::files::dialog::{Answer, Purpose, without};
use crate::editor::files::kind;
use crate::editor::said::Said;
use crate::editor::{choice, text, theme};
use crate::params::NetbendParams;
use crate::params::snapshot::Snapshot;

const OPEN: f32 = 64.0;
const ADD: f32 = 150.0;
/// The longest path that can be typed.
const LONGEST_PATH: usize = 4_096;

impl Models {
    /// Opens the panel and has the model of any file copied, to be played when it is there.
    pub fn bring(&mut self, path: &Path) {
        self.is_open = true;
        self.begin(path.to_owned());
    }

    /// Plays a model that has been copied. Once a picture.
    pub fn attend(
        &mut self,
        params: &NetbendParams,
        browser: &mut Browser,
        setter: &ParamSetter<'_>,
    ) {
        let Some(bringing) = &self.bringing else {
            return;
        };
        self.said = Some(match bringing.try_recv() {
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => Said::Problem("it cannot be read".to_owned()),
            Ok(Err(problem)) => Said::Problem(problem.to_string()),
            Ok(Ok(added)) => {
                let settings = Snapshot::of(params).with_model(&added.name, &added.sha256);
                browser.put(&settings, &added.name, setter);
                Said::News(format!("{} lies in {}", added.name, added.path.display()))
            }
        });
        self.bringing = None;
    }

    /// Says what can be done where the dialog brought no file.
    pub fn go_without(&mut self, answer: &Answer) {
        let instead = "drop the file on this window, or click here and type its path";
        self.said = without(answer, instead);
    }

    /// What a dialog is to be opened for, since the last call.
    pub fn take_asked(&mut self) -> Option<Purpose> {
        self.asked.take()
    }

    /// A field for the path of another file, which is copied into the user's folder, and a button for the dialog.
    pub(super) fn adder(&mut self, ui: &mut Ui, rect: Rect) {
        let copy = rect.with_min_x(rect.right() - ADD);
        let right = copy.left() - GAP;
        let open = rect.with_max_x(right).with_min_x(right - OPEN);
        self.path(ui, rect.with_max_x(open.left() - GAP));
        let tip = "Choose a model's file anywhere: it is copied to your own models and played. You can drop it on this window, too";
        if choice::button(ui, open, "Open…", tip) {
            self.asked = Some(Purpose::Model);
            self.said = Some(Said::News("a file dialog opens…".to_owned()));
        }
        let tip = "Copy the file of that path into the folder of your own models, and play it";
        if choice::button(ui, copy, "Copy to my models", tip) && !self.typed.trim().is_empty() {
            let typed = std::mem::take(&mut self.typed);
            self.begin(PathBuf::from(typed.trim()));
        }
    }

    /// What there is to say, until it is clicked; else the field.
    fn path(&mut self, ui: &mut Ui, rect: Rect) {
        let id = Id::unique("model path");
        let is_typing = ui.memory(|memory| memory.has_focus(id)) || !self.typed.is_empty();
        let said = self.said.as_ref().filter(|_| !is_typing);
        let Some((words, colour)) = said.map(Said::shown) else {
            let hint = match self.shelf.own_folder() {
                Some(folder) => format!(
                    "Drop an .onnx, or type its path; yours lie in {}",
                    folder.display()
                ),
                None => "Path of another .onnx".to_owned(),
            };
            field::line(ui, rect, id, &mut self.typed, &hint, LONGEST_PATH)
                .on_hover_text("The path of a model file: it is copied among your own, and played");
            return;
        };
        text::line(ui, rect, words, theme::SMALL, colour, Align::Min);
        let tip = format!("{words}\nClick to type a path");
        let note = ui.interact(rect, Id::unique("model note"), Sense::click());
        if note.on_hover_text(tip).clicked() {
            self.said = None;
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }

    fn begin(&mut self, path: PathBuf) {
        if self.bringing.is_some() {
            let words = "another model is being copied; try again when it is there";
            self.said = Some(Said::Problem(words.to_owned()));
            return;
        }
        let (told, bringing) = sync_channel(1);
        let (shelf, name) = (self.shelf.clone(), kind::name(&path));
        let thread = std::thread::Builder::new().name("netbend-copy".to_owned());
        let begun = thread.spawn(move || {
            // Nobody waits any more where that fails.
            let _ = told.send(shelf.add(&path));
        });
        self.said = Some(match begun {
            Ok(_) => {
                self.bringing = Some(bringing);
                Said::News(format!("{name} is copied…"))
            }
            Err(problem) => Said::Problem(format!("{name} cannot be copied: {problem}")),
        });
    }
}
