//! Dice: settings at random that go as far as is asked, with a lock on every card. GUI thread; what is rolled is measured on a thread of its own.

use egui::{Align, CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use nice_plug::prelude::ParamSetter;

use crate::audition::{Desk, Locks, Range, Reference, Request, Roll, Wish};
use crate::params::NetbendParams;
use crate::params::model::WantedModel;
use crate::params::snapshot::Snapshot;
use crate::report::status::{EngineState, Status};
use crate::resources::Resources;

use super::browser::Browser;
use super::variations::Variations;
use super::{choice, text, theme};

/// Width of the button.
const BUTTON: f32 = 42.0;
/// How far it goes at first.
const USUAL_FAR: f32 = 0.5;

/// The dice of one instance. They stay while the window is closed.
pub struct Dice {
    /// What is locked.
    pub locks: Locks,
    how_far: f32,
    seed: u64,
    desk: Desk,
    /// What went wrong, or how far the last roll went.
    note: String,
}

impl Default for Dice {
    fn default() -> Self {
        Self {
            locks: Locks::default(),
            how_far: USUAL_FAR,
            seed: 0,
            desk: Desk::default(),
            note: String::new(),
        }
    }
}

impl Dice {
    /// Draws button and range in `rect`, and puts what was rolled.
    #[allow(clippy::too_many_arguments)] // Dice change all there is.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        params: &NetbendParams,
        status: &Status,
        browser: &mut Browser,
        variations: &mut Variations,
        setter: &ParamSetter<'_>,
    ) {
        let button = rect.with_max_x(rect.left() + BUTTON);
        let vary = rect.with_min_x(rect.right() - BUTTON);
        let far = rect.with_min_x(button.right() + 4.0);
        let far = far.with_max_x(vary.left() - 4.0);
        let is_ready = status.state() == EngineState::Ready && !self.desk.is_busy();
        let mut tip = "Roll everything that is not locked: other bends, as far from your sound as it says beside, and as \
                       loud as it. It is tried on the last moments you heard before you hear it. A click on the lock of \
                       a card keeps that card"
            .to_owned();
        if !self.note.is_empty() {
            tip = format!("{tip}\n{}", self.note);
        }
        let name = if self.desk.is_busy() { "…" } else { "Dice" };
        if choice::button(ui, button, name, &tip) && is_ready {
            let range = Range::of(self.how_far);
            self.begin(Wish::Roll(self.locks, range), params, status);
        }
        self.range(ui, far);
        let tip = "Eight variations of what is set: other draws, other seeds, nearby values. Hear them one by one, keep what \
                   you like";
        if choice::button(ui, vary, "Vary", tip) {
            variations.open(Snapshot::of(params));
        }
        let wants = variations.takes_wish();
        if let Some(count) = wants.filter(|_| is_ready) {
            self.begin(Wish::Variations(count), params, status);
            variations.begin();
        }
        match self.desk.finished() {
            None => {}
            Some(Ok(rolls)) if variations.waits() => variations.take(ui.ctx(), rolls),
            Some(Ok(rolls)) => self.put(rolls, browser, setter),
            Some(Err(error)) => {
                self.note = format!("The last roll failed: {error}");
                variations.fail(&error);
            }
        }
    }

    fn put(&mut self, rolls: Vec<Roll>, browser: &mut Browser, setter: &ParamSetter<'_>) {
        for roll in rolls {
            let (distance, louder) = (roll.verdict.distance_db, roll.verdict.loudness_db);
            let missed = if roll.is_within {
                ""
            } else {
                ", which is not as asked: unlock more"
            };
            self.note =
                format!("The last roll went {distance:.1} dB far, {louder:+.1} dB loud{missed}");
            browser.put(&roll.settings, setter);
        }
    }

    fn begin(&mut self, wish: Wish, params: &NetbendParams, status: &Status) {
        self.seed = self.seed.wrapping_add(1);
        let wanted = params.wanted_model();
        let begun = self.desk.begin(Request {
            settings: Snapshot::of(params),
            names: params.part_names.clone(),
            layout: status.model(),
            clusters: status.clusters(),
            wish,
            // Two instances roll differently, as do two windows of one.
            seed: self.seed ^ fresh_seed(),
            reference: Reference::of(&status.recent),
            resources: Resources::find(),
            model: WantedModel {
                name: wanted.name,
                sha256: wanted.sha256,
                hash: None,
                parts: None,
            },
        });
        if let Err(error) = begun {
            self.note = format!("The last roll failed: {error}");
        }
    }

    fn range(&mut self, ui: &mut Ui, rect: Rect) {
        let response = ui
            .interact(rect, Id::unique("how far"), Sense::click_and_drag())
            .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
            .on_hover_text("How far rolls go from your sound: drag");
        if response.is_pointer_button_down_on()
            && let Some(at) = response.interact_pointer_pos()
        {
            self.how_far = ((at.x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0);
        }
        let radius = CornerRadius::same(3);
        let filled = rect.with_max_x(rect.left() + rect.width() * self.how_far);
        ui.painter().rect_filled(rect, radius, theme::WELL);
        ui.painter()
            .rect_filled(filled, radius, theme::ACCENT.gamma_multiply(0.55));
        if response.hovered() {
            let stroke = Stroke::new(1.0, theme::MUTED);
            ui.painter()
                .rect_stroke(rect, radius, stroke, StrokeKind::Inside);
        }
        let Range { least_db, most_db } = Range::of(self.how_far);
        let words = format!("{least_db:.0}–{most_db:.0} dB");
        text::line(ui, rect, &words, theme::TINY, theme::TEXT, Align::Center);
    }
}

/// A seed that no other instance has.
fn fresh_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::time::Instant::now())
}

/// Draws the lock of a card in `rect`, and turns it where it was clicked. It is faint while it is open and nobody points at `card`.
pub fn lock(ui: &mut Ui, rect: Rect, card: Rect, name: &str, is_locked: &mut bool) {
    let tip = match is_locked {
        true => "Dice leave this card alone: click to let them roll it",
        false => "Click to keep this card when dice roll",
    };
    let response = ui
        .interact(rect, Id::unique(("lock", name)), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    if response.clicked() {
        *is_locked = !*is_locked;
    }
    let is_near = ui.rect_contains_pointer(card);
    let colour = match (*is_locked, response.hovered(), is_near) {
        (true, ..) => theme::ACCENT,
        (false, true, _) => theme::TEXT,
        (false, false, true) => theme::MUTED,
        (false, false, false) => return,
    };
    let painter = ui.painter();
    let body = Rect::from_center_size(rect.center() + vec2(0.0, 2.0), vec2(8.0, 6.0));
    painter.rect_filled(body, CornerRadius::same(1), colour);
    let lift = if *is_locked { 0.0 } else { 1.5 };
    let (left, right) = (body.left() + 1.5, body.right() - 1.5);
    let top = body.top() - 4.0 - lift;
    let stroke = Stroke::new(1.3, colour);
    painter.line_segment(
        [pos2(left, body.top() - lift), pos2(left, top + 1.0)],
        stroke,
    );
    painter.line_segment([pos2(left, top), pos2(right, top)], stroke);
    painter.line_segment([pos2(right, top + 1.0), pos2(right, body.top())], stroke);
}
