//! The two scrolling spectrograms.
//!
//! The textures are rings like the scope's own: only new columns are coloured and uploaded, and
//! scrolling is a matter of texture coordinates. Columns arrive a stride at a time; the picture
//! follows them smoothly and so shows fewer columns than the ring holds.

use std::sync::LazyLock;

use egui::{
    Align2, Color32, ColorImage, Context, CornerRadius, Mesh, Rect, Shape, Stroke, StrokeKind,
    TextureHandle, TextureOptions, Ui, pos2, vec2,
};
use netbend_dsp::number::{cut, nearest_f32, nearest_f64};

use crate::report::magma::magma;
use crate::report::scope::{COLUMNS, Pictures, RANGE_HZ, ROWS, Scope};

use super::theme;

/// Columns shown.
const VISIBLE: usize = 384;
/// The picture closes the distance to the newest column in about this many seconds.
const FOLLOW_SECONDS: f64 = 0.2;
/// Width of the frequency scale.
const SCALE: f32 = 46.0;
/// Height of the time scale.
const TIMES: f32 = 16.0;
const BETWEEN: f32 = 6.0;

/// Labelled frequencies in hertz.
const FREQUENCIES: [(f32, &str); 4] = [
    (100.0, "100 Hz"),
    (500.0, "500 Hz"),
    (2_000.0, "2 kHz"),
    (10_000.0, "10 kHz"),
];

static COLOURS: LazyLock<[Color32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|index| {
        let [r, g, b] = magma(nearest_f32(index) / 255.0);
        Color32::from_rgb(r, g, b)
    })
});

/// The colour of a level, 0–1.
pub fn colour(level: f32) -> Color32 {
    // What is beyond the range is its nearer end, and NaN is 0.
    COLOURS[usize::from(cut::<u8>(level * 255.0))]
}

/// The pictures of one open editor.
pub struct Spectrograms {
    input: TextureHandle,
    output: TextureHandle,
    /// Columns written when the textures were last brought up to date.
    written: u64,
    /// Where in the ring the column of that number goes.
    next: usize,
    /// Columns shown to have been written; follows `written`.
    shown: f64,
}

impl Spectrograms {
    /// Black pictures.
    pub fn new(context: &Context) -> Self {
        let texture = |name: &str| {
            let black = ColorImage::filled([COLUMNS, ROWS], colour(0.0));
            context.load_texture(name, black, TextureOptions::LINEAR_REPEAT)
        };
        Self {
            input: texture("netbend input"),
            output: texture("netbend output"),
            written: 0,
            next: 0,
            shown: 0.0,
        }
    }

    /// Takes over the columns that are new in `scope`, `seconds` after the last call.
    pub fn update(&mut self, scope: &Scope, seconds: f32) {
        let seen = self.written;
        let (written, next, fresh) = scope.read(|pictures| {
            (
                pictures.written,
                pictures.next % COLUMNS,
                fresh_columns(pictures, seen),
            )
        });
        for (column, input, output) in fresh {
            self.input
                .set_partial([column, 0], input, TextureOptions::LINEAR_REPEAT);
            self.output
                .set_partial([column, 0], output, TextureOptions::LINEAR_REPEAT);
        }
        self.written = written;
        self.next = next;
        let newest = nearest_f64(written);
        let step = 1.0 - (-f64::from(seconds) / FOLLOW_SECONDS).exp();
        self.shown += (newest - self.shown) * step;
        self.shown = self
            .shown
            .clamp(newest - nearest_f64(COLUMNS - VISIBLE - 1), newest);
    }

    /// Whether anything was ever heard.
    pub fn is_empty(&self) -> bool {
        self.written == 0
    }

    /// Draws input above output, with scales; `frame_rate` is columns per second, if known.
    pub fn show(&self, ui: &Ui, rect: Rect, frame_rate: Option<f32>, hint: &str) {
        let height = ((rect.height() - TIMES - BETWEEN) / 2.0).max(10.0).floor();
        let left = rect.left() + SCALE;
        let picture =
            |top: f32| Rect::from_min_max(pos2(left, top), pos2(rect.right(), top + height));
        let input = picture(rect.top());
        let output = picture(rect.top() + height + BETWEEN);
        for (rect, texture, name) in [
            (input, &self.input, "Input"),
            (output, &self.output, "Output"),
        ] {
            self.picture(ui, rect, texture);
            frequencies(ui, rect);
            title(ui, rect, name);
            let stroke = Stroke::new(1.0, theme::OUTLINE);
            ui.painter()
                .rect_stroke(rect, CornerRadius::ZERO, stroke, StrokeKind::Outside);
        }
        if let Some(frame_rate) = frame_rate {
            times(ui, [input, output], frame_rate);
        }
        if self.is_empty() {
            let centre = output.center();
            let font = theme::font(theme::BODY);
            ui.painter()
                .text(centre, Align2::CENTER_CENTER, hint, font, theme::MUTED);
        }
    }

    fn picture(&self, ui: &Ui, rect: Rect, texture: &TextureHandle) {
        let behind = nearest_f64(self.written) - self.shown;
        // Half a column short, so that filtering does not blend the newest with the oldest.
        let right = (nearest_f64(self.next) - behind - 0.5) / nearest_f64(COLUMNS);
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

/// The columns written since `seen` were written, as runs that lie together in the ring: where each
/// begins, and its pixels in the input's and the output's picture.
fn fresh_columns(pictures: &Pictures, seen: u64) -> Vec<(usize, ColorImage, ColorImage)> {
    // A smaller count than before means that the scope began anew.
    let fresh = pictures.written.checked_sub(seen).unwrap_or(COLUMNS as u64);
    let fresh = usize::try_from(fresh).unwrap_or(COLUMNS).min(COLUMNS);
    let first = (pictures.next % COLUMNS + COLUMNS - fresh) % COLUMNS;
    let end = first + fresh;
    [first..end.min(COLUMNS), 0..end.saturating_sub(COLUMNS)]
        .into_iter()
        .filter(|run| !run.is_empty())
        .filter_map(|run| {
            let input = pixels(pictures.input.get(run.clone())?);
            let output = pixels(pictures.output.get(run.clone())?);
            Some((run.start, input, output))
        })
        .collect()
}

/// Columns (lowest band first) as an image (highest band at the top).
fn pixels(columns: &[[f32; ROWS]]) -> ColorImage {
    let rows = (0..ROWS).rev();
    let pixels = rows.flat_map(|row| columns.iter().map(move |column| colour(column[row])));
    ColorImage::new([columns.len(), ROWS], pixels.collect())
}

fn grid() -> Stroke {
    Stroke::new(1.0, Color32::from_white_alpha(26))
}

fn frequencies(ui: &Ui, rect: Rect) {
    for (hertz, name) in FREQUENCIES {
        let share = (hertz / RANGE_HZ.0).ln() / (RANGE_HZ.1 / RANGE_HZ.0).ln();
        let y = ui
            .painter()
            .round_to_pixel_center(rect.bottom() - share * rect.height());
        ui.painter().hline(rect.x_range(), y, grid());
        ui.painter().text(
            pos2(rect.left() - 6.0, y),
            Align2::RIGHT_CENTER,
            name,
            theme::font(10.5),
            theme::MUTED,
        );
    }
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

fn times(ui: &Ui, pictures: [Rect; 2], frame_rate: f32) {
    let span = nearest_f32(VISIBLE) / frame_rate;
    let step = if span > 1.5 { 0.5 } else { 0.25 };
    let bottom = pictures[1].bottom() + 3.0;
    let text = |x: f32, align: Align2, text: String| {
        ui.painter().text(
            pos2(x, bottom),
            align,
            text,
            theme::font(10.5),
            theme::MUTED,
        );
    };
    text(pictures[1].right(), Align2::RIGHT_TOP, "now".to_owned());
    for mark in 1..cut::<usize>((span / step).ceil().min(20.0)) {
        let seconds = nearest_f32(mark) * step;
        let x = pictures[1].right() - seconds / span * pictures[1].width();
        if x < pictures[1].left() + 14.0 {
            break;
        }
        let x = ui.painter().round_to_pixel_center(x);
        for picture in pictures {
            ui.painter().vline(x, picture.y_range(), grid());
        }
        let digits = if step < 0.5 { 2 } else { 1 };
        text(x, Align2::CENTER_TOP, format!("−{seconds:.digits$} s"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns_of(fresh: &[(usize, ColorImage, ColorImage)]) -> Vec<(usize, usize)> {
        fresh
            .iter()
            .map(|(first, input, _)| (*first, input.size[0]))
            .collect()
    }

    fn scope_with(columns: usize) -> Scope {
        let scope = Scope::default();
        for _ in 0..columns {
            scope.push(&[1.0; 513], &[0.0; 513], 43.0);
        }
        scope
    }

    #[test]
    fn only_new_columns_are_uploaded() {
        let scope = scope_with(10);
        assert_eq!(scope.read(|p| columns_of(&fresh_columns(p, 7))), [(7, 3)]);
        assert_eq!(scope.read(|p| columns_of(&fresh_columns(p, 10))), []);
    }

    #[test]
    fn a_run_over_the_rings_end_is_two_runs() {
        let scope = scope_with(COLUMNS + 3);
        let seen = COLUMNS as u64 - 2;
        assert_eq!(
            scope.read(|p| columns_of(&fresh_columns(p, seen))),
            [(COLUMNS - 2, 2), (0, 3)]
        );
    }

    #[test]
    fn a_long_absence_or_a_new_scope_uploads_the_ring_once() {
        let uploaded = |columns: usize, seen: u64| {
            let runs = scope_with(columns).read(|p| columns_of(&fresh_columns(p, seen)));
            runs.iter().map(|(_, count)| count).sum::<usize>()
        };
        assert_eq!(uploaded(2 * COLUMNS + 7, 1), COLUMNS);
        assert_eq!(uploaded(5, 1_000), COLUMNS);
    }

    #[test]
    fn brightness_rises_with_level_and_nan_is_dark() {
        let luma = |level: f32| {
            let [r, g, b, _] = colour(level).to_array();
            2 * u32::from(r) + 7 * u32::from(g) + u32::from(b)
        };
        let levels: Vec<_> = (0..=20).map(|step| luma(step as f32 / 20.0)).collect();
        assert!(
            levels.windows(2).all(|pair| pair[0] < pair[1]),
            "{levels:?}"
        );
        assert_eq!(colour(f32::NAN), colour(0.0));
        assert_eq!(colour(7.0), colour(1.0));
    }
}
