//! One bend in the strip: what it does in three lines, its switch and its amount.

use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Rect, Response, Sense, Stroke, Ui, pos2, vec2,
};
use nice_plug::prelude::{BoolParam, FloatParam, Param, ParamSetter};

use crate::editor::theme::{self, Tone};
use crate::editor::warning::{About, Warning};
use crate::editor::{bar, choice, lock, motion, text};
use crate::params::pads::Holding;

/// Height of a cell in points.
pub const HEIGHT: f32 = 2.0 * PADDING + SWITCH + 2.0 * LINE + BAR + 8.0;

/// Inside a cell, at its edge.
pub const PADDING: f32 = 6.0;
/// Height of the first line.
pub const SWITCH: f32 = 20.0;
/// Height of a line of text.
pub const LINE: f32 = 16.0;
/// Height of the bar at the bottom.
pub const BAR: f32 = 15.0;

/// Width of a lock.
pub const LOCK: f32 = 12.0;

/// Takes lines from the top of `inner`, each of a height and with a gap beneath it.
pub fn lines(inner: Rect) -> impl FnMut(f32, f32) -> Rect {
    let mut top = inner.top();
    move |height, gap| {
        let line = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), height));
        top += height + gap;
        line
    }
}

/// What a cell shows.
pub struct Cell<'a> {
    /// What it is and where it bends, for a tip.
    pub title: String,
    /// `3`, `W1`.
    pub name: String,
    /// Whether it bends.
    pub on: &'a BoolParam,
    /// How far.
    pub amount: &'a FloatParam,
    /// Normalized amount that changes nothing.
    pub origin: f32,
    /// Where it bends.
    pub place: String,
    /// What it does.
    pub transform: &'static str,
    /// To how much.
    pub share: String,
    /// Why it does nothing, if so.
    pub warning: Option<Warning>,
    /// The pad that holds it on, if one does.
    pub held: Option<Holding>,
}

/// `Pad 3 × vel.`, and the same in full.
fn held_words(held: Holding) -> (String, String) {
    let pad = format!("Pad {}", held.pad + 1);
    match held.velocity {
        true => (
            format!("{pad} × vel."),
            format!("{pad} holds it on: its amount times how hard that was pressed"),
        ),
        false => (
            format!("{pad} holds"),
            format!("{pad} holds it on, with its whole amount"),
        ),
    }
}

/// What was done to a cell.
pub struct Touched {
    /// It is to be shown in full.
    pub is_chosen: bool,
    /// What the whole of it answers, beneath its switch, lock and bar.
    pub whole: Response,
}

impl Cell<'_> {
    /// Draws the content in `rect`, with the lock of the dice.
    pub fn show(
        &self,
        ui: &mut Ui,
        rect: Rect,
        is_chosen: bool,
        is_locked: &mut bool,
        setter: &ParamSetter<'_>,
    ) -> Touched {
        let is_on = self.on.value() || self.held.is_some();
        let tone = if is_on { Tone::Active } else { Tone::Idle };
        let mut tip = format!(
            "{}. Click to see it in full. Drag it onto another to exchange the two, with Ctrl to copy it there. Right-click for more",
            self.title
        );
        if let Some(warning) = &self.warning {
            tip = format!("{tip}\n{}", warning.text);
        }
        let held = self.held.map(held_words);
        if let Some((_, words)) = &held {
            tip = format!("{tip}\n{words}");
        }
        let whole = ui
            .interact(
                rect,
                Id::unique(("cell", self.on.name())),
                Sense::click_and_drag(),
            )
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(tip);

        let inner = rect.shrink(PADDING);
        let mut line = lines(inner);
        let head = line(SWITCH, 3.0);
        let switch = head.with_max_x(head.left() + if self.name.len() > 1 { 42.0 } else { 34.0 });
        self.switch(ui, switch, setter);
        let place = head.with_min_x(switch.right() + 2.0);
        let words = match (is_chosen || whole.hovered(), tone) {
            (_, Tone::Active) | (true, _) => theme::TEXT,
            _ => theme::MUTED,
        };
        let blamed = self.warning.as_ref().map(|warning| warning.about);
        let alert = |about: About, colour: Color32| {
            if blamed == Some(about) {
                theme::WARNING
            } else {
                colour
            }
        };
        let words = alert(About::Transform, words);
        let place_colour = alert(About::Layer, theme::MUTED);
        let small = theme::SMALL;
        text::line(ui, place, &self.place, small, place_colour, Align::Max);
        let transform = line(LINE, 0.0);
        let at = transform.with_min_x(transform.right() - LOCK);
        lock::show(ui, at, rect, self.on.name(), is_locked);
        let transform = transform.with_max_x(at.left());
        text::line(
            ui,
            transform,
            self.transform,
            theme::BODY,
            words,
            Align::Min,
        );
        let share = line(LINE, 4.0);
        let (words, colour) = match &held {
            Some((words, _)) => (words, theme::MOTION),
            None => (&self.share, alert(About::Features, tone.name())),
        };
        text::line(ui, share, words, small, colour, Align::Min);

        let tip = "How far the bend goes: drag";
        let amount = line(BAR, 0.0);
        let bar = bar::show(ui, amount, setter, self.amount, self.origin, tone, tip);
        Touched {
            is_chosen: whole.clicked() || whole.secondary_clicked() || bar.clicked(),
            whole,
        }
    }

    fn switch(&self, ui: &mut Ui, rect: Rect, setter: &ParamSetter<'_>) {
        let id = Id::unique(("cell switch", self.on.name()));
        let response = ui
            .interact(rect, id, Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text("Switch this bend on or off");
        choice::toggle(ui, &response, setter, self.on);
        let is_on = self.on.modulated_plain_value() || self.held.is_some();
        let (fill, ink) = match (is_on, response.hovered()) {
            (true, _) => (theme::ACCENT, theme::ON_ACCENT),
            (false, true) => (theme::HOVERED, theme::TEXT),
            (false, false) => (theme::RAISED, theme::MUTED),
        };
        let painter = ui.painter();
        painter.rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
        let lamp = pos2(rect.left() + 10.0, rect.center().y);
        painter.circle_stroke(lamp, 3.5, Stroke::new(1.5, ink));
        if is_on {
            painter.circle_filled(lamp, 3.5, ink);
        }
        let name = rect.with_min_x(lamp.x + 7.0);
        text::line(ui, name, &self.name, theme::BODY, ink, Align::Min);
        if let Some(moved) = motion::touch(ui, &response, self.on) {
            moved.along(ui.painter(), rect);
        }
    }
}
