//! The rows above the list: what to search for, whose, and with which tags; and what is done with what is heard.

use std::collections::BTreeSet;

use egui::{Color32, Id, Rect, Ui, pos2, vec2};
use netbend_models::preset::KNOWN_TAGS;

use super::field;
use crate::editor::{choice, theme};
use crate::error::Origin;
use crate::resources::library::{Entry, Search};

/// Width of the search field.
const SEARCH: f32 = 250.0;
const GAP: f32 = 6.0;
/// Behind a word that is chosen, and one that is not.
const GROUNDS: [Color32; 2] = [theme::ACCENT, theme::WELL];
/// Characters that are searched for at most.
const MOST: usize = 100;

/// What was pressed.
pub(super) enum Pressed {
    Save,
    Copy,
    Import,
    Export,
    Close,
}

/// Draws search field, kinds and buttons in `rect`; the field takes the keyboard where `focus` says so.
pub(super) fn show(ui: &mut Ui, rect: Rect, search: &mut Search, focus: bool) -> Option<Pressed> {
    let id = Id::unique("search presets");
    let place = rect.with_max_x(rect.left() + SEARCH);
    let hint = "Search name, tag, author, folder";
    let response = field::line(ui, place, id, &mut search.text, hint, MOST);
    let response =
        response.on_hover_text("Show those alone whose name, tags or words have this in them");
    if focus {
        response.request_focus();
    }
    kinds(ui, rect.with_min_x(place.right() + GAP), search);
    let mut right = rect.right();
    let mut take = |width: f32| {
        let taken = rect.with_max_x(right).with_min_x(right - width);
        right = taken.left() - GAP;
        taken
    };
    let close = choice::button(ui, take(56.0), "Close", "Keep what you hear and close");
    let tip = "Copy what you hear as text, for a message or a forum";
    let copy = choice::button(ui, take(88.0), "Copy as text", tip);
    let tip = "Save what you hear among your own presets";
    let save = choice::button(ui, take(64.0), "Save…", tip);
    let tip = "Write what you hear to a file anywhere";
    let export = choice::button(ui, take(68.0), "Export…", tip);
    let tip = "Load a preset from a file anywhere. You can drop it on this window, too";
    let import = choice::button(ui, take(68.0), "Import…", tip);
    [
        (save, Pressed::Save),
        (copy, Pressed::Copy),
        (export, Pressed::Export),
        (import, Pressed::Import),
        (close, Pressed::Close),
    ]
    .into_iter()
    .find_map(|(is_pressed, pressed)| is_pressed.then_some(pressed))
}

/// Draws whose presets are listed.
fn kinds(ui: &mut Ui, rect: Rect, search: &mut Search) {
    let mut left = rect.left();
    for (name, tip, origin, favourites) in [
        ("All", "Every preset", None, false),
        (
            "Factory",
            "Those that came with Netbend",
            Some(Origin::Shipped),
            false,
        ),
        ("Yours", "Those you saved", Some(Origin::Own), false),
        ("Favourites", "Those you starred", None, true),
    ] {
        let is_chosen = (search.origin, search.favourites) == (origin, favourites);
        let width = width_of(ui, name);
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        left = place.right() + 2.0;
        if choice::word(
            ui,
            place,
            Id::unique(("kind", name)),
            (name, tip),
            is_chosen,
            GROUNDS,
        ) {
            (search.origin, search.favourites) = (origin, favourites);
        }
    }
}

/// Draws the tags there are in `rect`, as many as fit: first those that Netbend's presets use.
pub(super) fn tags(ui: &mut Ui, rect: Rect, search: &mut Search, entries: &[Entry]) {
    let used: BTreeSet<_> = entries
        .iter()
        .flat_map(|entry| &entry.metadata.tags)
        .map(String::as_str)
        .collect();
    let others = used.iter().copied().filter(|tag| !KNOWN_TAGS.contains(tag));
    let mut left = rect.left();
    for tag in KNOWN_TAGS.into_iter().chain(others) {
        let width = width_of(ui, tag);
        if left + width > rect.right() {
            break;
        }
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        left = place.right() + 2.0;
        let is_chosen = search.tags.iter().any(|own| own == tag);
        let tip = "Only presets with this tag";
        if choice::word(
            ui,
            place,
            Id::unique(("tag", tag)),
            (tag, tip),
            is_chosen,
            GROUNDS,
        ) {
            if is_chosen {
                search.tags.retain(|own| own != tag);
            } else {
                search.tags.push(tag.to_owned());
            }
        }
    }
}

fn width_of(ui: &Ui, word: &str) -> f32 {
    let font = theme::font(theme::SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), font, theme::TEXT);
    galley.size().x + 18.0
}
