//! Undo, redo, and two settings to compare: their buttons and keys, and what these do. GUI thread.

use std::sync::Arc;

use egui::{Align, CornerRadius, CursorIcon, Id, Key, Modifiers, Rect, Sense, Ui, pos2, vec2};
use nice_plug::prelude::{ParamPtr, ParamSetter};

use crate::params::NetbendParams;
use crate::params::sides;

use super::browser::Browser;
use super::history::{History, Step};
use super::recorder::Recorder;
use super::theme::Tone;
use super::{bar, gesture, text, theme};

/// Width of all buttons together.
pub const WIDTH: f32 = 3.0 * WORD + 2.0 * LETTER + MORPH + 5.0 * GAP + 8.0;
/// Width of the morph.
const MORPH: f32 = 46.0;
const WORD: f32 = 36.0;
const LETTER: f32 = 22.0;
const GAP: f32 = 3.0;

/// What was done in the editor of one instance. It stays while the window is closed.
pub struct Edits {
    params: Arc<NetbendParams>,
    /// Of A and of B.
    histories: [History; 2],
    /// What goes to the host now is a step that is undone or done again.
    replays: bool,
}

impl Edits {
    /// Nothing done yet.
    pub fn new(params: Arc<NetbendParams>) -> Self {
        Self {
            params,
            histories: Default::default(),
            replays: false,
        }
    }

    /// Draws the buttons in `rect` and does what is asked by them or by keys.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        browser: &mut Browser,
        setter: &ParamSetter<'_>,
    ) {
        let mut left = rect.left();
        let mut take = |width: f32, gap: f32| {
            let taken = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
            left = taken.right() + gap;
            taken
        };
        let (undo, redo) = (take(WORD, GAP), take(WORD, GAP + 8.0));
        let (a, morph) = (take(LETTER, GAP), take(MORPH, GAP));
        let (b, copy) = (take(LETTER, GAP), take(WORD, 0.0));
        let history = self.history();
        let (can_undo, can_redo) = (history.can_undo(), history.can_redo());
        let keys = Keys::pressed(ui);
        let tip = "Undo what you did last (Ctrl+Z). What the host automates stays";
        if button(ui, undo, "Undo", tip, can_undo, false) || keys.undo {
            let step = self.history().undo();
            self.replay(step, browser, setter, false);
        }
        let tip = "Do it again (Ctrl+Shift+Z)";
        if button(ui, redo, "Redo", tip, can_redo, false) || keys.redo {
            let step = self.history().redo();
            self.replay(step, browser, setter, true);
        }
        let is_b = self.params.other.is_b_edited();
        let tip = "Two settings to compare: hear A";
        let to_a = button(ui, a, "A", tip, true, !is_b) && is_b;
        let tip = "Two settings to compare: hear B. It begins as a copy of A";
        let to_b = button(ui, b, "B", tip, true, is_b) && !is_b;
        if to_a || to_b {
            let other = sides::change(&self.params);
            if let Some(other) = other {
                browser.put(&other, setter);
            }
            // The one that is edited is the one that is heard.
            let morph = &self.params.morph;
            gesture::set(setter, morph, if to_b { 1.0 } else { 0.0 });
            self.replays = true;
        }
        let tip = "Morph from A to B: drag, or automate it. It begins where B was chosen once";
        let param = &self.params.morph;
        bar::show(ui, morph, setter, param, 0.0, Tone::Active, tip);
        let (name, tip) = match is_b {
            true => ("B › A", "Make A what B is"),
            false => ("A › B", "Make B what A is"),
        };
        if button(ui, copy, name, tip, true, false) {
            sides::copy(&self.params);
        }
    }

    /// Takes down what was done in this picture.
    pub fn take_down(&mut self, recorder: &Recorder, browser: &mut Browser) {
        let moves = recorder.take();
        let texts = browser.take_texts();
        if !std::mem::take(&mut self.replays) {
            self.history().add(moves.unwrap_or_default(), texts);
        }
    }

    /// That of the side that is edited.
    fn history(&mut self) -> &mut History {
        let [a, b] = &mut self.histories;
        if self.params.other.is_b_edited() {
            b
        } else {
            a
        }
    }

    fn replay(
        &mut self,
        step: Option<Step>,
        browser: &mut Browser,
        setter: &ParamSetter<'_>,
        again: bool,
    ) {
        let Some(step) = step else { return };
        self.replays = true;
        for moved in &step.moves {
            let position = if again { moved.after } else { moved.before };
            put(setter, moved.param, position);
        }
        if let Some(texts) = &step.texts {
            browser.put_texts(if again { &texts.1 } else { &texts.0 });
        }
    }
}

/// Moves a parameter as one gesture.
fn put(setter: &ParamSetter<'_>, param: ParamPtr, position: f32) {
    let host = setter.raw_context;
    // SAFETY: the pointer was recorded of this plugin's parameters, which live as long as it.
    unsafe {
        host.raw_begin_set_parameter(param);
        host.raw_set_parameter_normalized(param, position);
        host.raw_end_set_parameter(param);
    }
}

struct Keys {
    undo: bool,
    redo: bool,
}

impl Keys {
    /// What was typed, where no text field has the keyboard.
    fn pressed(ui: &Ui) -> Self {
        if ui.memory(|memory| memory.focused().is_some()) {
            return Self {
                undo: false,
                redo: false,
            };
        }
        ui.input_mut(|input| {
            let redo = input.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z)
                || input.consume_key(Modifiers::COMMAND, Key::Y);
            Self {
                redo,
                undo: input.consume_key(Modifiers::COMMAND, Key::Z),
            }
        })
    }
}

/// A small button. Returns whether it was pressed and can be.
fn button(
    ui: &mut Ui,
    rect: Rect,
    name: &str,
    tip: &str,
    is_possible: bool,
    is_chosen: bool,
) -> bool {
    let response = ui
        .interact(rect, Id::unique(("edit", tip)), Sense::click())
        .on_hover_text(tip);
    let response = match is_possible {
        true => response.on_hover_cursor(CursorIcon::PointingHand),
        false => response,
    };
    let (fill, colour) = match (is_possible, is_chosen, response.hovered()) {
        (false, ..) => (theme::BACK, theme::FAINT),
        (true, true, _) => (theme::IDLE, theme::ON_ACCENT),
        (true, false, true) => (theme::HOVERED, theme::TEXT),
        (true, false, false) => (theme::RAISED, theme::MUTED),
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    text::line(ui, rect, name, theme::SMALL, colour, Align::Center);
    is_possible && response.clicked()
}
