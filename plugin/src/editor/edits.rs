//! Undo, redo, the last minute, and two settings to compare: their buttons and keys, and what these do. GUI thread.

use std::sync::Arc;
use std::time::Instant;

use egui::{Align, CornerRadius, CursorIcon, Id, Key, Modifiers, Rect, Sense, Ui, pos2, vec2};
use nice_plug::prelude::ParamSetter;

use crate::params::NetbendParams;
use crate::params::sides;

use super::browser::Browser;
use super::history::{History, Step};
use super::put::Texts;
use super::recent::{Entry, Moment, Recent, list};
use super::recorder::Recorder;
use super::theme::Tone;
use super::{bar, gesture, text, theme};

/// Width of all buttons together.
pub const WIDTH: f32 = 3.0 * WORD + HISTORY + 2.0 * LETTER + MORPH + 6.0 * GAP + 8.0;
/// Width of what shows the last minute.
const HISTORY: f32 = 46.0;
/// Width of the morph.
const MORPH: f32 = 46.0;
const WORD: f32 = 36.0;
const LETTER: f32 = 22.0;
const GAP: f32 = 3.0;

/// Something that goes to the host and is no step.
enum Replay {
    /// The other one of A and B.
    Side,
    /// A step that is undone or done again: what that is called, and what it changes beside parameters.
    Step(String, Option<Texts>),
}

/// What was done in the editor of one instance. It stays while the window is closed.
pub struct Edits {
    params: Arc<NetbendParams>,
    /// Of A and of B.
    histories: [History; 2],
    /// Of A and of B, the last minute.
    recents: [Recent; 2],
    /// The last minute is shown.
    is_open: bool,
    /// What goes to the host now is no step of its own.
    replays: Option<Replay>,
    /// What is done now is called that.
    called: Option<String>,
}

impl Edits {
    /// Nothing done yet.
    pub fn new(params: Arc<NetbendParams>) -> Self {
        Self {
            params,
            histories: Default::default(),
            recents: Default::default(),
            is_open: false,
            replays: None,
            called: None,
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
        let (undo, redo) = (take(WORD, GAP), take(WORD, GAP));
        let recent = take(HISTORY, GAP + 8.0);
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
        let tip = "What you changed in the last minute, each moment to go back to";
        if button(ui, recent, "History", tip, true, self.is_open) {
            self.is_open = !self.is_open;
        }
        let is_b = self.params.other.is_b_edited();
        let tip = "Two settings to compare: hear A";
        let to_a = button(ui, a, "A", tip, true, !is_b) && is_b;
        let tip = "Two settings to compare: hear B. It begins as a copy of A";
        let to_b = button(ui, b, "B", tip, true, is_b) && !is_b;
        if to_a || to_b {
            let other = sides::change(&self.params);
            if let Some(other) = other {
                browser.put(&other, "", setter);
            }
            // The one that is edited is the one that is heard.
            let morph = &self.params.morph;
            gesture::set(setter, morph, if to_b { 1.0 } else { 0.0 });
            self.replays = Some(Replay::Side);
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
            // What was done there leads to nothing that is there now.
            self.recents[usize::from(!is_b)].clear();
        }
    }

    /// Whether the last minute is shown.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Shows the last minute no more.
    pub fn close(&mut self) {
        self.is_open = false;
    }

    /// Draws the last minute in `rect`, and goes back where that is asked.
    pub fn panel(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        browser: &mut Browser,
        setter: &ParamSetter<'_>,
    ) {
        match list::show(ui, rect, self.recent()) {
            Some(list::Pressed::Before(count)) => self.go_back(count, browser, setter),
            Some(list::Pressed::Close) => self.close(),
            None => {}
        }
    }

    /// Calls what is done in this picture by a name.
    pub fn call(&mut self, words: String) {
        self.called = Some(words);
    }

    /// Takes down what was done in this picture.
    pub fn take_down(&mut self, recorder: &Recorder, browser: &mut Browser) {
        let moves = recorder.take().unwrap_or_default();
        let put = browser.take_put();
        let called = self.called.take();
        let (texts, words) = match put {
            Some(put) => (Some(put.texts), called.or(Some(put.words))),
            None => (None, called),
        };
        let entry =
            |texts, words: Option<&str>| Entry::new(&self.params, words, moves.clone(), texts);
        match self.replays.take() {
            Some(Replay::Side) => {}
            Some(Replay::Step(words, texts)) => {
                let entry = entry(texts, Some(&words));
                self.recent().add(entry);
            }
            None if moves.is_empty() && texts.is_none() => {}
            None => {
                let entry = entry(texts.clone(), words.as_deref());
                self.recent().add(entry);
                self.history().add(moves, texts, words);
            }
        }
        // What is read now stays until it was read.
        if !self.is_open {
            let now = Instant::now();
            self.recents.iter_mut().for_each(|all| all.forget_old(now));
        }
    }

    /// That of the side that is edited.
    fn history(&mut self) -> &mut History {
        &mut self.histories[usize::from(self.params.other.is_b_edited())]
    }

    /// The last minute of that side.
    fn recent(&mut self) -> &mut Recent {
        &mut self.recents[usize::from(self.params.other.is_b_edited())]
    }

    /// Puts back what was set before the newest `count` lines of the last minute, as one step.
    fn go_back(&mut self, count: usize, browser: &mut Browser, setter: &ParamSetter<'_>) {
        let recent = self.recent();
        let Moment { positions, texts } = recent.before(count);
        let words = match recent.newest_first().nth(count) {
            Some(entry) => format!("Back to: {}", entry.words.what),
            None => "Back to before all of this".to_owned(),
        };
        for (param, position) in positions {
            gesture::put(setter, param, position);
        }
        if let Some(texts) = texts {
            browser.change_texts(&texts, &words);
        }
        self.call(words);
    }

    fn replay(
        &mut self,
        step: Option<Step>,
        browser: &mut Browser,
        setter: &ParamSetter<'_>,
        again: bool,
    ) {
        let Some(step) = step else { return };
        for moved in &step.moves {
            let position = if again { moved.after } else { moved.before };
            gesture::put(setter, moved.param, position);
        }
        let texts = step.texts.map(|texts| match again {
            true => texts,
            false => Arc::new((texts.1.clone(), texts.0.clone())),
        });
        if let Some(texts) = &texts {
            browser.put_texts(&texts.1);
        }
        let done = if again { "Redo: " } else { "Undo: " };
        let words = format!("{done}{}", step.words.unwrap_or_default());
        self.replays = Some(Replay::Step(words, texts));
    }
}

struct Keys {
    undo: bool,
    redo: bool,
}

impl Keys {
    /// What was typed, where no text field has the keyboard.
    fn pressed(ui: &Ui) -> Self {
        if ui.ctx().text_edit_focused() {
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

#[cfg(test)]
mod tests;
