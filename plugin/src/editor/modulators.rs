//! The modulators, in place of the spectrograms: what moves by itself, drawn to any knob, slider or bar by its handle. GUI thread.
//!
//! | module | what it is |
//! |---|---|
//! | `sources` | all there are, each with its handle |
//! | `macros` | the macros, beneath |
//! | `clock` | rate and retrigger |
//! | `lfo`, `steps`, `follower`, `wander` | one of a kind in full |
//! | `routes` | what one moves |
//! | `pads` | what notes do |

mod clock;
mod follower;
mod lfo;
mod macros;
mod pads;
mod routes;
mod sources;
mod steps;
mod wander;

use std::sync::Arc;

use egui::{Align, Rect, Ui, pos2, vec2};
use netbend_models::bends::modulation::{Modulation, SOURCES, Source};
use nice_plug::prelude::ParamSetter;

use super::browser::Browser;
use super::motion::{self, Motion, Targets};
use super::{choice, keys, panel, text, theme};
use crate::params::NetbendParams;
use crate::params::snapshot::Snapshot;

/// Size of the button that opens the panel.
const DOOR: (f32, f32) = (92.0, 20.0);
const CLOSE: f32 = 70.0;
const GAP: f32 = 6.0;
/// Width of the list of sources, in one column and in two, and of what one moves.
const LIST: f32 = 150.0;
const LIST_OF_TWO: f32 = 228.0;
const ROUTES: f32 = 330.0;

/// The panel of one instance.
pub struct Modulators {
    targets: Arc<Targets>,
    is_open: bool,
    /// The one that is shown in full.
    chosen: Source,
    pads: pads::Shown,
    /// What was set before the gesture that goes on, and what that does.
    before: Option<(Snapshot, String)>,
}

impl Modulators {
    /// The panel of an instance with these parameters.
    pub fn new(params: &NetbendParams) -> Self {
        Self {
            targets: Arc::new(Targets::of(params)),
            is_open: false,
            chosen: Source::Lfo(0),
            pads: pads::Shown::default(),
            before: None,
        }
    }

    /// Whether the panel is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Tells the controls of this picture what moves them. Before all of them.
    pub fn begin(&self, ui: &Ui, params: &NetbendParams) {
        motion::publish(ui, self.motion(params));
    }

    /// Draws the button that opens the panel in the corner of `rect`.
    pub fn door(&mut self, ui: &mut Ui, rect: Rect, params: &NetbendParams) {
        let size = vec2(DOOR.0, DOOR.1);
        let corner = pos2(rect.right() - size.x - 8.0, rect.top() + 8.0);
        let place = Rect::from_min_size(corner, size);
        let count = params.modulation.modulation().routes.count();
        let name = match count {
            0 => "Modulators".to_owned(),
            count => format!("Modulators: {count}"),
        };
        let id = egui::Id::unique("modulators door");
        let tip = "What moves by itself: oscillators, steps, followers of the sound, macros";
        if choice::button_of(ui, place, id, &name, tip) {
            self.is_open = true;
        }
    }

    /// Draws the panel in `rect`.
    pub fn panel(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        params: &NetbendParams,
        setter: &ParamSetter<'_>,
    ) {
        panel::show(ui, rect, theme::OUTLINE);
        let inner = rect.shrink(theme::PADDING);
        let (top, rest) = inner.split_top_bottom_at_y(inner.top() + theme::ROW);
        let words = "Modulators: drag one by its handle to a knob, slider or bar. Right-click what is moved to change or end it";
        let close = top.with_min_x(top.right() - CLOSE);
        let line = top.with_max_x(close.left() - GAP);
        text::line(ui, line, words, theme::SMALL, theme::MUTED, Align::Min);
        if choice::button(ui, close, "Close", "Back to the pictures (Esc)") || keys::leaves(ui) {
            self.is_open = false;
        }
        let motion = self.motion(params);
        let foot = rest.with_min_y(rest.bottom() - macros::HEIGHT);
        let mut carried = None;
        let knobs = &params.macros;
        let chosen = (!self.pads.is_chosen()).then_some(self.chosen);
        let touched = macros::show(ui, foot, knobs, &motion, chosen, &mut carried, setter);
        let middle = rest
            .with_min_y(rest.top() + GAP)
            .with_max_y(foot.top() - GAP);
        // What the second column takes, what is moved gives.
        let (list, share) = match sources::columns(middle.height()) {
            1 => (LIST, 0.34),
            _ => (LIST_OF_TWO, 0.28),
        };
        let list = middle.with_max_x(middle.left() + list);
        // One row is that of the pads.
        let pads = sources::last_row(list);
        let touched = sources::show(ui, list, &motion, chosen, &mut carried).or(touched);
        motion::carry(ui, carried);
        if let Some(touched) = touched {
            self.chosen = touched;
            self.pads.leave();
        }
        self.pads.row(ui, pads, &params.pads);
        if self.pads.is_chosen() {
            let full = middle.with_min_x(list.right() + 2.0 * GAP);
            if let Some((pads, words)) = self.pads.show(ui, full, &params.pads) {
                self.before
                    .get_or_insert_with(|| (Snapshot::of(params), words));
                params.pads.replace(pads);
            }
            return;
        }

        let right = middle.with_min_x(middle.right() - ROUTES.min(share * middle.width()));
        let full = middle
            .with_min_x(list.right() + 2.0 * GAP)
            .with_max_x(right.left() - 2.0 * GAP);
        let mut modulation = motion.modulation;
        let mut words = None;
        if let Source::Macro(number) = self.chosen
            && let Some(name) = macros::settings(ui, full, number, &motion)
        {
            let mut names = motion.names.clone();
            names.set(
                number,
                if name == motion::title(self.chosen) {
                    ""
                } else {
                    &name
                },
            );
            if names != motion.names {
                let words = format!("{} is called {name}", motion::title(self.chosen));
                self.before
                    .get_or_insert_with(|| (Snapshot::of(params), words));
                params.modulation.rename(names);
            }
        }
        if settings(ui, full, self.chosen, &mut modulation, &motion) {
            words = Some(motion::title(self.chosen));
        }
        words = routes::show(ui, right, self.chosen, &mut modulation, &motion).or(words);
        if let Some(words) = words {
            motion::ask(ui, modulation, words);
        }
    }

    /// Does what was asked of modulators in this picture; a gesture is one step to undo.
    pub fn finish(&mut self, ui: &Ui, params: &NetbendParams, browser: &mut Browser) {
        self.pads.finish(ui, &params.pads);
        if let Some(asked) = motion::take_asked(ui) {
            let words = asked.words;
            self.before
                .get_or_insert_with(|| (Snapshot::of(params), words));
            params.modulation.replace(asked.modulation);
        }
        if !ui.input(|input| input.pointer.any_down())
            && let Some((before, words)) = self.before.take()
        {
            browser.was_changed(before, &words);
        }
    }

    fn motion(&self, params: &NetbendParams) -> Motion {
        let mut values = [0.0; SOURCES];
        for (value, source) in values.iter_mut().zip(Source::all()) {
            *value = params.modulation.shown(source);
        }
        Motion {
            targets: Arc::clone(&self.targets),
            modulation: params.modulation.modulation(),
            names: params.modulation.names(),
            values,
        }
    }
}

/// Draws what is set on a source. Whether something changed.
fn settings(
    ui: &mut Ui,
    rect: Rect,
    chosen: Source,
    modulation: &mut Modulation,
    motion: &Motion,
) -> bool {
    let value = motion.values.get(chosen.index()).copied().unwrap_or(0.0);
    let shown = match chosen {
        Source::Lfo(number) => modulation
            .lfos
            .get_mut(number)
            .map(|own| lfo::show(ui, rect, number, own, value)),
        Source::Sequencer(number) => modulation
            .sequencers
            .get_mut(number)
            .map(|own| steps::show(ui, rect, number, own, value)),
        Source::Follower(number) => modulation
            .followers
            .get_mut(number)
            .map(|own| follower::show(ui, rect, number, own, value)),
        Source::Wander => Some(wander::show(ui, rect, &mut modulation.wander, value)),
        Source::Macro(_) => None,
    };
    shown.unwrap_or(false)
}
