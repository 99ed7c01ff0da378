//! Where bends are heard: a drawn band whose edges can be dragged, and its two knobs.

use egui::{
    Align, Align2, Color32, CornerRadius, CursorIcon, Id, Mesh, Rect, Sense, Shape, Stroke, Ui,
    pos2,
};
use netbend_dsp::number::{low_bits, nearest_f32};
use netbend_dsp::voice::{HIGHEST_BAND_HZ, LOWEST_BAND_HZ};
use nice_plug::prelude::{Param, ParamSetter};

use crate::editor::column::{cut_right, head};
use crate::editor::gesture::{self, Travel};
use crate::editor::knob::Knob;
use crate::editor::text;
use crate::editor::theme::{self, Tone};
use crate::params::voice::VoiceParams;

const NAME: f32 = 40.0;
const KNOB: f32 = 56.0;
/// How far an edge's handle reaches to either side, in points.
const GRIP: f32 = 6.0;
/// Room of the frequencies beneath the picture.
const SCALE: f32 = 14.0;
const FREQUENCIES: [(f32, &str); 3] = [(100.0, "100 Hz"), (1_000.0, "1 kHz"), (10_000.0, "10 kHz")];

/// Draws the column.
pub fn show(ui: &mut Ui, column: Rect, params: &VoiceParams, setter: &ParamSetter<'_>) {
    let (line, mut rest) = head(column);
    let name = line.with_max_x(line.left() + NAME);
    text::line(ui, name, "Band", theme::BODY, theme::TEXT, Align::Min);
    let words = match Extent::of(params) {
        Extent::Full => "bends are heard everywhere".to_owned(),
        extent => format!("bends are heard {}", extent.words()),
    };
    let place = line.with_min_x(name.right());
    text::line(ui, place, &words, theme::SMALL, theme::MUTED, Align::Max);

    let tip = "Bends are heard up to here; above it your sound stays as it is";
    Knob::new(&params.band_high, setter, "High", tip).show(ui, cut_right(&mut rest, KNOB));
    let tip = "Bends are heard from here up; below it your sound stays as it is";
    Knob::new(&params.band_low, setter, "Low", tip)
        .origin(1.0)
        .show(ui, cut_right(&mut rest, KNOB));
    rest.max.x -= 8.0;
    picture(ui, rest, params, setter);
}

/// The band's edges in hertz. Two the wrong way round are swapped, as they are in the sound.
fn edges(params: &VoiceParams) -> (f32, f32) {
    let (low, high) = (params.band_low.value(), params.band_high.value());
    (low.min(high), low.max(high))
}

/// Where the band reaches, its edges in hertz.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Extent {
    Full,
    Above(f32),
    Below(f32),
    Between(f32, f32),
}

impl Extent {
    fn of(params: &VoiceParams) -> Self {
        let (low, high) = edges(params);
        match (low <= LOWEST_BAND_HZ, high >= HIGHEST_BAND_HZ) {
            (true, true) => Self::Full,
            (false, true) => Self::Above(low),
            (true, false) => Self::Below(high),
            (false, false) => Self::Between(low, high),
        }
    }

    /// `above 200 Hz`, `200 Hz to 8 kHz`.
    fn words(self) -> String {
        match self {
            Self::Full => "full band".to_owned(),
            Self::Above(low) => format!("above {}", frequency(low)),
            Self::Below(high) => format!("below {}", frequency(high)),
            Self::Between(low, high) => format!("{} to {}", frequency(low), frequency(high)),
        }
    }
}

/// `200 Hz`, `2.5 kHz`.
fn frequency(hertz: f32) -> String {
    match hertz {
        hertz if hertz < 999.5 => format!("{hertz:.0} Hz"),
        hertz if hertz < 9_950.0 => {
            let text = format!("{:.1}", hertz / 1_000.0);
            format!("{} kHz", text.trim_end_matches(".0"))
        }
        hertz => format!("{:.0} kHz", hertz / 1_000.0),
    }
}

/// Draws the band small, for the strip.
pub fn bar(ui: &Ui, rect: Rect, params: &VoiceParams) {
    let radius = CornerRadius::same(3);
    ui.painter().rect_filled(rect, radius, theme::WELL);
    let extent = Extent::of(params);
    let (fill, value) = match extent {
        Extent::Full => (theme::RAISED, theme::MUTED),
        _ => (theme::ACCENT.gamma_multiply(0.55), theme::TEXT),
    };
    let (low, high) = edges(params);
    let x = |hertz: f32| rect.left() + rect.width() * params.band_low.preview_normalized(hertz);
    let filled = rect.with_min_x(x(low)).with_max_x(x(high));
    ui.painter().rect_filled(filled, radius, fill);
    let words = match extent {
        Extent::Between(low, high) => {
            let short = |hertz: f32| frequency(hertz).replace(" kHz", "k").replace(" Hz", "");
            format!("{}–{}", short(low), short(high))
        }
        extent => extent.words(),
    };
    text::line(
        ui,
        rect.shrink(2.0),
        &words,
        theme::TINY,
        value,
        Align::Center,
    );
}

/// Draws the band over a scale of frequencies; its edges can be dragged.
///
/// The scale is the knobs' own, so that an edge stays under the pointer.
fn picture(ui: &mut Ui, rect: Rect, params: &VoiceParams, setter: &ParamSetter<'_>) {
    let well = rect.with_max_y(rect.bottom() - SCALE);
    let x = |unit: f32| well.left() + well.width() * unit;
    ui.painter()
        .rect_filled(well, CornerRadius::same(theme::RADIUS), theme::WELL);
    let grid = Stroke::new(1.0, Color32::from_white_alpha(20));
    for (hertz, name) in FREQUENCIES {
        let x = x(params.band_low.preview_normalized(hertz));
        let line = ui.painter().round_to_pixel_center(x);
        ui.painter().vline(line, well.y_range(), grid);
        ui.painter().text(
            pos2(x, rect.bottom()),
            Align2::CENTER_BOTTOM,
            name,
            theme::font(theme::TINY),
            theme::MUTED,
        );
    }
    curve(ui, well, params);
    for (param, tip) in [
        (&params.band_low, "Where bends begin: drag"),
        (&params.band_high, "Where bends end: drag"),
    ] {
        let centre = x(param.unmodulated_normalized_value());
        let grip = well
            .with_min_x((centre - GRIP).max(well.left()))
            .with_max_x((centre + GRIP).min(well.right()));
        let response = ui
            .interact(
                grip,
                Id::unique(("band edge", param.name())),
                Sense::click_and_drag(),
            )
            .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
            .on_hover_text(tip);
        gesture::adjust(ui, &response, setter, param, Travel::Bar(well.width()));
        let held = response.hovered() || response.is_pointer_button_down_on();
        let colour = if held { theme::TEXT } else { theme::MUTED };
        let edge = centre.clamp(well.left() + 1.0, well.right() - 1.0);
        ui.painter()
            .vline(edge, well.y_range(), Stroke::new(2.0, colour));
    }
}

/// Draws how much of a bend is heard at every frequency.
fn curve(ui: &Ui, well: Rect, params: &VoiceParams) {
    const STEPS: usize = 120;
    let tone = match Extent::of(params) {
        Extent::Full => Tone::Idle,
        _ => Tone::Active,
    };
    let band = params.shape().band;
    let fill = tone.fill().gamma_multiply(0.35);
    let mut mesh = Mesh::default();
    let mut points = Vec::with_capacity(STEPS + 1);
    for step in 0..=STEPS {
        let unit = nearest_f32(step) / nearest_f32(STEPS);
        let x = well.left() + well.width() * unit;
        let top = well.bottom()
            - (well.height() - 8.0) * band.weight(params.band_low.preview_plain(unit));
        let first = 2 * low_bits::<u32>(step);
        mesh.colored_vertex(pos2(x, top), fill);
        mesh.colored_vertex(pos2(x, well.bottom()), fill);
        if step < STEPS {
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 2, first + 3);
        }
        points.push(pos2(x, top));
    }
    ui.painter().add(Shape::mesh(mesh));
    ui.painter()
        .add(Shape::line(points, Stroke::new(1.5, tone.fill())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;

    fn params(low_hz: f32, high_hz: f32) -> VoiceParams {
        let params = VoiceParams::default();
        set(&params.band_low, low_hz);
        set(&params.band_high, high_hz);
        params
    }

    #[test]
    fn a_band_is_said_as_it_reaches() {
        for (low, high, words) in [
            (20.0, 20_000.0, "full band"),
            (200.0, 20_000.0, "above 200 Hz"),
            (20.0, 2_500.0, "below 2.5 kHz"),
            (80.0, 8_000.0, "80 Hz to 8 kHz"),
            (1_000.0, 12_345.0, "1 kHz to 12 kHz"),
            (2_000.0, 1_000.0, "1 kHz to 2 kHz"),
        ] {
            assert_eq!(Extent::of(&params(low, high)).words(), words);
        }
    }
}
