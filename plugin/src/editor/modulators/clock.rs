//! Rate and retrigger of a modulator.

use egui::{Align, Id, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use netbend_models::bends::modulation::{HERTZ_RANGE, NoteValue, Rate, Retrigger};

use crate::editor::motion::field::{self, Bar};
use crate::editor::{text, theme};

/// Height of a named field.
pub(super) const NAMED: f32 = LABEL + FIELD;
const LABEL: f32 = 15.0;
const FIELD: f32 = 20.0;
const GAP: f32 = 8.0;
/// Where time begins, in words.
const RETRIGGERS: [(&str, &str); 4] = [
    (
        "Song",
        "Where the song is says where it is: a loop of the song repeats it",
    ),
    (
        "Free",
        "It runs from when the sound began, whatever the song does",
    ),
    ("Attack", "Every attack of your sound begins it anew"),
    (
        "Note",
        "Every note that comes in begins it anew; steps go on by notes alone",
    ),
];

/// Divides a line into named fields of those shares of its width.
pub(super) fn fields<const N: usize>(ui: &Ui, line: Rect, names: [(&str, f32); N]) -> [Rect; N] {
    let width = line.width() - GAP * nearest_f32(N.saturating_sub(1));
    let mut left = line.left();
    names.map(|(name, share)| {
        let cell = Rect::from_min_size(pos2(left, line.top()), vec2(width * share, NAMED));
        left = cell.right() + GAP;
        let label = cell.with_max_y(cell.top() + LABEL);
        text::line(ui, label, name, theme::TINY, theme::MUTED, Align::Min);
        cell.with_min_y(label.bottom())
    })
}

/// Draws a rate in `rect`: a menu of notes, and hertz. Whether it changed.
pub(super) fn rate(ui: &mut Ui, rect: Rect, id: Id, rate: &mut Rate) -> bool {
    let (kind, value) = rect.split_left_right_at_fraction(0.45);
    let kinds = [
        ("Note", "As long as a note of the song's tempo"),
        ("Hz", "So often in a second"),
    ];
    let chosen = usize::from(matches!(rate, Rate::Hertz(_)));
    if let Some(kind) = field::pick(ui, kind, id.with("kind"), &kinds, chosen) {
        *rate = match kind {
            0 => Rate::Note(NoteValue::QUARTER),
            _ => Rate::Hertz(1.0),
        };
        return true;
    }
    let place = value.with_min_x(value.left() + 4.0);
    match rate {
        Rate::Note(note) => {
            let notes: Vec<_> = NoteValue::all().collect();
            let names: Vec<_> = notes.iter().map(|note| note.name()).collect();
            let chosen = notes.iter().position(|own| own == note).unwrap_or(0);
            let tip = "A note's length: d is dotted, t a triplet";
            let other = field::menu(ui, place, id.with("note"), &names, chosen, tip);
            other
                .and_then(|place| notes.get(place))
                .is_some_and(|other| {
                    *note = *other;
                    true
                })
        }
        Rate::Hertz(hertz) => {
            let (least, most) = HERTZ_RANGE;
            let span = (most / least).ln();
            let unit = (*hertz / least).ln() / span;
            let shown = Bar {
                words: &format!("{hertz:.2} Hz"),
                origin: 0.0,
                usual: (1.0 / least).ln() / span,
                tip: "So often in a second: drag",
            };
            let other = field::bar(ui, place, id.with("hertz"), unit, shown);
            other.is_some_and(|unit| {
                let value = least * (span * unit).exp();
                // Three digits, as they are shown.
                let digits =
                    10.0_f32.powi(2 - netbend_dsp::number::cut::<i32>(value.log10().floor()));
                *hertz = ((value * digits).round() / digits).clamp(least, most);
                true
            })
        }
    }
}

/// Draws from when time counts. Whether it changed.
pub(super) fn retrigger(ui: &mut Ui, rect: Rect, id: Id, own: &mut Retrigger) -> bool {
    let chosen = Retrigger::ALL.iter().position(|one| one == own);
    let other = field::pick(
        ui,
        rect,
        id.with("retrigger"),
        &RETRIGGERS,
        chosen.unwrap_or(0),
    );
    other
        .and_then(|place| Retrigger::ALL.get(place))
        .is_some_and(|other| {
            *own = *other;
            true
        })
}

/// Draws a share of 0–1. Whether it changed.
pub(super) fn share(ui: &mut Ui, rect: Rect, id: Id, own: &mut f32, tip: &str) -> bool {
    let shown = Bar {
        words: &format!("{:.0} %", 100.0 * *own),
        origin: 0.0,
        usual: 0.0,
        tip,
    };
    let other = field::bar(ui, rect, id, *own, shown);
    other.is_some_and(|unit| {
        *own = (100.0 * unit).round() / 100.0;
        true
    })
}

/// Draws a number within a range. Whether it changed.
pub(super) fn number(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    own: &mut f32,
    (least, most): (f32, f32),
    shown: (&str, f32, &str),
) -> bool {
    let (unit_name, usual, tip) = shown;
    let place = |value: f32| ((value - least) / (most - least)).clamp(0.0, 1.0);
    let shown = Bar {
        words: &format!("{own:.0} {unit_name}"),
        origin: place(0.0),
        usual: place(usual),
        tip,
    };
    let other = field::bar(ui, rect, id, place(*own), shown);
    other.is_some_and(|unit| {
        *own = (least + unit * (most - least)).round().clamp(least, most);
        true
    })
}

/// Draws a seed. Whether it changed.
pub(super) fn seed(ui: &mut Ui, rect: Rect, id: Id, own: &mut u32) -> bool {
    let tip = "Click for the next draw: the same seed always draws the same";
    let is_next = crate::editor::choice::button_of(ui, rect, id, &format!("Seed {own}"), tip);
    if is_next {
        *own = (*own + 1) % (netbend_models::bends::modulation::MAX_SEED + 1);
    }
    is_next
}
