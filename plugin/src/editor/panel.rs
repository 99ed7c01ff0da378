//! The ground of a group of controls, and its division into columns.

use egui::{Color32, CornerRadius, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;

use super::theme;

/// Corner radius of a panel.
pub const RADIUS: u8 = 6;
/// Between two columns, with a line in its middle.
const BETWEEN: f32 = 21.0;

/// Draws a panel with that outline.
pub fn show(ui: &Ui, rect: Rect, outline: Color32) {
    show_with(ui, rect, CornerRadius::same(RADIUS), outline);
}

/// Draws a panel and the tab above it, whose bottom opens into it.
pub fn show_with_tab(ui: &Ui, rect: Rect, tab: Rect, outline: Color32) {
    // No round corner where an edge of both runs on.
    let corner = |same_edge: bool| if same_edge { 0 } else { RADIUS };
    let radius = CornerRadius {
        nw: corner(tab.left() < rect.left() + f32::from(RADIUS)),
        ne: corner(tab.right() > rect.right() - f32::from(RADIUS)),
        ..CornerRadius::same(RADIUS)
    };
    show_with(ui, rect, radius, outline);
    let radius = CornerRadius {
        sw: 0,
        se: 0,
        ..CornerRadius::same(RADIUS)
    };
    show_with(ui, tab.with_max_y(rect.top() + 1.0), radius, outline);
    let seam = tab
        .shrink2(vec2(1.0, 0.0))
        .with_min_y(rect.top() - 1.0)
        .with_max_y(rect.top() + 1.5);
    ui.painter()
        .rect_filled(seam, CornerRadius::ZERO, theme::PANEL);
}

fn show_with(ui: &Ui, rect: Rect, radius: CornerRadius, outline: Color32) {
    ui.painter().rect(
        rect,
        radius,
        theme::PANEL,
        Stroke::new(1.0, outline),
        StrokeKind::Inside,
    );
}

/// Divides `rect` into columns of those shares of its width, which add up to 1, and draws lines between them.
pub fn columns<const N: usize>(ui: &Ui, rect: Rect, shares: [f32; N]) -> [Rect; N] {
    let width = rect.width() - BETWEEN * nearest_f32(N.saturating_sub(1));
    let mut left = rect.left();
    std::array::from_fn(|place| {
        if place > 0 {
            let x = ui.painter().round_to_pixel_center(left - BETWEEN / 2.0);
            let stroke = Stroke::new(1.0, theme::OUTLINE);
            ui.painter().vline(x, rect.y_range(), stroke);
        }
        let right = left + width * shares[place];
        let column = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        left = right + BETWEEN;
        column
    })
}

/// Draws a group that stands back, brighter at its edge where it acts.
pub fn back(ui: &Ui, rect: Rect, acts: bool) {
    let outline = if acts {
        theme::ACCENT.gamma_multiply(0.5)
    } else {
        theme::OUTLINE
    };
    ui.painter().rect(
        rect,
        CornerRadius::same(RADIUS),
        theme::BACK,
        Stroke::new(1.0, outline),
        StrokeKind::Inside,
    );
}
