//! The standalone's player: a bar over the spectrograms with what plays, how loud, and the tape.

use std::path::Path;
use std::sync::Arc;

use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Rect, Response, Sense, Shape, Stroke, Ui, pos2,
    vec2,
};

use crate::player::{LEVELS_DB, Player, Shown, Wish};

use super::files::dialog::Purpose;
use super::files::notice::Notice;
use super::network::TABS;
use super::{choice, keys, text, theme};

/// Height of the bar in points.
pub const HEIGHT: f32 = 26.0;
const PLAY: f32 = 62.0;
const OPEN: f32 = 84.0;
const RECORD: f32 = 96.0;
const TEMPO: f32 = 128.0;
const LEVEL: f32 = 130.0;
const KEEP: f32 = 40.0;
const BARS: f32 = 22.0;
const SILENCE: f32 = 112.0;
/// Between two controls.
const APART: f32 = 8.0;
/// Points the level moves in a hundredth of its range, with shift held.
const FINE: f32 = 0.1;

/// The bar of one instance.
pub struct Bar {
    player: Arc<Player>,
    asked: bool,
}

impl Bar {
    /// A bar for that player.
    pub fn new(player: Arc<Player>) -> Self {
        Self {
            player,
            asked: false,
        }
    }

    /// What a dialog is to be opened for.
    pub fn take_asked(&mut self) -> Option<Purpose> {
        std::mem::take(&mut self.asked).then_some(Purpose::Loop)
    }

    /// Has a file played in place of what plays now.
    pub fn open(&self, path: &Path) {
        self.player.wish(Wish::Open(path.to_owned()));
    }

    /// Draws the bar in `rect`, and says in `notice` what the program says.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect, notice: &mut Notice) {
        if let Some(words) = self.player.hear() {
            notice.say(words);
        }
        let shown = self.player.shown();
        let inner = rect.shrink2(vec2(0.0, (rect.height() - theme::ROW) / 2.0));
        let mut left = inner.left();
        let mut next = |width: f32| {
            let place = inner.with_min_x(left).with_max_x(left + width);
            left += width + APART;
            place
        };
        self.play(ui, next(PLAY));
        let mut right = inner.right();
        let mut last = |width: f32| {
            let place = inner.with_min_x(right - width).with_max_x(right);
            right -= width + APART;
            place
        };
        self.record(ui, last(RECORD));
        self.keep(ui, last(KEEP + 4.0 * (BARS + 2.0)));
        if !shown.silence.is_empty() {
            silence(ui, last(SILENCE), &shown.silence);
        }
        self.level(ui, last(LEVEL));
        let tip = "Choose a sound to play round and round in place of what comes in; or drop one on this window";
        if choice::button(ui, last(OPEN), "Open loop…", tip) {
            self.asked = true;
        }
        self.name(ui, inner.with_min_x(left).with_max_x(right), &shown);
    }

    fn play(&self, ui: &mut Ui, rect: Rect) {
        let plays = self.player.plays();
        let (name, tip) = match plays {
            true => ("Stop", "Stop the loop, and hear what comes in"),
            false => (
                "Play",
                "Play the loop round and round in place of what comes in",
            ),
        };
        let response = press(ui, rect, "player play", tip);
        let (fill, colour) = colours(&response, plays.then_some(theme::ACCENT));
        ui.painter()
            .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
        let sign = pos2(rect.left() + 14.0, rect.center().y);
        if plays {
            let square = Rect::from_center_size(sign, vec2(8.0, 8.0));
            ui.painter().rect_filled(square, CornerRadius::ZERO, colour);
        } else {
            let corners = [(-4.0, -5.0), (5.0, 0.0), (-4.0, 5.0)];
            let corners = corners.map(|(x, y)| sign + vec2(x, y)).to_vec();
            ui.painter()
                .add(Shape::convex_polygon(corners, colour, Stroke::NONE));
        }
        let words = rect.with_min_x(sign.x + 10.0);
        text::line(ui, words, name, theme::BODY, colour, Align::Min);
        if response.clicked() {
            self.player.set_plays(!plays);
        }
    }

    fn name(&self, ui: &Ui, rect: Rect, shown: &Shown) {
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter().rect_filled(rect, radius, theme::WELL);
        let done =
            rect.with_max_x(rect.left() + rect.width() * self.player.place().clamp(0.0, 1.0));
        if self.player.plays() {
            ui.painter()
                .rect_filled(done, radius, theme::ACCENT.gamma_multiply(0.3));
        }
        let words = rect.shrink2(vec2(8.0, 0.0));
        let mut name = words;
        if let Some(tempo) = shown.tempo
            && words.width() > 2.0 * TEMPO
        {
            let bars = if tempo.bars == 1 { "bar" } else { "bars" };
            let said = format!("{} {bars}, {:.1} bpm", tempo.bars, tempo.bpm);
            name.max.x -= TEMPO;
            let place = words.with_min_x(name.right());
            text::line(ui, place, &said, theme::SMALL, theme::MUTED, Align::Max);
        }
        let (said, colour) = match shown.name.as_str() {
            "" => ("no loop", theme::FAINT),
            name => (name, theme::TEXT),
        };
        text::line(ui, name, said, theme::BODY, colour, Align::Min);
    }

    fn level(&self, ui: &mut Ui, rect: Rect) {
        let tip = "How loud the loop is played into the network. Double-click: 0 dB; shift: fine";
        let response = ui
            .interact(rect, Id::unique("player level"), Sense::click_and_drag())
            .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
            .on_hover_text(tip);
        let (least, most) = LEVELS_DB;
        let a_point = (most - least) / rect.width();
        let mut level = self.player.level_db();
        if response.double_clicked() {
            level = 0.0;
        } else if response.dragged() {
            let is_fine = ui.input(|input| input.modifiers.shift);
            let share = if is_fine { FINE } else { 1.0 };
            level += response.drag_delta().x * a_point * share;
        } else if let Some(turn) = keys::turned(ui, &response) {
            let unit = |level: f32| (level - least) / (most - least);
            level = least + (most - least) * turn.from(unit(level), unit(0.0));
        }
        self.player.set_level_db(level);
        let level = self.player.level_db();
        let radius = CornerRadius::same(3);
        let filled = rect.with_max_x(rect.left() + (level - least) / a_point);
        ui.painter().rect_filled(rect, radius, theme::WELL);
        ui.painter().rect_filled(filled, radius, theme::RAISED);
        let words = format!("Loop {level:+.1} dB");
        text::line(ui, rect, &words, theme::SMALL, theme::TEXT, Align::Center);
    }

    fn keep(&self, ui: &mut Ui, rect: Rect) {
        let remembers = self.player.remembers();
        let word = rect.with_max_x(rect.left() + KEEP);
        let tip = "Remember the last minute, of what comes in and of what goes out, so that bars of it can be kept. It takes up to 46 MB at 48 kHz";
        let id = Id::unique("player remembers");
        if choice::word(ui, word, id, ("Keep", tip), remembers, TABS) {
            self.player.set_remembers(!remembers);
        }
        for (place, bars) in [1.0, 2.0, 3.0, 4.0].into_iter().zip([8u32, 4, 2, 1]) {
            let left = rect.right() - place * (BARS + 2.0) + 2.0;
            let button = rect.with_min_x(left).with_max_x(left + BARS);
            let tip = "Keep that: so many of the last bars as they were heard, what they were made of, and the preset, in Netbend's folder";
            let id = Id::unique(("player keep", bars));
            if choice::button_of(ui, button, id, &bars.to_string(), tip) {
                self.player.wish(Wish::Keep(bars));
            }
        }
    }

    fn record(&self, ui: &mut Ui, rect: Rect) {
        let records = self.player.records();
        let tip = match records {
            true => "End the recording: the file is whole then, and its place is said",
            false => "Write what goes out to a WAV file in Netbend's folder",
        };
        let response = press(ui, rect, "player record", tip);
        let (fill, colour) = colours(&response, records.then_some(theme::WARNING));
        ui.painter()
            .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
        let lamp = pos2(rect.left() + 14.0, rect.center().y);
        ui.painter().circle_filled(lamp, 4.5, colour);
        let words = match records {
            true => {
                let seconds = self.player.recorded_seconds();
                let minutes = (seconds / 60.0).floor();
                format!("{minutes:.0}:{:04.1}", seconds - 60.0 * minutes)
            }
            false => "Record".to_owned(),
        };
        let place = rect.with_min_x(lamp.x + 11.0);
        text::line(ui, place, &words, theme::BODY, colour, Align::Min);
        if response.clicked() {
            self.player.wish(match records {
                true => Wish::EndRecord,
                false => Wish::Record,
            });
        }
    }
}

/// Says that nothing is heard, and why.
fn silence(ui: &mut Ui, rect: Rect, why: &str) {
    ui.interact(rect, Id::unique("player silence"), Sense::hover())
        .on_hover_text(why);
    let words = "No audio device";
    text::line(ui, rect, words, theme::SMALL, theme::WARNING, Align::Center);
}

fn press(ui: &mut Ui, rect: Rect, name: &str, tip: &str) -> Response {
    ui.interact(rect, Id::unique(name), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip)
}

/// Colours of a button's ground and its words; `lit` is its ground while it is on.
fn colours(response: &Response, lit: Option<Color32>) -> (Color32, Color32) {
    match (lit, response.hovered()) {
        (Some(lit), _) => (lit, theme::ON_ACCENT),
        (None, true) => (theme::HOVERED, theme::TEXT),
        (None, false) => (theme::RAISED, theme::TEXT),
    }
}
