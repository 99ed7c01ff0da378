//! What can be done with a card: the menu of the right button, and keys.

use egui::{Align, Button, Key, KeyboardShortcut, Layout, Modifiers, Response, Ui};

use super::deed::{Deed, can_paste};
use super::page::Page;
use crate::editor::keys;

const COPY: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::C);
const PASTE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::V);
const CLEAR: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::Delete);
/// Width of the menu.
const WIDTH: f32 = 130.0;

/// The menu of a card whose cell is `response`. What was chosen of it.
pub(super) fn show(response: &Response, page: Page) -> Option<Deed> {
    let rows = Layout::top_down_justified(Align::Min);
    let (menu, opens) = keys::context_menu(response);
    let shown = menu.width(WIDTH).layout(rows).show(|ui| {
        ui.set_min_width(WIDTH);
        let mut chosen = None;
        let lines = [
            (
                "Copy",
                COPY,
                Deed::Copy(page),
                true,
                "Keep what is set here, to be pasted",
            ),
            (
                "Paste",
                PASTE,
                Deed::Paste(page),
                can_paste(page),
                "Set here what was copied last, in whichever instance",
            ),
            (
                "Clear",
                CLEAR,
                Deed::Clear(page),
                true,
                "As in a new instance",
            ),
        ];
        let mut listed = Vec::with_capacity(lines.len());
        for (name, shortcut, deed, is_possible, tip) in lines {
            let button = Button::new(name).shortcut_text(ui.ctx().format_shortcut(&shortcut));
            let line = ui.add_enabled(is_possible, button).on_hover_text(tip);
            if line.clicked() {
                chosen = Some(deed);
                // The menu closes; keys go on where they came from.
                response.request_focus();
            }
            if is_possible {
                listed.push((line, name));
            }
        }
        keys::list(ui, response.id.with("lines"), &listed, None, opens);
        chosen
    });
    shown.and_then(|shown| shown.inner)
}

/// What was typed that is asked of the card in full, where no text field has the keyboard.
pub(super) fn typed(ui: &Ui, page: Page) -> Option<Deed> {
    if page == Page::Sound || ui.ctx().text_edit_focused() {
        return None;
    }
    let keys = [
        (COPY, Deed::Copy(page)),
        (PASTE, Deed::Paste(page)),
        (CLEAR, Deed::Clear(page)),
    ];
    // A control that has the focus takes Delete for itself.
    let is_free = ui.memory(|memory| memory.focused().is_none());
    ui.input_mut(|input| {
        let mut keys = keys.iter().filter(|(keys, _)| is_free || *keys != CLEAR);
        let typed = keys.find(|(keys, _)| input.consume_shortcut(keys));
        typed.map(|(_, deed)| *deed)
    })
}
