//! What is typed while the panel is open. The search field sees none of it.

use egui::{Event, Modifiers, Ui};

/// Something typed.
pub(super) enum Key {
    /// Goes back, or leaves what is asked.
    Escape,
    /// Keeps.
    Enter,
    /// Hears another one.
    Step(isize),
    /// Text of several lines.
    Paste(String),
}

/// What was typed; while something is asked, only what answers it.
pub(super) fn pressed(ui: &Ui, is_asked: bool) -> Option<Key> {
    ui.input_mut(|input| {
        let mut is_down = |key: egui::Key| input.consume_key(Modifiers::NONE, key);
        if is_down(egui::Key::Escape) {
            return Some(Key::Escape);
        }
        if is_asked {
            return None;
        }
        if is_down(egui::Key::Enter) {
            return Some(Key::Enter);
        }
        if is_down(egui::Key::ArrowDown) {
            return Some(Key::Step(1));
        }
        if is_down(egui::Key::ArrowUp) {
            return Some(Key::Step(-1));
        }
        let mut pasted = None;
        input.events.retain(|event| match event {
            // baseview's window gives what is pasted as if it were typed.
            Event::Paste(text) | Event::Text(text) if is_preset(text) => {
                pasted = Some(text.clone());
                false
            }
            _ => true,
        });
        pasted.map(Key::Paste)
    })
}

/// Whether a text is more than words to search for.
fn is_preset(text: &str) -> bool {
    text.trim().contains('\n') || text.contains(": ")
}
