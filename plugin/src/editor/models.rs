//! The picker of models, in place of the spectrograms: every model in the folders, the one that plays, and what is wrong with the others. GUI
//! thread.

mod bring;

use std::sync::mpsc::Receiver;

use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2,
    vec2,
};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::ParamSetter;

use crate::error::Origin;
use crate::params::NetbendParams;
use crate::params::snapshot::Snapshot;
use crate::report::status::Status;
use crate::resources::shelf::{Added, Book, Shelf, ShelfError};

use super::browser::Browser;
use super::files::dialog::Purpose;
use super::said::Said;
use super::{choice, keys, panel, text, theme};

const LINE: f32 = 22.0;
const GAP: f32 = 6.0;
const BUTTON: f32 = 70.0;
/// Shares of the width: name, whose, size, layers, parts; the licence has what is left.
const COLUMNS: [f32; 5] = [0.24, 0.08, 0.09, 0.08, 0.27];

/// The picker of one instance.
pub struct Models {
    shelf: Shelf,
    is_open: bool,
    /// A path that is typed.
    typed: String,
    said: Option<Said>,
    /// A file that is copied.
    bringing: Option<Receiver<Result<Added, ShelfError>>>,
    /// What a dialog is to be opened for.
    asked: Option<Purpose>,
}

impl Models {
    /// A picker of the models on `shelf`.
    pub fn new(shelf: Shelf) -> Self {
        Self {
            shelf,
            is_open: false,
            typed: String::new(),
            said: None,
            bringing: None,
            asked: None,
        }
    }

    /// Whether the panel is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Opens the panel, or closes it.
    pub fn turn(&mut self) {
        self.is_open = !self.is_open;
        self.said = None;
    }

    /// Draws the panel in `rect`.
    pub fn panel(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        params: &NetbendParams,
        status: &Status,
        browser: &mut Browser,
        setter: &ParamSetter<'_>,
    ) {
        self.shelf.watch();
        panel::show(ui, rect, theme::OUTLINE);
        let inner = rect.shrink(theme::PADDING);
        let top = inner.with_max_y(inner.top() + theme::ROW);
        let close = top.with_min_x(top.right() - BUTTON);
        let words =
            "Models: click one to play it. Files put into the folders appear here by themselves";
        let place = top.with_max_x(close.left() - GAP);
        text::line(ui, place, words, theme::BODY, theme::TEXT, Align::Min);
        if choice::button(ui, close, "Close", "Back to the pictures (Esc)") || keys::leaves(ui) {
            self.is_open = false;
        }
        let foot = inner.with_min_y(inner.bottom() - theme::ROW);
        self.adder(ui, foot);

        let list = Rect::from_min_max(
            pos2(inner.left(), top.bottom() + GAP),
            pos2(inner.right(), foot.top() - GAP),
        );
        ui.painter()
            .rect_filled(list, CornerRadius::same(theme::RADIUS), theme::WELL);
        let books = self.shelf.books();
        let playing = status.loaded().map(|loaded| loaded.path);
        let mut chosen = None;
        ui.scope_builder(UiBuilder::new().max_rect(list.shrink(3.0)), |ui| {
            let area = ScrollArea::vertical().id_salt("models").auto_shrink(false);
            area.show(ui, |ui| {
                ui.set_height(LINE * nearest_f32(books.len()));
                let area = ui.max_rect();
                for (place, book) in books.iter().enumerate() {
                    let at = pos2(area.left(), area.top() + LINE * nearest_f32(place));
                    let rect = Rect::from_min_size(at, vec2(area.width(), LINE));
                    let plays = playing.as_ref() == Some(&book.path);
                    if line(ui, rect, place, book, plays) {
                        chosen = Some(place);
                    }
                }
            });
        });
        let book = chosen.and_then(|place| books.get(place));
        if let Some((book, about)) = book.and_then(|book| Some((book, book.about.as_ref().ok()?))) {
            let settings = Snapshot::of(params).with_model(&book.name, &about.sha256);
            let words = format!("Model {}", book.name);
            browser.put(&settings, &words, setter);
        }
    }
}

/// Draws one model. Returns whether it was clicked and can be played.
fn line(ui: &mut Ui, rect: Rect, place: usize, book: &Book, plays: bool) -> bool {
    let can_play = book.about.is_ok();
    let response = ui.interact(rect, Id::unique(("model", place)), Sense::click());
    let response = match can_play {
        true => response.on_hover_cursor(CursorIcon::PointingHand),
        false => response,
    };
    let fill = match (plays, response.hovered() && can_play) {
        (true, _) => theme::ACCENT.gamma_multiply(0.3),
        (false, true) => theme::RAISED,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let mut left = rect.left() + 8.0;
    let width = rect.width() - 16.0;
    let mut cell = |share: f32, words: &str, colour: Color32| {
        let at = Rect::from_min_max(
            pos2(left, rect.top()),
            pos2(left + width * share - GAP, rect.bottom()),
        );
        left += width * share;
        text::line(ui, at, words, theme::BODY, colour, Align::Min);
    };
    let [name, whose, size, layers, parts] = COLUMNS;
    let megabytes = format!("{:.1} MB", nearest_f32(book.bytes) / 1e6);
    let origin = match book.origin {
        Origin::Shipped => "Netbend",
        Origin::Own => "yours",
    };
    let tip = match &book.about {
        Ok(about) => {
            cell(
                name,
                &format!("{} {}", book.name, about.version),
                theme::TEXT,
            );
            cell(whose, origin, theme::MUTED);
            cell(size, &megabytes, theme::MUTED);
            cell(layers, &format!("{} layers", about.layers), theme::MUTED);
            let words = match about.parts.is_empty() {
                _ if about.is_waveform => "waveform".to_owned(),
                true => "no parts".to_owned(),
                false => about.parts.join(", "),
            };
            cell(parts, &words, theme::MUTED);
            let licence = match about.licence.as_str() {
                "" => "no licence said",
                licence => licence,
            };
            cell(1.0 - COLUMNS.iter().sum::<f32>(), licence, theme::MUTED);
            format!(
                "{}\ntrained at {} Hz, sha256 {}{}",
                book.path.display(),
                about.sample_rate,
                about.sha256.get(..12).unwrap_or_default(),
                if plays { "\nIt plays" } else { "" }
            )
        }
        Err(problem) => {
            let problem = problem.to_string();
            cell(name, &book.name, theme::MUTED);
            cell(whose, origin, theme::MUTED);
            cell(size, &megabytes, theme::MUTED);
            cell(1.0 - name - whose - size, &problem, theme::WARNING);
            format!("{}\n{problem}", book.path.display())
        }
    };
    response.on_hover_text(tip).clicked() && can_play && !plays
}
