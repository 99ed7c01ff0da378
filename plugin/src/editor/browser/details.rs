//! What the chosen preset says of itself, and what can be done with its file.

use egui::{Align, Id, Label, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};
use netbend_models::preset::LONGEST_NAME;

use super::field;
use crate::editor::{choice, text, theme};
use crate::error::Origin;
use crate::resources::library::Entry;

const GAP: f32 = 6.0;

/// What is about to be done, and waits for another press.
pub(super) enum Change {
    /// The name typed so far.
    Rename(String),
    Remove,
}

/// What the user asks for.
pub(super) enum Asked {
    Star,
    Rename(String),
    Remove,
}

/// Draws the preset in `rect`, or that there is none.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    entry: Option<&Entry>,
    is_favourite: bool,
    change: &mut Option<Change>,
) -> Option<Asked> {
    let Some(entry) = entry else {
        let words = "Choose a preset to hear it";
        text::line(
            ui,
            rect.with_max_y(rect.top() + theme::ROW),
            words,
            theme::SMALL,
            theme::FAINT,
            Align::Min,
        );
        return None;
    };
    let buttons = rect.with_min_y(rect.bottom() - theme::ROW);
    let words = rect.with_max_y(buttons.top() - GAP);
    ui.scope_builder(UiBuilder::new().max_rect(words), |ui| {
        ScrollArea::vertical()
            .id_salt("preset")
            .auto_shrink(false)
            .show(ui, |ui| say(ui, entry));
    });
    match change {
        None => offer(ui, buttons, entry, is_favourite, change),
        Some(Change::Remove) => confirm(ui, buttons, change),
        Some(Change::Rename(_)) => rename(ui, buttons, change),
    }
}

fn say(ui: &mut Ui, entry: &Entry) {
    let metadata = &entry.metadata;
    let line = |ui: &mut Ui, words: &str, points: f32, colour| {
        let words = RichText::new(words).font(theme::font(points)).color(colour);
        ui.add(Label::new(words).wrap());
    };
    line(ui, entry.name(), 15.0, theme::TEXT);
    if let Some(problem) = &entry.problem {
        line(ui, problem, theme::SMALL, theme::WARNING);
        let path = entry.path.display().to_string();
        line(ui, &path, theme::SMALL, theme::MUTED);
        return;
    }
    if !metadata.author.is_empty() {
        line(
            ui,
            &format!("by {}", metadata.author),
            theme::SMALL,
            theme::MUTED,
        );
    }
    if !metadata.description.is_empty() {
        line(ui, &metadata.description, theme::BODY, theme::TEXT);
    }
    if !metadata.tags.is_empty() {
        line(ui, &metadata.tags.join("  "), theme::SMALL, theme::MUTED);
    }
    if !metadata.notes.is_empty() {
        line(ui, &metadata.notes, theme::SMALL, theme::MUTED);
    }
    if let Some(model) = &entry.model {
        line(
            ui,
            &format!("for the model {model}"),
            theme::SMALL,
            theme::FAINT,
        );
    }
}

/// Draws what can be done.
fn offer(
    ui: &mut Ui,
    rect: Rect,
    entry: &Entry,
    is_favourite: bool,
    change: &mut Option<Change>,
) -> Option<Asked> {
    let mut left = rect.left();
    let mut take = |width: f32| {
        let taken = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        left = taken.right() + GAP;
        taken
    };
    let (name, tip) = match is_favourite {
        true => ("Unstar", "Take it from your favourites"),
        false => ("Star", "Put it among your favourites"),
    };
    let asked = choice::button_of(ui, take(56.0), Id::unique("star preset"), name, tip);
    if entry.origin == Origin::Own {
        let id = Id::unique("rename preset");
        if entry.problem.is_none()
            && choice::button_of(ui, take(72.0), id, "Rename…", "Give it another name")
        {
            *change = Some(Change::Rename(entry.name().to_owned()));
        }
        let id = Id::unique("remove preset");
        let tip = "Move its file to the folder `removed`, after another press";
        if choice::button_of(ui, take(72.0), id, "Remove…", tip) {
            *change = Some(Change::Remove);
        }
    }
    asked.then_some(Asked::Star)
}

fn confirm(ui: &mut Ui, rect: Rect, change: &mut Option<Change>) -> Option<Asked> {
    let keep = rect.with_min_x(rect.right() - 56.0);
    let remove = rect
        .with_max_x(keep.left() - GAP)
        .with_min_x(keep.left() - GAP - 64.0);
    let words = rect.with_max_x(remove.left() - GAP);
    text::line(
        ui,
        words,
        "Remove this preset?",
        theme::SMALL,
        theme::WARNING,
        Align::Min,
    );
    let tip = "Its file goes to the folder `removed`";
    let is_removed = choice::button_of(ui, remove, Id::unique("remove it"), "Remove", tip);
    let is_kept = choice::button_of(ui, keep, Id::unique("keep it"), "Keep", "Leave it");
    if is_removed || is_kept {
        *change = None;
    }
    is_removed.then_some(Asked::Remove)
}

fn rename(ui: &mut Ui, rect: Rect, change: &mut Option<Change>) -> Option<Asked> {
    let Some(Change::Rename(typed)) = change else {
        return None;
    };
    let cancel = rect.with_min_x(rect.right() - 56.0);
    let done = rect
        .with_max_x(cancel.left() - GAP)
        .with_min_x(cancel.left() - GAP - 64.0);
    let place = rect.with_max_x(done.left() - GAP);
    let id = Id::unique("new name of preset");
    let response = field::line(ui, place, id, typed, "Name", LONGEST_NAME);
    let response = response.on_hover_text("Its new name: Enter gives it");
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let tip = "Give it this name";
    let is_done = choice::button_of(ui, done, Id::unique("rename it"), "Rename", tip);
    let name = typed.clone();
    let tip = "Leave its name";
    let is_left = choice::button_of(ui, cancel, Id::unique("leave its name"), "Cancel", tip);
    if is_entered || is_done || is_left {
        *change = None;
    }
    (is_entered || is_done).then_some(Asked::Rename(name))
}
