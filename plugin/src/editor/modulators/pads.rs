//! The pads in full: each can be pressed, learns its note, and says what it does. GUI thread.

use egui::{
    Align, CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, StrokeKind, Ui, pos2, remap_clamp,
    vec2,
};
use netbend_dsp::number::nearest_f32;
use netbend_models::bends::modulation::Source;
use netbend_models::bends::pads::{PADS, Pad, PadAction, Pads, note_name};

use crate::editor::motion::{self, field};
use crate::editor::{choice, text, theme};
use crate::params::pads::PadStore;

const GAP: f32 = 6.0;
/// Height of a line of text.
const LINE: f32 = 15.0;
/// How hard a pad is pressed at its lower edge.
const SOFTEST: f32 = 0.1;

/// The pads of one instance, as they are shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// They are shown in full, in place of a source.
    is_chosen: bool,
    /// The pad that takes the next note, and how many were played before.
    learns: Option<(usize, u32)>,
    /// The pad that the pointer holds.
    pressed: Option<usize>,
}

impl Shown {
    /// Whether they are shown in full.
    pub(super) fn is_chosen(&self) -> bool {
        self.is_chosen
    }

    /// A source is shown in their place.
    pub(super) fn leave(&mut self) {
        (self.is_chosen, self.learns) = (false, None);
    }

    /// Draws the row that leads to them: the last of the list of sources.
    pub(super) fn row(&mut self, ui: &mut Ui, row: Rect, store: &PadStore) {
        let tip = "What notes do: hold slots on, freeze, begin oscillators anew, step sequencers";
        let response = ui
            .interact(row, Id::unique("pads row"), Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(tip);
        let (fill, colour) = match (self.is_chosen, response.hovered()) {
            (true, _) => (theme::HOVERED, theme::TEXT),
            (false, true) => (theme::RAISED, theme::MUTED),
            (false, false) => (theme::BACK, theme::MUTED),
        };
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter().rect_filled(row, radius, fill);
        let name = row.with_min_x(row.left() + super::sources::HANDLE);
        text::line(ui, name, "Pads", theme::SMALL, colour, Align::Min);
        for place in 0..PADS {
            let x = row.right() - 6.0 - 8.0 * nearest_f32(PADS - 1 - place);
            let colour = match store.is_lit(place) {
                true => theme::ACCENT,
                false => theme::WELL,
            };
            ui.painter()
                .circle_filled(pos2(x, row.center().y), 2.5, colour);
        }
        if response.clicked() {
            self.is_chosen = true;
        }
    }

    /// Draws them in `rect`. What is to be changed, and what that is called.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        store: &PadStore,
    ) -> Option<(Pads, String)> {
        let mut pads = store.pads();
        let mut changed = self.learned(&mut pads, store);
        let count = nearest_f32(PADS);
        let width = (rect.width() - GAP * (count - 1.0)) / count;
        let mut pressed = None;
        for (place, pad) in pads.0.iter_mut().enumerate() {
            let left = rect.left() + (width + GAP) * nearest_f32(place);
            let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
            let foot = cell.with_min_y(cell.bottom() - 2.0 * theme::ROW - GAP / 2.0);
            let head = cell.with_max_y(foot.top() - GAP / 2.0);
            if let Some(hard) = self.pad(ui, head, place, pad, store.is_lit(place)) {
                pressed = Some((place, hard));
            }
            if self.foot(ui, foot, place, pad, store) {
                changed = Some(format!("Pad {}", place + 1));
            }
        }
        self.press(pressed, store);
        changed.map(|words| (pads, words))
    }

    /// Lets go where nothing is held any more; at the end of every picture, shown or not.
    pub(super) fn finish(&mut self, ui: &Ui, store: &PadStore) {
        if !ui.input(|input| input.pointer.any_down()) {
            self.press(None, store);
        }
    }

    /// Gives a note that was played to the pad that waits for one.
    fn learned(&mut self, pads: &mut Pads, store: &PadStore) -> Option<String> {
        let (place, before) = self.learns?;
        let (key, count) = store.heard();
        let pad = pads.0.get_mut(place).filter(|_| count != before)?;
        pad.note = key;
        self.learns = None;
        Some(format!("Pad {}: {}", place + 1, note_name(key)))
    }

    fn press(&mut self, pressed: Option<(usize, f32)>, store: &PadStore) {
        let place = pressed.map(|(place, _)| place);
        if self.pressed == place {
            return;
        }
        if let Some(before) = self.pressed {
            store.press(before, 0.0);
        }
        if let Some((place, hard)) = pressed {
            store.press(place, hard);
        }
        self.pressed = place;
    }

    /// Draws what is pressed of a pad. How hard the pointer holds it, if it does.
    fn pad(&self, ui: &mut Ui, rect: Rect, place: usize, pad: &Pad, is_lit: bool) -> Option<f32> {
        let tip = match pad.velocity {
            true => "Press it: hard at the top, softly at the bottom",
            false => "Press it",
        };
        let response = ui
            .interact(rect, Id::unique(("pad", place)), Sense::drag())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(tip);
        let radius = CornerRadius::same(theme::RADIUS);
        let (fill, colour) = match (is_lit, response.hovered()) {
            (true, _) => (theme::ACCENT, theme::ON_ACCENT),
            (false, true) => (theme::HOVERED, theme::TEXT),
            (false, false) => (theme::RAISED, theme::TEXT),
        };
        let edge = match self.learns {
            Some((own, _)) if own == place => theme::WARNING,
            _ => theme::OUTLINE,
        };
        let stroke = Stroke::new(1.0, edge);
        ui.painter()
            .rect(rect, radius, fill, stroke, StrokeKind::Inside);
        // Where a pad is low, its words stand side by side.
        let is_low = rect.height() < 3.0 * LINE;
        let middle = rect.center().y + if is_low { LINE / 2.0 } else { 0.0 };
        let line = |from: f32| {
            rect.shrink2(vec2(4.0, 0.0))
                .with_min_y(from)
                .with_max_y(from + LINE)
        };
        let (mut number, mut name) = (format!("{}", place + 1), title(pad.action));
        let mut note = note_name(pad.note);
        if is_low {
            name = format!("{name} {}", std::mem::take(&mut note));
            number.clear();
        }
        text::line(
            ui,
            line(middle - LINE),
            &name,
            theme::BODY,
            colour,
            Align::Center,
        );
        text::line(ui, line(middle), &note, theme::SMALL, colour, Align::Center);
        text::line(
            ui,
            line(rect.top() + 2.0),
            &number,
            theme::TINY,
            colour,
            Align::Min,
        );
        let pointer = response.interact_pointer_pos()?;
        if !response.is_pointer_button_down_on() {
            return None;
        }
        Some(match pad.velocity {
            true => remap_clamp(pointer.y, rect.bottom()..=rect.top(), SOFTEST..=1.0),
            false => 1.0,
        })
    }

    /// Draws what is set on a pad. Whether it changed.
    fn foot(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        place: usize,
        pad: &mut Pad,
        store: &PadStore,
    ) -> bool {
        let id = Id::unique(("pad foot", place));
        let menu = rect.with_max_y(rect.top() + theme::ROW);
        let names: Vec<String> = PadAction::all().map(title).collect();
        let chosen = PadAction::all().position(|action| action == pad.action);
        let tip = "What it does: a slot and the freeze last as long as it is held";
        let chosen = chosen.unwrap_or(0);
        let other = field::menu(ui, menu, id.with("action"), &names, chosen, tip);
        let mut changed = false;
        if let Some(action) = other.and_then(|place| PadAction::all().nth(place)) {
            (pad.action, changed) = (action, true);
        }
        let line = rect.with_min_y(rect.bottom() - theme::ROW);
        let half = (line.width() - GAP / 2.0) / 2.0;
        let (learn, hard) = (
            line.with_max_x(line.left() + half),
            line.with_min_x(line.right() - half),
        );
        let learns = self.learns.is_some_and(|(own, _)| own == place);
        let word = ("Learn", "The next note that is played is this pad's");
        let grounds = [theme::WARNING, theme::RAISED];
        if choice::word(ui, learn, id.with("learn"), word, learns, grounds) {
            let (_, count) = store.heard();
            self.learns = (!learns).then_some((place, count));
        }
        let tip = "How hard it is played scales the slot's amount";
        let word = ("Vel.", tip);
        let grounds = [theme::MOTION, theme::RAISED];
        if choice::word(ui, hard, id.with("velocity"), word, pad.velocity, grounds) {
            (pad.velocity, changed) = (!pad.velocity, true);
        }
        changed
    }
}

/// What a pad does, in words.
fn title(action: PadAction) -> String {
    match action {
        PadAction::Slot(number) => format!("Slot {}", number + 1),
        PadAction::Freeze => "Freeze".to_owned(),
        PadAction::Lfo(number) => motion::title(Source::Lfo(number)),
        PadAction::Lfos => "All LFOs".to_owned(),
        PadAction::Step(number) => motion::title(Source::Sequencer(number)),
    }
}
