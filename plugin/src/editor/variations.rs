//! Variations of what is set, each a tile with its picture: a click lets it be heard in place. GUI thread.

use std::time::Duration;

use egui::{
    Align, Color32, ColorImage, Context, CornerRadius, CursorIcon, Id, Rect, Sense, Stroke,
    StrokeKind, TextureHandle, TextureOptions, Ui, pos2, vec2,
};
use netbend_dsp::metrics::CRITICAL_BANDS;
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::ParamSetter;

use crate::audition::{Roll, Verdict};
use crate::error::Error;
use crate::params::snapshot::Snapshot;

use super::browser::Browser;
use super::{choice, keys, panel, spectrogram, text, theme};

/// Tiles, in rows and columns.
const TILES: (usize, usize) = (2, 4);
const GAP: f32 = 6.0;
/// What a picture shows, in dB below the loudest of all.
const RANGE_DB: f32 = 60.0;
const BUTTON: f32 = 76.0;

/// The variations of one instance.
#[derive(Default)]
pub struct Variations {
    open: Option<Open>,
}

struct Open {
    /// What is varied, to go back to.
    before: Snapshot,
    tiles: Vec<Tile>,
    /// The one that is heard.
    chosen: Option<usize>,
    /// How many are wished for.
    wish: Option<usize>,
    /// They are being made.
    waits: bool,
    /// Why none can be made now, and since when it is tried.
    idle: Option<&'static str>,
    tries_for: Option<Duration>,
    problem: String,
}

struct Tile {
    settings: Snapshot,
    verdict: Verdict,
    picture: TextureHandle,
}

impl Variations {
    /// Whether the panel is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens the panel for variations of `settings`.
    pub fn open(&mut self, settings: Snapshot) {
        self.open = Some(Open {
            before: settings,
            tiles: Vec::new(),
            chosen: None,
            wish: Some(TILES.0 * TILES.1),
            waits: false,
            idle: None,
            tries_for: None,
            problem: String::new(),
        });
    }

    /// How many are wished for and not begun.
    pub fn takes_wish(&self) -> Option<usize> {
        self.open.as_ref()?.wish
    }

    /// They are being made from now on.
    pub fn begin(&mut self) {
        if let Some(open) = &mut self.open {
            (open.wish, open.waits, open.chosen) = (None, true, None);
            open.tiles.clear();
            open.problem.clear();
        }
    }

    /// Why none can be made now, where that is so, and how long it has been tried.
    pub fn tell(&mut self, idle: Option<&'static str>, tries_for: Option<Duration>) {
        if let Some(open) = &mut self.open {
            (open.idle, open.tries_for) = (idle, tries_for);
        }
    }

    /// Takes what was made by now, unless the panel was closed meanwhile.
    pub fn take(&mut self, context: &Context, rolls: Vec<Roll>) {
        let Some(open) = self.open.as_mut().filter(|open| open.waits) else {
            return;
        };
        for roll in rolls {
            open.tiles.push(Tile {
                picture: picture(context, open.tiles.len(), &roll.verdict),
                settings: roll.settings,
                verdict: roll.verdict,
            });
        }
    }

    /// All were made.
    pub fn end(&mut self) {
        if let Some(open) = &mut self.open {
            open.waits = false;
        }
    }

    /// None were made.
    pub fn fail(&mut self, error: &Error) {
        if let Some(open) = &mut self.open {
            (open.wish, open.waits) = (None, false);
            open.problem = format!("There are no variations: {error}");
        }
    }

    /// Draws the panel in `rect`.
    pub fn panel(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        browser: &mut Browser,
        setter: &ParamSetter<'_>,
    ) {
        let Some(open) = &mut self.open else { return };
        panel::show(ui, rect, theme::OUTLINE);
        let inner = rect.shrink(theme::PADDING);
        let top = inner.with_max_y(inner.top() + theme::ROW);
        let mut right = top.right();
        let mut take = |width: f32| {
            let taken = top.with_max_x(right).with_min_x(right - width);
            right = taken.left() - GAP;
            taken
        };
        let close = choice::button(ui, take(BUTTON), "Close", "Go on with what you hear (Esc)");
        let close = close || keys::leaves(ui);
        let tip = "Go back to what was set before the variations";
        let back = choice::button(ui, take(BUTTON), "Back", tip);
        let tip = "Save what you hear as a preset of your own";
        let keep = choice::button(ui, take(BUTTON), "Keep…", tip);
        let tip = "Eight others, of what you hear now";
        let again = choice::button(ui, take(BUTTON), "Again", tip);
        let (rows, columns) = TILES;
        let words_at = top.with_max_x(right);
        let words = open.words(rows * columns);
        text::line(ui, words_at, &words, theme::BODY, theme::TEXT, Align::Min);

        let field = inner.with_min_y(top.bottom() + GAP);
        let size = vec2(
            (field.width() - GAP * nearest_f32(columns - 1)) / nearest_f32(columns),
            (field.height() - GAP * nearest_f32(rows - 1)) / nearest_f32(rows),
        );
        let mut clicked = None;
        for place in 0..rows * columns {
            let (row, column) = (place / columns, place % columns);
            let at = pos2(
                field.left() + nearest_f32(column) * (size.x + GAP),
                field.top() + nearest_f32(row) * (size.y + GAP),
            );
            let area = Rect::from_min_size(at, size);
            let is_chosen = open.chosen == Some(place);
            match open.tiles.get(place) {
                Some(tile) if tile.show(ui, area, place, is_chosen) => clicked = Some(place),
                Some(_) => {}
                None if open.waits => awaited(ui, area, place, place == open.tiles.len()),
                None => {}
            }
        }
        if open.tiles.is_empty() && !open.waits {
            let why = open.idle.unwrap_or(&open.problem);
            let middle = Rect::from_center_size(field.center(), vec2(0.7 * field.width(), 60.0));
            text::paragraph(ui, middle, why, theme::MUTED);
        }
        if let Some((place, tile)) = clicked.and_then(|n| Some((n, open.tiles.get(n)?))) {
            let words = format!("Variation {}", place + 1);
            browser.put(&tile.settings, &words, setter);
            open.chosen = Some(place);
        }
        if back {
            browser.put(&open.before, "Back from the variations", setter);
        }
        if again && !open.waits {
            open.wish = Some(rows * columns);
        }
        if keep {
            browser.save_as();
        }
        if close || back {
            self.open = None;
        }
    }
}

impl Open {
    /// What the top line says of them.
    fn words(&self, all: usize) -> String {
        let seconds = self.tries_for.map_or(0, |time| time.as_secs());
        if self.waits {
            return format!(
                "Variations: {} of {all} after {seconds} s, tried on the last moments you heard",
                self.tiles.len()
            );
        }
        let words = match (self.tiles.is_empty(), self.problem.is_empty()) {
            (false, _) => "Variations: click one to hear it in place",
            (true, false) => "Variations: there are none",
            (true, true) if self.idle.is_some() => "Variations: none yet",
            (true, true) => "Variations: waiting for what is tried",
        };
        words.to_owned()
    }
}

/// Draws the place of a tile that is being made, now or after others.
fn awaited(ui: &Ui, rect: Rect, place: usize, is_next: bool) {
    let radius = CornerRadius::same(theme::RADIUS);
    let stroke = Stroke::new(1.0, theme::OUTLINE);
    ui.painter().rect_filled(rect, radius, theme::RAISED);
    ui.painter()
        .rect_stroke(rect, radius, stroke, StrokeKind::Inside);
    let words = match is_next {
        true => format!("{} is being tried…", place + 1),
        false => format!("{}", place + 1),
    };
    text::line(ui, rect, &words, theme::SMALL, theme::MUTED, Align::Center);
}

impl Tile {
    /// Draws it. Returns whether it was clicked.
    fn show(&self, ui: &mut Ui, rect: Rect, place: usize, is_chosen: bool) -> bool {
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter().rect_filled(rect, radius, theme::WELL);
        let verdict = &self.verdict;
        let tip = format!(
            "Variation {}: {:.1} dB from your sound, {:+.1} dB loud",
            place + 1,
            verdict.distance_db,
            verdict.loudness_db
        );
        let response = ui
            .interact(rect, Id::unique(("variation", place)), Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(tip);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter()
            .image(self.picture.id(), rect.shrink(2.0), whole, Color32::WHITE);
        let stroke = match (is_chosen, response.hovered()) {
            (true, _) => Stroke::new(2.0, theme::ACCENT),
            (false, true) => Stroke::new(1.0, theme::TEXT),
            (false, false) => Stroke::new(1.0, theme::OUTLINE),
        };
        ui.painter()
            .rect_stroke(rect, radius, stroke, StrokeKind::Inside);
        let name = Rect::from_min_size(rect.min + vec2(6.0, 4.0), vec2(40.0, 14.0));
        let number = format!("{}", place + 1);
        text::line(ui, name, &number, theme::SMALL, theme::TEXT, Align::Min);
        response.clicked()
    }
}

/// A spectrogram of what settings made of the sound.
fn picture(context: &Context, number: usize, verdict: &Verdict) -> TextureHandle {
    let levels = &verdict.levels.levels_db;
    let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
    let frames = levels.nrows().max(1);
    let mut image = ColorImage::filled([frames, CRITICAL_BANDS], spectrogram::colour(0.0));
    for (frame, row) in levels.rows().into_iter().enumerate() {
        for (band, level) in row.iter().enumerate() {
            let share = 1.0 + (level - loudest) / RANGE_DB;
            let place = (CRITICAL_BANDS - 1 - band) * frames + frame;
            if let Some(pixel) = image.pixels.get_mut(place) {
                *pixel = spectrogram::colour(share);
            }
        }
    }
    let name = format!("netbend variation {number}");
    context.load_texture(name, image, TextureOptions::LINEAR)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;
    use crate::error::TrialError;
    use crate::params::NetbendParams;

    #[test]
    fn the_top_line_says_how_many_are_made_since_when_and_what_went_wrong() {
        let mut variations = Variations::default();
        variations.open(Snapshot::of(&NetbendParams::default()));
        let words = |variations: &Variations| variations.open.as_ref().unwrap().words(8);
        assert_eq!(words(&variations), "Variations: waiting for what is tried");
        variations.tell(Some("No model plays"), None);
        assert_eq!(words(&variations), "Variations: none yet");
        variations.begin();
        variations.tell(None, Some(Duration::from_millis(3_400)));
        let said = words(&variations);
        assert!(said.starts_with("Variations: 0 of 8 after 3 s"), "{said}");
        variations.fail(&TrialError::Unfinished.into());
        assert_eq!(words(&variations), "Variations: there are none");
        let problem = &variations.open.as_ref().unwrap().problem;
        assert!(problem.contains("failed unexpectedly"), "{problem}");
        // What comes too late belongs to nobody.
        assert!(variations.takes_wish().is_none());
    }
}
