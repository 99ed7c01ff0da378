//! The browser of presets: its part of the top line, and a panel in place of the spectrograms.
//!
//! | module | what it is |
//! |---|---|
//! | `loader` | presets and moments put on an instance that plays |
//! | `keys` | what is typed while the panel is open |
//! | `bar` | the preset's name and its neighbours, in the top line |
//! | `filters` | the rows above the list |
//! | `list` | the presets that are asked for |
//! | `details` | what the chosen one says of itself |
//! | `files` | presets that come from outside and go there |
//! | `form` | a preset about to be saved |
//! | `field` | a text field |

mod bar;
mod details;
pub mod field;
mod files;
mod filters;
mod form;
mod keys;
mod list;
mod loader;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Align, Rect, Ui};
use nice_plug::prelude::ParamSetter;

use crate::params::NetbendParams;
use crate::params::preset::capture;
use crate::params::snapshot::{Snapshot, mark_as_saved};
use crate::report::status::Status;
use crate::resources::library::{Entry, Library, LibraryError, Search, Wanted, load};

use super::files::dialog::Purpose;
use super::put::Put;
use super::said::Said;
use super::{panel, text, theme};
use details::Change;
use form::Form;
use keys::Key;
pub use loader::Loader;

/// Height of the line beneath the list.
const FOOT: f32 = 18.0;
/// Between two rows of the panel.
const ROW_GAP: f32 = 6.0;
/// Width of what is said of the chosen preset.
const DETAILS: f32 = 270.0;

/// What the user has in hand. It stays while the window is closed.
pub struct Browser {
    params: Arc<NetbendParams>,
    library: Library,
    loader: Loader,
    search: Search,
    /// The file of the preset that was loaded last, if it is of one.
    current: Option<PathBuf>,
    /// The open panel.
    open: Option<Open>,
    /// Who saved last, to be offered again.
    author: String,
    /// What a dialog is to be opened for.
    asked: Option<Purpose>,
}

/// What lives as long as the panel is open.
struct Open {
    /// What was there before, to go back to.
    before: Snapshot,
    before_path: Option<PathBuf>,
    /// The search field is to have the keyboard.
    wants_focus: bool,
    /// The list is to show the chosen preset.
    reveals: bool,
    form: Option<Form>,
    change: Option<Change>,
    said: Option<Said>,
}

impl Browser {
    /// A browser of `library` for the instance with these parameters.
    pub fn new(params: Arc<NetbendParams>, library: Library, loader: Loader) -> Self {
        Self {
            params,
            library,
            loader,
            search: Search::default(),
            current: None,
            open: None,
            author: String::new(),
            asked: None,
        }
    }

    /// Whether the panel is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// A window has opened: looks for what there is now.
    pub fn begin(&mut self) {
        self.open = None;
        self.library.begin_scan();
    }

    /// Carries on what waits for the model. Once a picture.
    pub fn attend(&mut self, status: &Status, setter: &ParamSetter<'_>) {
        self.loader.attend(&self.params, status, setter);
    }

    /// Draws the preset's name and its neighbours in `rect`.
    pub fn bar(&mut self, ui: &mut Ui, rect: Rect, setter: &ParamSetter<'_>) {
        match bar::show(ui, rect, &self.params, self.is_open()) {
            Some(bar::Pressed::Name) if self.is_open() => self.close(),
            Some(bar::Pressed::Name) => self.open(),
            Some(bar::Pressed::Previous) => self.step(-1, setter),
            Some(bar::Pressed::Next) => self.step(1, setter),
            None => {}
        }
    }

    /// Draws the open panel in `rect`.
    pub fn panel(&mut self, ui: &mut Ui, rect: Rect, setter: &ParamSetter<'_>) {
        let entries = self.library.entries();
        let found = self.found(&entries);
        self.keys(ui, setter);
        let Some(open) = &mut self.open else { return };
        panel::show(ui, rect, theme::OUTLINE);
        let mut inner = rect.shrink(theme::PADDING);
        if let Some(form) = &mut open.form {
            match form.show(ui, inner) {
                Some(form::Pressed::Save) => self.save(),
                Some(form::Pressed::Cancel) => open.form = None,
                None => {}
            }
            return;
        }
        let foot = inner.with_min_y(inner.bottom() - FOOT);
        inner.max.y = foot.top() - 2.0;
        let top = inner.with_max_y(inner.top() + theme::ROW);
        let focus = std::mem::take(&mut open.wants_focus);
        let pressed = filters::show(ui, top, &mut self.search, focus);
        let tags = top.translate(egui::vec2(0.0, theme::ROW + ROW_GAP));
        filters::tags(ui, tags, &mut self.search, &entries);
        inner.min.y = tags.bottom() + ROW_GAP;
        let details = inner.with_min_x(inner.right() - DETAILS);
        let place = inner.with_max_x(details.left() - theme::PADDING);
        let chosen = self.current.as_deref();
        let reveals = std::mem::take(&mut open.reveals);
        let library = &self.library;
        let heard = list::show(ui, place, library, &entries, &found, chosen, reveals);
        let entry = entry_at(&entries, chosen);
        let is_favourite = entry.is_some_and(|entry| library.is_favourite(entry));
        let asked = details::show(ui, details, entry, is_favourite, &mut open.change);
        say(ui, foot, open.said.as_ref(), library, found.len());
        match pressed {
            Some(filters::Pressed::Save) => self.ask_for_name(),
            Some(filters::Pressed::Copy) => self.copy(ui),
            Some(filters::Pressed::Import) => self.ask_for_import(),
            Some(filters::Pressed::Export) => self.ask_for_export(),
            Some(filters::Pressed::Close) => self.close(),
            None => {}
        }
        match heard {
            Some(list::Pressed::Hear(place)) => self.hear(&entries, place, setter),
            Some(list::Pressed::Keep) => self.close(),
            Some(list::Pressed::Star(place)) => self.star(&entries, place),
            None => {}
        }
        if let (Some(asked), Some(entry)) = (asked, entry) {
            self.carry_out(asked, entry);
        }
    }

    /// Puts everything back as it was at another moment, which `words` call by its name.
    pub fn put(&mut self, snapshot: &Snapshot, words: &str, setter: &ParamSetter<'_>) {
        self.current = None;
        self.loader.put(snapshot, words, &self.params, setter);
    }

    /// Puts back what is set beside the parameters' values.
    pub fn put_texts(&mut self, snapshot: &Snapshot) {
        self.current = None;
        self.loader.put_texts(snapshot, &self.params);
    }

    /// As [`put_texts`](Self::put_texts), as something that was done now and is called that.
    pub fn change_texts(&mut self, snapshot: &Snapshot, words: &str) {
        self.loader.change_texts(snapshot, words, &self.params);
    }

    /// Something was done since `before` to what is set beside the parameters' values, and is called that.
    pub fn was_changed(&mut self, before: Snapshot, words: &str) {
        self.loader.was_changed(before, words, &self.params);
    }

    /// What was put since the last call.
    pub fn take_put(&mut self) -> Option<Put> {
        self.loader.take_put()
    }

    /// Opens the panel and asks for a name to save what is set under.
    pub fn save_as(&mut self) {
        self.open();
        self.ask_for_name();
    }

    fn open(&mut self) {
        self.library.begin_scan();
        self.find_current();
        self.open = Some(Open {
            before: Snapshot::of(&self.params),
            before_path: self.current.clone(),
            wants_focus: true,
            reveals: true,
            form: None,
            change: None,
            said: None,
        });
    }

    /// Keeps what is heard and closes.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Goes back to what was there before and closes.
    fn go_back(&mut self, setter: &ParamSetter<'_>) {
        if let Some(open) = self.open.take() {
            let words = "Back from the presets";
            self.loader.put(&open.before, words, &self.params, setter);
            self.current = open.before_path;
        }
    }

    fn keys(&mut self, ui: &Ui, setter: &ParamSetter<'_>) {
        let Some(open) = &mut self.open else { return };
        let is_asked = open.form.is_some() || open.change.is_some();
        // Another control that has the focus is pressed by Enter and left by arrows.
        let is_elsewhere =
            ui.memory(|memory| memory.focused().is_some()) && !ui.ctx().text_edit_focused();
        match keys::pressed(ui, is_asked || is_elsewhere) {
            Some(Key::Escape) if is_asked => (open.form, open.change) = (None, None),
            Some(Key::Escape) => self.go_back(setter),
            Some(Key::Enter) => self.close(),
            Some(Key::Step(by)) => self.step(by, setter),
            Some(Key::Paste(text)) => self.paste(&text, setter),
            None => {}
        }
    }

    fn found(&self, entries: &[Entry]) -> Vec<usize> {
        let is_favourite = |entry: &Entry| self.library.is_favourite(entry);
        self.search.found(entries, is_favourite)
    }

    /// Hears the next preset that is asked for, or the one before. Those that are broken are passed over.
    fn step(&mut self, by: isize, setter: &ParamSetter<'_>) {
        let entries = self.library.entries();
        self.find_current();
        let mut found = self.found(&entries);
        found.retain(|place| {
            entries
                .get(*place)
                .is_some_and(|entry| entry.problem.is_none())
        });
        let path = |place: &usize| entries.get(*place).map(|entry| entry.path.as_path());
        let current = self.current.as_deref();
        let here = found
            .iter()
            .position(|place| current.is_some() && path(place) == current);
        let next = match (here, by) {
            (Some(here), _) => here.checked_add_signed(by),
            (None, 1..) => Some(0),
            (None, _) => found.len().checked_sub(1),
        };
        if let Some(place) = next.and_then(|next| found.get(next)) {
            self.hear(&entries, *place, setter);
        }
    }

    /// Where no preset was loaded here, a project may have brought one: the file that bears its name.
    fn find_current(&mut self) {
        if self.current.is_some() {
            return;
        }
        let entries = self.library.entries();
        self.current = self.params.preset.with_name(|name| {
            let found = entries
                .iter()
                .find(|entry| !name.is_empty() && entry.name() == name);
            found.map(|entry| entry.path.clone())
        });
    }

    /// Loads the preset at `place` of the library.
    fn hear(&mut self, entries: &[Entry], place: usize, setter: &ParamSetter<'_>) {
        let Some(entry) = entries.get(place) else {
            return;
        };
        self.current = Some(entry.path.clone());
        let said = match load(&entry.path) {
            Ok(preset) => {
                let loaded = self.loader.load(&preset, &self.params, setter);
                loaded.err().map(|error| Said::Problem(error.to_string()))
            }
            Err(error) => Some(Said::Problem(error.to_string())),
        };
        if let Some(open) = &mut self.open {
            (open.said, open.change, open.reveals) = (said, None, true);
        }
    }

    fn star(&mut self, entries: &[Entry], place: usize) {
        let Some(entry) = entries.get(place) else {
            return;
        };
        let is_one = self.library.is_favourite(entry);
        let done = self.library.set_favourite(entry, !is_one);
        self.tell(done.map(|()| None));
    }

    fn carry_out(&mut self, asked: details::Asked, entry: &Entry) {
        let done = match asked {
            details::Asked::Star => {
                let is_one = self.library.is_favourite(entry);
                self.library.set_favourite(entry, !is_one).map(|()| None)
            }
            details::Asked::Rename(name) => self.library.rename(entry, &name).map(|path| {
                self.current = Some(path);
                Some(format!("renamed to {name}"))
            }),
            details::Asked::Remove => self.library.remove(entry).map(|path| {
                self.current = None;
                Some(format!("moved to {}", path.display()))
            }),
        };
        self.library.begin_scan();
        self.tell(done);
    }

    /// Says what came of something.
    fn tell(&mut self, done: Result<Option<String>, LibraryError>) {
        if let Some(open) = &mut self.open {
            open.said = match done {
                Ok(news) => news.map(Said::News),
                Err(error) => Some(Said::Problem(error.to_string())),
            };
        }
    }

    fn ask_for_name(&mut self) {
        let mut metadata = self.params.preset.metadata();
        if metadata.author.is_empty() {
            metadata.author = self.author.clone();
        }
        let own = self.library.own_folder();
        let folder = own.zip(self.current.as_deref()).and_then(|(own, path)| {
            let folder = path.parent()?.strip_prefix(own).ok()?;
            Some(folder.to_string_lossy().replace('\\', "/"))
        });
        if let Some(open) = &mut self.open {
            open.form = Some(Form::new(&metadata, folder.unwrap_or_default()));
        }
    }

    /// Saves what is heard as the form says.
    fn save(&mut self) {
        let Some(form) = self.open.as_mut().and_then(|open| open.form.as_mut()) else {
            return;
        };
        let metadata = form.metadata();
        let mut preset = match capture(&self.params) {
            Ok(preset) => preset,
            Err(error) => return form.refuse(error.to_string()),
        };
        preset.metadata = metadata.clone();
        let wanted = match form.replaces() {
            true => Wanted::InPlaceOf,
            false => Wanted::New,
        };
        match self.library.save(&preset, form.folder(), wanted) {
            Ok(path) => {
                let said = Said::News(format!("saved as {}", path.display()));
                self.author.clone_from(&metadata.author);
                self.params.preset.replace(metadata);
                mark_as_saved(&self.params);
                self.current = Some(path);
                self.library.begin_scan();
                if let Some(open) = &mut self.open {
                    (open.form, open.said, open.reveals) = (None, Some(said), true);
                    (open.before, open.before_path) =
                        (Snapshot::of(&self.params), self.current.clone());
                }
            }
            Err(LibraryError::Exists(name)) => form.ask_to_replace(&name),
            Err(error) => form.refuse(error.to_string()),
        }
    }
}

fn entry_at<'a>(entries: &'a [Entry], path: Option<&Path>) -> Option<&'a Entry> {
    entries
        .iter()
        .find(|entry| path.is_some_and(|path| entry.path == path))
}

/// Draws what there is to say.
fn say(ui: &Ui, rect: Rect, said: Option<&Said>, library: &Library, found: usize) {
    const HELP: &str = "up, down: hear  ·  Enter: keep  ·  Esc: back  ·  drop a file, or Ctrl+V: paste a preset's text";
    let help;
    let (words, colour) = match said {
        Some(said) => said.shown(),
        None if library.is_scanning() && library.scans() == 0 => ("reading presets…", theme::MUTED),
        None => {
            let presets = if found == 1 { "preset" } else { "presets" };
            help = format!("{found} {presets}  ·  {HELP}");
            (help.as_str(), theme::FAINT)
        }
    };
    text::line(ui, rect, words, theme::SMALL, colour, Align::Min);
}
