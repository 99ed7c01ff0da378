//! What keys do: which control has them, how that is seen, and what they turn. GUI thread.
//!
//! Tab and Shift+Tab go from control to control as one reads. Enter and space press what can be pressed. A host's own keys, space above all, are
//! left to it while nothing has the focus, and all but those named here while a knob has it.

use egui::{
    CornerRadius, Event, EventFilter, Id, Key, LayerId, Modifiers, Order, Popup, Response,
    SetOpenCommand, Stroke, StrokeKind, Ui,
};
use nice_plug_egui::{Frame, Key as HostKey, KeyCapture};

use super::{entry, theme};

/// Signs that a number begins with.
const NUMERIC: &str = "0123456789-−.,+";

/// What has the focus, as far as hosts' keys are concerned.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Turned(Id);

fn id() -> Id {
    Id::unique("keys of a turned control")
}

/// What was typed on a control that turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// One step, up or not, fine or not.
    Step(bool, bool),
    /// A large step, up or not.
    Coarse(bool),
    /// To the most, or the least.
    End(bool),
    /// To the default.
    Default,
}

/// What was typed while the control that answered `response` has the focus.
pub fn turned(ui: &Ui, response: &Response) -> Option<Turn> {
    if !response.has_focus() {
        return None;
    }
    ui.data_mut(|data| data.insert_temp(id(), Turned(response.id)));
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    // Without shift means with it, too: those with it come first.
    let keys = [
        (Modifiers::SHIFT, Key::ArrowUp, Turn::Step(true, true)),
        (Modifiers::SHIFT, Key::ArrowRight, Turn::Step(true, true)),
        (Modifiers::SHIFT, Key::ArrowDown, Turn::Step(false, true)),
        (Modifiers::SHIFT, Key::ArrowLeft, Turn::Step(false, true)),
        (Modifiers::NONE, Key::ArrowUp, Turn::Step(true, false)),
        (Modifiers::NONE, Key::ArrowRight, Turn::Step(true, false)),
        (Modifiers::NONE, Key::ArrowDown, Turn::Step(false, false)),
        (Modifiers::NONE, Key::ArrowLeft, Turn::Step(false, false)),
        (Modifiers::NONE, Key::PageUp, Turn::Coarse(true)),
        (Modifiers::NONE, Key::PageDown, Turn::Coarse(false)),
        (Modifiers::NONE, Key::End, Turn::End(true)),
        (Modifiers::NONE, Key::Home, Turn::End(false)),
        (Modifiers::NONE, Key::Delete, Turn::Default),
        (Modifiers::NONE, Key::Backspace, Turn::Default),
    ];
    ui.input_mut(|input| {
        let mut typed = keys
            .iter()
            .filter(|(modifiers, key, _)| input.consume_key(*modifiers, *key));
        typed.next().map(|(_, _, turn)| *turn)
    })
}

impl Turn {
    /// Where a control that is no parameter of the host goes from `unit`, 0–1; `usual` is its default.
    pub fn from(self, unit: f32, usual: f32) -> f32 {
        let signed = |up: bool, size: f32| if up { size } else { -size };
        let to = match self {
            Self::Step(up, is_fine) => unit + signed(up, if is_fine { 0.005 } else { 0.02 }),
            Self::Coarse(up) => unit + signed(up, 0.1),
            Self::End(true) => 1.0,
            Self::End(false) => 0.0,
            Self::Default => usual,
        };
        to.clamp(0.0, 1.0)
    }
}

/// Opens the field `field` for a value to be typed, where the control that answered `response` has the focus and Enter or the beginning of a
/// number was typed; `text` is the value it has.
pub fn call_entry(ui: &Ui, response: &Response, field: Id, text: &str) {
    if !response.has_focus() {
        return;
    }
    let begun = ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::Enter) {
            return Some(None);
        }
        let place = input.events.iter().position(|event| match event {
            Event::Text(typed) => typed.starts_with(|c: char| NUMERIC.contains(c)),
            _ => false,
        })?;
        match input.events.remove(place) {
            Event::Text(typed) => Some(Some(typed)),
            _ => None,
        }
    });
    match begun {
        Some(Some(typed)) => entry::begin(ui, field, &typed, Some(response.id), false),
        Some(None) => entry::begin(ui, field, text, Some(response.id), true),
        None => {}
    }
}

/// The menu of the control that answered `response`, of the right button or of the menu's key, and whether that key opens it now.
pub fn context_menu(response: &Response) -> (Popup<'_>, bool) {
    let context = &response.ctx;
    let is_typed = response.has_focus()
        && context.input_mut(|input| {
            input.consume_key(Modifiers::NONE, Key::Menu)
                || input.consume_key(Modifiers::SHIFT, Key::F10)
        });
    let by_key = Popup::default_response_id(response).with("by key");
    if is_typed || response.secondary_clicked() {
        context.data_mut(|data| data.insert_temp(by_key, is_typed));
    }
    let menu = Popup::context_menu(response);
    if context.data(|data| data.get_temp(by_key)) != Some(true) {
        return (menu, false);
    }
    // Where the pointer is says nothing then.
    let menu = menu.at_position(response.rect.left_bottom());
    match is_typed {
        true => (menu.open_memory(SetOpenCommand::Bool(true)), true),
        false => (menu, false),
    }
}

/// How far the arrows go from the control that answered `response`, in steps to the right and up: eight at once with Shift.
pub fn stepped(ui: &Ui, response: &Response) -> Option<(i16, i16)> {
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let ways = [
        (Key::ArrowRight, (1, 0)),
        (Key::ArrowLeft, (-1, 0)),
        (Key::ArrowUp, (0, 1)),
        (Key::ArrowDown, (0, -1)),
    ];
    ui.input_mut(|input| {
        let sizes = [(Modifiers::SHIFT, 8), (Modifiers::NONE, 1)];
        let mut ways = ways
            .into_iter()
            .flat_map(|way| sizes.map(|size| (way, size)));
        let typed = ways.find(|((key, _), (modifiers, _))| input.consume_key(*modifiers, *key));
        typed.map(|((_, (right, up)), (_, size))| (right * size, up * size))
    })
}

/// Draws a ring around what has the focus, brings it into sight, and leaves the host's keys to it. Last of all in a picture.
pub fn finish(ui: &Ui, frame: &mut Frame) {
    frame.set_key_capture(captured(ui));
    let Some(focused) = ui.memory(|memory| memory.focused()) else {
        ui.data_mut(|data| data.remove::<Id>(id().with("seen")));
        return;
    };
    let Some(response) = ui.ctx().read_response(focused) else {
        return;
    };
    let seen: Option<Id> = ui.data(|data| data.get_temp(id().with("seen")));
    ui.data_mut(|data| data.insert_temp(id().with("seen"), focused));
    if seen != Some(focused) {
        ui.scroll_to_rect(response.rect.expand(8.0), None);
    }
    if ui.ctx().text_edit_focused() {
        return;
    }
    let layer = LayerId::new(Order::Foreground, id().with("ring"));
    let painter = match response.layer_id.order {
        Order::Background => ui.ctx().layer_painter(layer),
        _ => ui.ctx().layer_painter(response.layer_id),
    };
    let ring = response.rect.expand(2.0);
    let radius = CornerRadius::same(theme::RADIUS + 2);
    for (width, colour) in [(4.0, theme::BACKGROUND), (2.0, theme::FOCUS)] {
        let stroke = Stroke::new(width, colour);
        painter.rect_stroke(ring, radius, stroke, StrokeKind::Middle);
    }
}

/// Whether Escape was typed and has nothing else to leave: no menu, no text, no control that had the focus.
pub fn leaves(ui: &Ui) -> bool {
    let had_focus = ui.data(|data| data.get_temp::<Id>(id().with("seen")).is_some());
    !had_focus
        && !Popup::is_any_open(ui.ctx())
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}

/// The keys that the host does not get, beside those that are of no use here.
fn captured(ui: &Ui) -> KeyCapture {
    let focused = ui.memory(|memory| memory.focused());
    let turned: Option<Turned> = ui.data(|data| data.get_temp(id()));
    if focused.is_none() || focused != turned.map(|Turned(id)| id) {
        // A text, a menu or a button, which takes space.
        return KeyCapture::CaptureAll;
    }
    let named = [
        "ArrowUp",
        "ArrowDown",
        "ArrowLeft",
        "ArrowRight",
        "PageUp",
        "PageDown",
        "Home",
        "End",
        "Delete",
        "Backspace",
        "Enter",
        "Tab",
        "Escape",
        "ContextMenu",
        "F10",
    ];
    let named = named.iter().filter_map(|name| name.parse().ok());
    let signs = NUMERIC
        .chars()
        .map(|sign| HostKey::Character(sign.to_string()));
    KeyCapture::CaptureKeys(named.chain(signs).collect())
}

/// Moves the focus in an open list: arrows, Home and End, and the beginning of a line's name. Where the list has just opened, the `chosen` line has
/// it. Tab and arrows stay within.
pub fn list(ui: &Ui, list: Id, lines: &[(Response, &str)], chosen: Option<usize>, opens: bool) {
    let focused = lines.iter().position(|(line, _)| line.has_focus());
    if opens && let Some((line, _)) = lines.get(chosen.unwrap_or(0)) {
        line.request_focus();
    }
    if let Some((line, _)) = focused.and_then(|place| lines.get(place)) {
        let filter = EventFilter {
            vertical_arrows: true,
            horizontal_arrows: true,
            tab: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(line.id, filter));
    }
    let place = focused.or(chosen).unwrap_or(0);
    let last = lines.len().saturating_sub(1);
    let keys = [
        (Modifiers::SHIFT, Key::Tab, place.saturating_sub(1)),
        (Modifiers::NONE, Key::Tab, (place + 1).min(last)),
        (Modifiers::NONE, Key::ArrowUp, place.saturating_sub(1)),
        (Modifiers::NONE, Key::ArrowDown, (place + 1).min(last)),
        (Modifiers::NONE, Key::Home, 0),
        (Modifiers::NONE, Key::End, last),
    ];
    let typed = ui.input_mut(|input| {
        let mut typed = keys
            .iter()
            .filter(|(modifiers, key, _)| input.consume_key(*modifiers, *key));
        typed.next().map(|(_, _, place)| *place)
    });
    let found =
        sought(ui, list).and_then(|sought| find(&sought, lines.iter().map(|(_, name)| *name)));
    if let Some((line, _)) = typed.or(found).and_then(|place| lines.get(place)) {
        line.request_focus();
        line.scroll_to_me(None);
    }
}

/// What was typed to find a line of a list by its beginning: the letters of the last second, lower case. `None` where nothing was typed now.
fn sought(ui: &Ui, list: Id) -> Option<String> {
    const MEMORY_SECONDS: f64 = 1.0;
    let (typed, now) = ui.input_mut(|input| {
        let mut typed = String::new();
        input.events.retain(|event| match event {
            Event::Text(text) if !text.trim().is_empty() || !typed.is_empty() => {
                typed.push_str(text);
                false
            }
            _ => true,
        });
        (typed, input.time)
    });
    if typed.is_empty() {
        return None;
    }
    let id = list.with("sought");
    let before: Option<(String, f64)> = ui.data(|data| data.get_temp(id));
    let before = before.filter(|(_, then)| now - then < MEMORY_SECONDS);
    let sought = before.map_or_else(String::new, |(before, _)| before) + &typed.to_lowercase();
    ui.data_mut(|data| data.insert_temp(id, (sought.clone(), now)));
    Some(sought)
}

/// The first line that begins with what was sought.
fn find<'a>(sought: &str, mut lines: impl Iterator<Item = &'a str>) -> Option<usize> {
    lines.position(|line| line.to_lowercase().starts_with(sought))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_their_beginnings() {
        let lines = ["All", "Random", "Cluster", "Rotate"];
        assert_eq!(find("r", lines.into_iter()), Some(1));
        assert_eq!(find("ro", lines.into_iter()), Some(3));
        assert_eq!(find("x", lines.into_iter()), None);
    }
}
