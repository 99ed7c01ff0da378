//! A waveform model's latent, dimension by dimension: offset and scale of the first, and how much noise there is. GUI thread.

use egui::{Align, Id, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::{FloatParam, Param as _, ParamSetter};

use crate::editor::{entry, gesture, slider, text, theme};
use crate::params::NetbendParams;

const TITLE: f32 = 20.0;
/// Height of a line, the most and the least that its text has room in.
const LINE: (f32, f32) = (24.0, 15.0);
/// Lines behind the dimensions, for the noise.
const NOISES: usize = 2;
const NUMBER: f32 = 18.0;
const GAP: f32 = 10.0;

/// Draws the list; what does not fit is scrolled to.
pub fn show(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), TITLE));
    for (place, name) in [(0.0, "Offset"), (1.0, "Scale")] {
        let at = column(head, place);
        text::line(ui, at, name, theme::SMALL, theme::MUTED, Align::Min);
    }
    let body = rect.with_min_y(head.bottom());
    let (line, whole) = lines(body.height(), params.latent_dimensions.len() + NOISES);
    let mut inside = ui.new_child(UiBuilder::new().max_rect(body));
    ScrollArea::vertical().show(&mut inside, |ui| {
        let size = vec2(body.width(), whole);
        let (body, _) = ui.allocate_exact_size(size, Sense::hover());
        rows(ui, body, line, params, setter);
    });
}

/// The height of a line where `count` are to fit `height`, and that of all of them.
fn lines(height: f32, count: usize) -> (f32, f32) {
    let count = nearest_f32(count);
    let line = (height / count).clamp(LINE.1, LINE.0);
    (line, line * count)
}

/// The left or the right half of a row.
fn column(row: Rect, place: f32) -> Rect {
    let half = (row.width() - NUMBER - GAP) / 2.0;
    let left = row.left() + NUMBER + place * (half + GAP);
    Rect::from_min_size(pos2(left, row.top()), vec2(half, row.height()))
}

fn rows(ui: &mut Ui, body: Rect, line: f32, params: &NetbendParams, setter: &ParamSetter<'_>) {
    let row = |place: usize| {
        let top = body.top() + nearest_f32(place) * line;
        Rect::from_min_size(pos2(body.left(), top), vec2(body.width(), line))
    };
    let count = params.latent_dimensions.len();
    for (place, dimension) in params.latent_dimensions.iter().enumerate() {
        let row = row(place);
        let number = (place + 1).to_string();
        text::line(ui, row, &number, theme::SMALL, theme::MUTED, Align::Min);
        let offset = format!(
            "Added to dimension {number} of the latent: {}",
            said(&dimension.offset)
        );
        track(ui, column(row, 0.0), setter, &dimension.offset, &offset);
        let scale = format!(
            "Dimension {number} of the latent is multiplied by {}: 0 silences what it says",
            said(&dimension.scale)
        );
        track(ui, column(row, 1.0), setter, &dimension.scale, &scale);
    }
    let noise = &params.latent_noise;
    let noises: [(&FloatParam, &str, &str); NOISES] = [
        (
            &noise.encoder,
            "Encoder noise",
            "How much the encoder's own noise spreads the latent; at 0 % the model always says the same",
        ),
        (
            &noise.padding,
            "Other noise",
            "How much noise stands for the dimensions that the latent leaves out",
        ),
    ];
    for (place, (param, name, tip)) in (count..).zip(noises) {
        let row = row(place);
        text::line(ui, row, name, theme::SMALL, theme::MUTED, Align::Min);
        let tip = format!("{tip}. Now {}", said(param));
        track(ui, column(row, 1.0), setter, param, &tip);
    }
}

fn said(param: &FloatParam) -> String {
    param.normalized_value_to_string(param.unmodulated_normalized_value(), true)
}

/// A slider whose value is typed over it.
fn track(ui: &mut Ui, rect: Rect, setter: &ParamSetter<'_>, param: &FloatParam, tip: &str) {
    let track =
        Rect::from_center_size(rect.center(), vec2(rect.width() - 8.0, rect.height() - 5.0));
    let field = Id::unique(("dimension", param.name()));
    slider::show(ui, track, setter, param, field, tip);
    if let Some(typed) = entry::opened(ui, rect, field)
        && let Some(unit) = param.string_to_normalized_value(&typed)
    {
        gesture::set(setter, param, unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_where_they_can_and_are_never_too_low_to_read() {
        for height in [60.0, 149.0, 150.0, 170.0, 400.0] {
            let (line, whole) = lines(height, 10);
            assert!((LINE.1..=LINE.0).contains(&line));
            assert!(
                whole <= height + 0.01 || line == LINE.1,
                "{height}: {whole}"
            );
        }
    }
}
