//! A preset about to be saved: what it is to say of itself, and where it is to lie.

use egui::{Align, Id, Key, Rect, Ui, pos2, vec2};
use netbend_models::preset::{
    KNOWN_TAGS, LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_NOTES, LONGEST_TAG, MOST_TAGS, Metadata,
};

use super::field;
use crate::editor::{choice, text, theme};

const GAP: f32 = 6.0;
/// Width of a field's name.
const NAME: f32 = 78.0;
/// Share of the width for the fields of one line.
const LEFT: f32 = 0.56;
/// Characters of a folder.
const LONGEST_FOLDER: usize = 120;

/// What was typed so far.
pub(super) struct Form {
    name: String,
    author: String,
    tags: String,
    description: String,
    notes: String,
    folder: String,
    /// What is wrong with it.
    problem: Option<String>,
    /// The name that is taken, and is to be replaced if it is pressed once more.
    taken: Option<(String, String)>,
    is_new: bool,
}

/// What was pressed.
pub(super) enum Pressed {
    Save,
    Cancel,
}

impl Form {
    /// A form filled in with `metadata`, for a folder of the user's presets.
    pub(super) fn new(metadata: &Metadata, folder: String) -> Self {
        Self {
            name: metadata.name.clone(),
            author: metadata.author.clone(),
            tags: metadata.tags.join(" "),
            description: metadata.description.clone(),
            notes: metadata.notes.clone(),
            folder,
            problem: None,
            taken: None,
            is_new: true,
        }
    }

    /// What it says, as a preset takes it.
    pub(super) fn metadata(&self) -> Metadata {
        let tags = self.tags.split([' ', ',', ';']).map(str::to_owned);
        Metadata {
            name: self.name.clone(),
            author: self.author.clone(),
            tags: tags.collect(),
            description: self.description.clone(),
            notes: self.notes.clone(),
        }
        .tidied()
    }

    /// Where it is to lie.
    pub(super) fn folder(&self) -> &str {
        self.folder.trim()
    }

    /// Whether one of that name may go: the user was asked, and has typed no other since.
    pub(super) fn replaces(&self) -> bool {
        let taken = self.taken.as_ref();
        taken.is_some_and(|(name, folder)| (name, folder) == (&self.name, &self.folder))
    }

    /// Says that the name is taken.
    pub(super) fn ask_to_replace(&mut self, name: &str) {
        self.problem = Some(format!("There is a preset {name} already"));
        self.taken = Some((self.name.clone(), self.folder.clone()));
    }

    /// Says what is wrong.
    pub(super) fn refuse(&mut self, problem: String) {
        self.problem = Some(problem);
    }

    /// Draws it in `rect`.
    pub(super) fn show(&mut self, ui: &mut Ui, rect: Rect) -> Option<Pressed> {
        let left = rect.with_max_x(rect.left() + rect.width() * LEFT);
        let right = rect.with_min_x(left.right() + 2.0 * theme::PADDING);
        let foot = left.with_min_y(left.bottom() - theme::ROW);
        let tags = format!("such as {}", KNOWN_TAGS.join(", "));
        let fields = [
            ("Name", &mut self.name, "", LONGEST_NAME),
            ("Author", &mut self.author, "", LONGEST_NAME),
            (
                "Tags",
                &mut self.tags,
                tags.as_str(),
                MOST_TAGS * (LONGEST_TAG + 1),
            ),
            (
                "Description",
                &mut self.description,
                "one line",
                LONGEST_DESCRIPTION,
            ),
            (
                "Folder",
                &mut self.folder,
                "none, or one such as Beats/Slow",
                LONGEST_FOLDER,
            ),
        ];
        let (mut top, mut is_entered) = (left.top(), false);
        for (name, typed, hint, most) in fields {
            let row = Rect::from_min_size(pos2(left.left(), top), vec2(left.width(), theme::ROW));
            top = row.bottom() + GAP;
            field::name(ui, row, name);
            let place = row.with_min_x(row.left() + NAME);
            let id = Id::unique(("form", name));
            let response = field::line(ui, place, id, typed, hint, most);
            let response = response.on_hover_text(format!("{name} of the preset: {hint}"));
            if name == "Name" && std::mem::take(&mut self.is_new) {
                response.request_focus();
            }
            is_entered |= response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        }
        field::name(ui, right.with_max_y(right.top() + theme::ROW), "Notes");
        let notes = right.with_min_y(right.top() + theme::ROW);
        let id = Id::unique("form notes");
        field::lines(ui, notes, id, &mut self.notes, "", LONGEST_NOTES).on_hover_text(
            "What is worth knowing of it: kept in the preset, shown beside its name",
        );
        let pressed = self.buttons(ui, foot);
        pressed.or(is_entered.then_some(Pressed::Save))
    }

    fn buttons(&mut self, ui: &mut Ui, rect: Rect) -> Option<Pressed> {
        let cancel = rect.with_min_x(rect.right() - 64.0);
        let save = rect
            .with_max_x(cancel.left() - GAP)
            .with_min_x(cancel.left() - GAP - 72.0);
        let words = rect.with_max_x(save.left() - GAP);
        if let Some(problem) = &self.problem {
            text::line(ui, words, problem, theme::SMALL, theme::WARNING, Align::Min);
        }
        let (name, tip) = match self.replaces() {
            true => (
                "Replace",
                "Put it in place of the one of that name, which goes to the folder `removed`",
            ),
            false => ("Save", "Save it among your own presets"),
        };
        let saved = choice::button_of(ui, save, Id::unique("save preset"), name, tip);
        let tip = "Go back to the list";
        let left = choice::button_of(ui, cancel, Id::unique("leave form"), "Cancel", tip);
        match (saved, left) {
            (true, _) => Some(Pressed::Save),
            (false, true) => Some(Pressed::Cancel),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_metadata_and_back() {
        let mut form = Form::new(&Metadata::default(), String::new());
        form.name = "  Wet\tCardboard ".into();
        form.tags = "Texture, tone;texture  my-own".into();
        form.notes = "one\n\n".into();
        let metadata = form.metadata();
        assert_eq!(metadata.name, "Wet Cardboard");
        assert_eq!(metadata.tags, ["texture", "tone", "my-own"]);
        assert_eq!(metadata.notes, "one");
        assert_eq!(Form::new(&metadata, String::new()).metadata(), metadata);
    }

    #[test]
    fn a_name_is_only_replaced_where_it_was_asked_for_it() {
        let mut form = Form::new(&Metadata::default(), String::new());
        form.name = "Drift".into();
        assert!(!form.replaces());
        form.ask_to_replace("Drift");
        assert!(form.replaces());
        form.name.push('s');
        assert!(!form.replaces());
    }
}
