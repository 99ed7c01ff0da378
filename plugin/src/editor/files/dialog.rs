//! The system's dialog for files. It runs apart, and is asked once a picture whether it has an answer: nothing here waits, so the host's windows
//! go on.
//!
//! On Linux the desktop's portal shows it, else zenity. No GTK comes into the host's process.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use nice_plug_egui::baseview::WindowContext;
use rfd::{AsyncFileDialog, FileHandle};

use super::kind::SOUNDS;
use crate::editor::said::Said;
use crate::resources::library::ENDINGS;

/// A dialog that ends sooner was never seen: no hand is so quick.
const UNSEEN: Duration = Duration::from_millis(400);

/// What a file is chosen for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A preset to load.
    Import,
    /// A preset to write, and the name that is offered.
    Export(String),
    /// A model to copy.
    Model,
    /// A loop to play.
    Loop,
}

/// What came of a dialog.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// This file was chosen.
    File(PathBuf),
    /// None was chosen.
    Nothing,
    /// There was no dialog.
    NoDialog,
}

/// The dialog of one window.
#[derive(Default)]
pub struct Dialog {
    open: Option<Open>,
}

struct Open {
    purpose: Purpose,
    since: Instant,
    answer: Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>>,
}

impl Dialog {
    /// Opens a dialog for `purpose` above the window `parent`, unless one is open.
    pub fn open(&mut self, purpose: Purpose, folder: Option<&Path>, parent: &WindowContext) {
        if self.open.is_some() {
            return;
        }
        let dialog = AsyncFileDialog::new().set_parent(parent);
        let dialog = match folder.filter(|folder| folder.is_dir()) {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        };
        let answer: Pin<Box<dyn Future<Output = _> + Send>> = match &purpose {
            Purpose::Import => {
                let dialog = dialog.set_title("Import a preset");
                Box::pin(dialog.add_filter("Presets", &ENDINGS).pick_file())
            }
            Purpose::Export(name) => {
                let dialog = dialog.set_title("Export the preset");
                let dialog = dialog.add_filter("Presets", &ENDINGS);
                Box::pin(dialog.set_file_name(name).save_file())
            }
            Purpose::Loop => {
                let dialog = dialog.set_title("Open a loop");
                Box::pin(dialog.add_filter("Sound", &SOUNDS).pick_file())
            }
            Purpose::Model => {
                let dialog = dialog.set_title("Open a model");
                Box::pin(dialog.add_filter("Models", &["onnx"]).pick_file())
            }
        };
        self.open = Some(Open {
            purpose,
            since: Instant::now(),
            answer,
        });
    }

    /// What came of the dialog, once it has ended.
    pub fn answer(&mut self) -> Option<(Purpose, Answer)> {
        let open = self.open.as_mut()?;
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(chosen) = open.answer.as_mut().poll(&mut context) else {
            return None;
        };
        let open = self.open.take()?;
        let chosen = chosen.map(|file| file.path().to_owned());
        Some((open.purpose, told(chosen, open.since.elapsed())))
    }

    /// Leaves the dialog to itself: nobody waits for its answer any more.
    pub fn forget(&mut self) {
        self.open = None;
    }
}

/// What a dialog's end means that was open for so long.
fn told(chosen: Option<PathBuf>, open: Duration) -> Answer {
    match chosen {
        Some(path) => Answer::File(path),
        None if cfg!(target_os = "linux") && open < UNSEEN => Answer::NoDialog,
        None => Answer::Nothing,
    }
}

/// What to say where no file was chosen; `instead` is what else can be done.
pub fn without(answer: &Answer, instead: &str) -> Option<Said> {
    Some(match answer {
        Answer::File(_) => return None,
        Answer::NoDialog => Said::Problem(format!(
            "no file dialog can be had here (xdg-desktop-portal or zenity shows one): {instead}"
        )),
        Answer::Nothing if cfg!(target_os = "linux") => {
            Said::News(format!("no file was chosen. If no dialog came: {instead}"))
        }
        Answer::Nothing => Said::News("no file was chosen".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn a_dialog_that_nobody_can_have_seen_is_none() {
        let path = PathBuf::from("/x/a.yaml");
        let soon = Duration::from_millis(20);
        assert_eq!(told(Some(path.clone()), soon), Answer::File(path));
        assert_eq!(told(None, Duration::from_secs(2)), Answer::Nothing);
        let expected = match cfg!(target_os = "linux") {
            true => Answer::NoDialog,
            false => Answer::Nothing,
        };
        assert_eq!(told(None, soon), expected);
    }

    #[test]
    fn what_to_do_instead_is_said() {
        let said = without(&Answer::NoDialog, "drop it").unwrap();
        let Said::Problem(words) = said else {
            panic!("a missing dialog is a problem");
        };
        assert!(words.contains("xdg-desktop-portal") && words.ends_with("drop it"));
        assert!(without(&Answer::File(PathBuf::new()), "drop it").is_none());
        let cancelled = without(&Answer::Nothing, "drop it");
        assert!(matches!(cancelled, Some(Said::News(_))));
    }
}
