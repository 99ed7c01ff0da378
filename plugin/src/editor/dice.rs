//! Dice: settings at random that go as far as is asked, with a lock on every card. GUI thread; what is rolled is measured on a thread of its own.

use egui::{Align, CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, StrokeKind, Ui};
use nice_plug::prelude::ParamSetter;

use crate::audition::{Answer, Desk, Locks, Range, Reference, Request, Roll, Wish};
use crate::params::NetbendParams;
use crate::params::model::WantedModel;
use crate::params::snapshot::Snapshot;
use crate::report::status::{EngineState, Status};
use crate::resources::Resources;

use super::browser::Browser;
use super::variations::Variations;
use super::{choice, keys, text, theme};

/// Width of the button.
const BUTTON: f32 = 42.0;
/// How far it goes at first.
const USUAL_FAR: f32 = 0.5;

/// The dice of one instance. They stay while the window is closed.
pub struct Dice {
    resources: Resources,
    /// What is locked.
    pub locks: Locks,
    how_far: f32,
    seed: u64,
    desk: Desk,
    /// What went wrong, or how far the last roll went.
    note: String,
}

impl Dice {
    /// Dice that try settings on the models of `resources`.
    pub fn new(resources: Resources) -> Self {
        Self {
            resources,
            locks: Locks::default(),
            how_far: USUAL_FAR,
            seed: 0,
            desk: Desk::default(),
            note: String::new(),
        }
    }

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
        let state = status.state();
        let is_ready = state == EngineState::Ready && !self.desk.is_busy();
        let mut tip = "Roll everything that is not locked: other bends, as far from your sound as it says beside, and as \
                       loud as it. It is tried on the last moments you heard before you hear it. A click on the lock of \
                       a card keeps that card"
            .to_owned();
        let why = idle(state);
        for more in [why.unwrap_or_default(), &self.note] {
            if !more.is_empty() {
                tip = format!("{tip}\n{more}");
            }
        }
        let name = match self.desk.tries_for().map(|time| time.as_secs()) {
            None => "Dice".to_owned(),
            Some(0) => "…".to_owned(),
            Some(seconds) => format!("{seconds} s"),
        };
        let id = Id::unique("dice button");
        if choice::button_of(ui, button, id, &name, &tip) && is_ready {
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
            variations.begin();
            self.begin(Wish::Variations(count), params, status);
        }
        variations.tell(why, self.desk.tries_for());
        // What is finished has made all before.
        let finished = self.desk.finished();
        variations.take(ui.ctx(), self.desk.made());
        match finished {
            None => {}
            Some(Ok(Answer::Roll(roll))) => {
                self.note = said(&roll);
                browser.put(&roll.settings, "Dice", setter);
            }
            Some(Ok(Answer::Variations)) => variations.end(),
            Some(Err(error)) => {
                self.note = format!("The last trial failed: {error}");
                variations.fail(&error);
            }
        }
    }

    fn begin(&mut self, wish: Wish, params: &NetbendParams, status: &Status) {
        self.seed = self.seed.wrapping_add(1);
        let wanted = params.wanted_model();
        // Where there is no thread, the desk says so as it says all else.
        self.desk.begin(Request {
            settings: Snapshot::of(params),
            names: params.part_names.clone(),
            layout: status.model(),
            clusters: status.clusters(),
            wish,
            // Two instances roll differently, as do two windows of one.
            seed: self.seed ^ fresh_seed(),
            reference: Reference::of(&status.recent),
            resources: self.resources.clone(),
            model: WantedModel {
                sha256: wanted.sha256,
                ..WantedModel::named(wanted.name)
            },
        });
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
        if let Some(turn) = keys::turned(ui, &response) {
            self.how_far = turn.from(self.how_far, USUAL_FAR);
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

/// Why nothing can be tried.
fn idle(state: EngineState) -> Option<&'static str> {
    match state {
        EngineState::Ready => None,
        EngineState::Loading => Some("The model is being loaded: there is nothing to try yet"),
        EngineState::Failed => {
            Some("No model plays: there is nothing to try. The line at the bottom says why")
        }
    }
}

/// A seed that no other instance has.
fn fresh_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::time::Instant::now())
}

/// What is said of a roll.
fn said(roll: &Roll) -> String {
    let (distance, louder) = (roll.verdict.distance_db, roll.verdict.loudness_db);
    let missed = match roll.is_within {
        true => "",
        false => ", which is not as asked: unlock more",
    };
    format!("The last roll went {distance:.1} dB far, {louder:+.1} dB loud{missed}")
}
