//! The two scrolling spectrograms: what comes in, and what goes out or what the bends changed. A click holds them, the pointer reads them.
//!
//! The textures are rings like the scope's own: only new columns are coloured and uploaded, and
//! scrolling is a matter of texture coordinates. Columns arrive a stride at a time; the picture
//! follows them smoothly and so shows fewer columns than the ring holds.

mod colours;
mod columns;
mod cursor;
mod scales;

use egui::{
    Align2, Color32, ColorImage, Context, CornerRadius, CursorIcon, Id, Mesh, Pos2, Rect, Response,
    Sense, Shape, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, pos2, vec2,
};
use netbend_dsp::number::{cut, nearest_f32, nearest_f64};

use self::columns::Columns;
use self::scales::VISIBLE;
use super::{choice, keys, theme};
use crate::report::scope::{COLUMNS, ROWS, Scope};

pub use colours::level as colour;

/// The picture closes the distance to the newest column in about this many seconds.
const FOLLOW_SECONDS: f64 = 0.2;
/// Width of the frequency scale.
const SCALE: f32 = 46.0;
/// Height of the time scale.
const TIMES: f32 = 16.0;
const BETWEEN: f32 = 6.0;
/// A tab of the lower picture.
const TAB: egui::Vec2 = vec2(62.0, 18.0);

/// What the lower picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lower {
    Output,
    Change,
}

impl Lower {
    const ALL: [(Self, &'static str, &'static str); 2] = [
        (Self::Output, "Output", "Your sound as it goes out"),
        (
            Self::Change,
            "Change",
            "What the bends changed: red is louder than it came in, blue is softer, dark is as it was",
        ),
    ];

    fn image(self, levels: [&[[f32; ROWS]]; 2]) -> ColorImage {
        match self {
            Self::Output => colours::image(levels, |_, output| colour(output)),
            Self::Change => colours::image(levels, colours::change),
        }
    }
}

/// The pictures of one open editor.
pub struct Spectrograms {
    columns: Columns,
    upper: TextureHandle,
    lower: TextureHandle,
    lower_shows: Lower,
    /// Columns shown to have been written; follows those that were.
    shown: f64,
    /// Whether the pictures stand still.
    is_held: bool,
    /// Where arrow keys lead: columns and rows from a picture's lower left corner.
    keyed: (i16, i16),
}

impl Spectrograms {
    /// Black pictures.
    pub fn new(context: &Context) -> Self {
        let texture = |name: &str| {
            let black = ColorImage::filled([COLUMNS, ROWS], colour(0.0));
            context.load_texture(name, black, TextureOptions::LINEAR_REPEAT)
        };
        Self {
            columns: Columns::new(),
            upper: texture("netbend upper picture"),
            lower: texture("netbend lower picture"),
            lower_shows: Lower::Output,
            shown: 0.0,
            is_held: false,
            keyed: (signed16(VISIBLE) / 2, signed16(ROWS) / 2),
        }
    }

    /// Takes over the columns that are new in `scope`, `seconds` after the last call; nothing where the pictures are held.
    pub fn update(&mut self, scope: &Scope, seconds: f32) {
        if self.is_held {
            return;
        }
        for run in self.columns.update(scope) {
            let at = [run.start, 0];
            let levels = self.columns.run(run);
            let upper = colours::image(levels, |input, _| colour(input));
            let lower = self.lower_shows.image(levels);
            for (texture, image) in [(&mut self.upper, upper), (&mut self.lower, lower)] {
                texture.set_partial(at, image, TextureOptions::LINEAR_REPEAT);
            }
        }
        let newest = nearest_f64(self.columns.written());
        let step = 1.0 - (-f64::from(seconds) / FOLLOW_SECONDS).exp();
        self.shown += (newest - self.shown) * step;
        self.shown = self
            .shown
            .clamp(newest - nearest_f64(COLUMNS - VISIBLE - 1), newest);
    }

    /// Whether anything was ever heard.
    pub fn is_empty(&self) -> bool {
        self.columns.written() == 0
    }

    /// Draws both pictures with scales and what the pointer is over; `frame_rate` is columns per second, if known.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect, frame_rate: Option<f32>, hint: &str) {
        let height = ((rect.height() - TIMES - BETWEEN) / 2.0).max(10.0).floor();
        let left = rect.left() + SCALE;
        let picture =
            |top: f32| Rect::from_min_max(pos2(left, top), pos2(rect.right(), top + height));
        let pictures = [picture(rect.top()), picture(rect.top() + height + BETWEEN)];
        let under = Id::unique("netbend spectrograms");
        let response = ui
            .interact(
                Rect::from_min_max(pictures[0].min, pictures[1].max),
                under,
                Sense::click(),
            )
            .on_hover_cursor(CursorIcon::Crosshair);
        if response.clicked() && !self.is_empty() {
            self.is_held = !self.is_held;
        }
        for (rect, texture) in pictures.into_iter().zip([&self.upper, &self.lower]) {
            self.picture(ui, rect, texture);
            scales::frequencies(ui, rect);
            let stroke = Stroke::new(1.0, theme::OUTLINE);
            ui.painter()
                .rect_stroke(rect, CornerRadius::ZERO, stroke, StrokeKind::Outside);
        }
        if let Some(frame_rate) = frame_rate {
            let newest = if self.is_held { "held" } else { "now" };
            scales::times(ui, pictures, frame_rate, newest);
        }
        title(ui, pictures[0], "Input");
        self.tabs(ui, pictures[1]);
        if self.is_empty() {
            let centre = pictures[1].center();
            let font = theme::font(theme::BODY);
            ui.painter()
                .text(centre, Align2::CENTER_CENTER, hint, font, theme::MUTED);
            return;
        }
        let keyed = self.keyed(ui, &response, pictures);
        let over = cursor::over(pictures, response.hover_pos().or(keyed));
        if over.is_some() || self.is_held {
            let at = pictures[1].max - vec2(6.0, 5.0);
            let words = if self.is_held {
                "held: a click goes on"
            } else {
                "a click holds the pictures"
            };
            cursor::hint(ui, at, words);
        }
        if let Some((cursor, at)) = over {
            let seconds =
                frame_rate.map(|rate| (1.0 - cursor.across) * nearest_f32(VISIBLE) / rate);
            let levels = self.columns.level(self.column(cursor.across), cursor.row());
            let words = cursor::words(cursor.up, levels, seconds);
            cursor.show(ui, pictures, at, rect, &words);
        }
    }

    /// What arrow keys lead to in the lower picture, while these have the focus.
    fn keyed(&mut self, ui: &Ui, response: &Response, pictures: [Rect; 2]) -> Option<Pos2> {
        let (right, up) = keys::stepped(ui, response).unwrap_or((0, 0));
        let within = |place: i16, step: i16, count: usize| {
            place.saturating_add(step).clamp(0, signed16(count) - 1)
        };
        let (column, row) = self.keyed;
        self.keyed = (within(column, right, VISIBLE), within(row, up, ROWS));
        let share = |place: i16, count: usize| (f32::from(place) + 0.5) / nearest_f32(count);
        let at = vec2(
            share(self.keyed.0, VISIBLE),
            1.0 - share(self.keyed.1, ROWS),
        );
        let place = pictures[1].min + at * pictures[1].size();
        response.has_focus().then_some(place)
    }

    /// The tabs of the lower picture.
    fn tabs(&mut self, ui: &mut Ui, picture: Rect) {
        let mut left = picture.left() + 6.0;
        for (shows, name, tip) in Lower::ALL {
            let tab = Rect::from_min_size(pos2(left, picture.top() + 6.0), TAB);
            left += TAB.x + 2.0;
            let id = Id::unique(("lower picture", name));
            let is_chosen = self.lower_shows == shows;
            if choice::word(ui, tab, id, (name, tip), is_chosen, super::network::TABS) && !is_chosen
            {
                self.lower_shows = shows;
                let image = shows.image(self.columns.run(0..COLUMNS));
                self.lower.set(image, TextureOptions::LINEAR_REPEAT);
            }
        }
    }

    /// The right end of what is shown, in columns of the ring.
    fn right(&self) -> f64 {
        let behind = nearest_f64(self.columns.written()) - self.shown;
        // Half a column short, so that filtering does not blend the newest with the oldest.
        nearest_f64(self.columns.next()) - behind - 0.5
    }

    /// The column at a share of a picture's width, from its left; it may lie before the ring's first.
    fn column(&self, across: f32) -> i64 {
        let width = nearest_f64(VISIBLE - 1);
        cut::<i64>((self.right() - width * (1.0 - f64::from(across))).floor())
    }

    fn picture(&self, ui: &Ui, rect: Rect, texture: &TextureHandle) {
        let right = self.right() / nearest_f64(COLUMNS);
        let left = right - nearest_f64(VISIBLE - 1) / nearest_f64(COLUMNS);
        let half_row = 0.5 / nearest_f32(ROWS);
        let uv = Rect::from_min_max(
            pos2(nearest_f32(left), half_row),
            pos2(nearest_f32(right), 1.0 - half_row),
        );
        let mut mesh = Mesh::with_texture(texture.id());
        mesh.add_rect_with_uv(rect, uv, Color32::WHITE);
        ui.painter().add(Shape::mesh(mesh));
    }
}

fn signed16(count: usize) -> i16 {
    i16::try_from(count).unwrap_or(i16::MAX)
}

fn title(ui: &Ui, rect: Rect, name: &str) {
    let font = theme::font(theme::SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(name.to_owned(), font, theme::TEXT);
    let ground = Rect::from_min_size(rect.min + vec2(6.0, 6.0), galley.size() + vec2(10.0, 4.0));
    let radius = CornerRadius::same(3);
    ui.painter()
        .rect_filled(ground, radius, Color32::from_black_alpha(150));
    ui.painter()
        .galley(ground.min + vec2(5.0, 2.0), galley, theme::TEXT);
}
