//! A knob: its name above, its value below, where a number can be typed.

use std::f32::consts::PI;

use egui::{Align2, CursorIcon, Id, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, pos2, vec2};
use netbend_dsp::number::{cut, nearest_f32};
use nice_plug::prelude::{Param, ParamSetter};

use super::entry;
use super::gesture::{self, Travel};
use super::keys;
use super::motion::{self, mark::Moved};
use super::quantity::Quantity;
use super::theme::{self, Tone};

/// Width and height of a knob with its two lines of text.
pub const SIZE: (f32, f32) = (52.0, 76.0);

const RADIUS: f32 = 17.0;
const TRACK: f32 = 3.5;
/// Where the track begins and how far it goes, clockwise from three o'clock.
const START: f32 = 0.75 * PI;
const SWEEP: f32 = 1.5 * PI;

/// A knob bound to a parameter.
#[must_use = "call `show`"]
pub struct Knob<'a, P: Param> {
    param: &'a P,
    setter: &'a ParamSetter<'a>,
    name: &'a str,
    tip: &'a str,
    tone: Tone,
    origin: f32,
    quantity: Option<&'a Quantity>,
}

impl<'a, P: Param> Knob<'a, P> {
    /// A knob called `name`; `tip` says what it does.
    pub fn new(param: &'a P, setter: &'a ParamSetter<'a>, name: &'a str, tip: &'a str) -> Self {
        Self {
            param,
            setter,
            name,
            tip,
            tone: Tone::Active,
            origin: 0.0,
            quantity: None,
        }
    }

    /// How loudly it speaks.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Normalized value the arc starts from: where the knob changes nothing.
    pub fn origin(mut self, unit: f32) -> Self {
        self.origin = unit;
        self
    }

    /// Shows and reads values of `quantity` and not the parameter's own; the arc starts where it does least.
    pub fn quantity(mut self, quantity: &'a Quantity) -> Self {
        self.origin = quantity.origin();
        self.quantity = Some(quantity);
        self
    }

    /// Draws it centred in `rect` and lets the user turn it.
    pub fn show(self, ui: &mut Ui, rect: Rect) -> Response {
        let line = 15.0;
        let top = rect.top();
        let name = pos2(rect.center().x, top + line / 2.0);
        let font = theme::font(theme::SMALL);
        ui.painter().text(
            name,
            Align2::CENTER_CENTER,
            self.name,
            font,
            self.tone.name(),
        );

        let centre = pos2(rect.center().x, top + line + 4.0 + RADIUS + 1.0);
        let dial = Rect::from_center_size(centre, vec2(RADIUS, RADIUS) * 2.2);
        let id = Id::unique(("knob", self.param.name()));
        let response = ui
            .interact(dial, id, Sense::click_and_drag())
            .on_hover_and_drag_cursor(CursorIcon::ResizeVertical)
            .on_hover_text(self.tip);
        gesture::adjust(ui, &response, self.setter, self.param, Travel::Knob);
        self.paint(
            ui,
            centre,
            response.hovered() || response.is_pointer_button_down_on(),
        );

        if let Some(moved) = motion::touch(ui, &response, self.param) {
            ring(ui, centre, moved);
        }
        let field = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 17.0), rect.max);
        let unit = self.param.modulated_normalized_value();
        let text = match self.quantity {
            Some(quantity) => quantity.text(unit),
            None => self.param.normalized_value_to_string(unit, true),
        };
        let tip = "Click to type a value";
        entry::own(ui, id.with("value"));
        keys::call_entry(ui, &response, id.with("value"), &text);
        let (_, typed) = entry::value(ui, field, id.with("value"), &text, self.tone.value(), tip);
        if let Some(unit) = typed.and_then(|typed| self.parse(&typed)) {
            gesture::set(self.setter, self.param, unit);
        }
        response
    }

    fn parse(&self, typed: &str) -> Option<f32> {
        match self.quantity {
            Some(quantity) => quantity.unit(typed),
            None => self.param.string_to_normalized_value(typed),
        }
    }

    fn paint(&self, ui: &Ui, centre: Pos2, hovered: bool) {
        let painter = ui.painter();
        let unit = self.param.modulated_normalized_value();
        painter.circle_filled(
            centre,
            RADIUS - 5.0,
            if hovered {
                theme::HOVERED
            } else {
                theme::RAISED
            },
        );
        painter.add(arc(centre, 0.0, 1.0, Stroke::new(TRACK, theme::WELL)));
        if self.tone != Tone::Unused {
            let (from, to) = (self.origin.min(unit), self.origin.max(unit));
            painter.add(arc(centre, from, to, Stroke::new(TRACK, self.tone.fill())));
        }
        if self.origin > 0.0 && self.tone != Tone::Unused {
            painter.circle_filled(at(centre, self.origin, RADIUS + 3.0), 1.5, theme::FAINT);
        }
        let base = self.param.unmodulated_normalized_value();
        let colour = if self.tone == Tone::Active {
            theme::TEXT
        } else {
            self.tone.value()
        };
        painter.line_segment(
            [at(centre, base, 4.0), at(centre, base, RADIUS - 5.0)],
            Stroke::new(2.0, colour),
        );
    }
}

fn at(centre: Pos2, unit: f32, radius: f32) -> Pos2 {
    let (sin, cos) = (START + SWEEP * unit).sin_cos();
    centre + radius * vec2(cos, sin)
}

/// Draws where the knob is moved to: an arc around it, and a point on it.
fn ring(ui: &Ui, centre: Pos2, moved: Moved) {
    let stroke = Stroke::new(2.0, theme::MOTION.gamma_multiply(0.7));
    let ring = arc_at(centre, RADIUS + 3.0, moved.least, moved.most, stroke);
    ui.painter().add(ring);
    let now = at(centre, moved.now, RADIUS + 3.0);
    ui.painter().circle_filled(now, 3.0, theme::MOTION);
}

fn arc(centre: Pos2, from: f32, to: f32, stroke: Stroke) -> Shape {
    arc_at(centre, RADIUS - 1.0, from, to, stroke)
}

fn arc_at(centre: Pos2, radius: f32, from: f32, to: f32, stroke: Stroke) -> Shape {
    let steps = cut::<usize>(((to - from) * 48.0).ceil().max(1.0));
    let points = (0..=steps)
        .map(|step| {
            at(
                centre,
                from + (to - from) * nearest_f32(step) / nearest_f32(steps),
                radius,
            )
        })
        .collect();
    Shape::line(points, stroke)
}
