//! Colours, type and measures of the editor.

mod contrast;
#[cfg(test)]
pub mod vision;

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Rgba, Shadow, Stroke, TextStyle, Theme,
    Visuals, vec2,
};

pub use contrast::high_contrast;

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x16, 0x17, 0x1f);
/// A group of controls.
pub const PANEL: Color32 = Color32::from_rgb(0x20, 0x22, 0x2d);
/// A group of controls that stands back.
pub const BACK: Color32 = Color32::from_rgb(0x1a, 0x1c, 0x25);
/// A control that can be pressed.
pub const RAISED: Color32 = Color32::from_rgb(0x30, 0x33, 0x42);
/// The same under the pointer.
pub const HOVERED: Color32 = Color32::from_rgb(0x3f, 0x44, 0x57);
/// The ground of selectors, knob tracks and text fields.
pub const WELL: Color32 = Color32::from_rgb(0x0d, 0x0e, 0x13);
/// Lines around panels.
pub const OUTLINE: Color32 = Color32::from_rgb(0x34, 0x38, 0x48);
/// Values and titles.
pub const TEXT: Color32 = Color32::from_rgb(0xe6, 0xe8, 0xef);
/// Names of controls.
pub const MUTED: Color32 = Color32::from_rgb(0xb0, 0xb6, 0xc5);
/// What has no effect at the moment.
pub const FAINT: Color32 = Color32::from_rgb(0x8a, 0x90, 0xa2);
/// What acts on the sound.
pub const ACCENT: Color32 = Color32::from_rgb(0xfe, 0x8a, 0x62);
/// Text on [`ACCENT`].
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x1c, 0x10, 0x0c);
/// A value of a slot that is off.
pub const IDLE: Color32 = Color32::from_rgb(0x7a, 0x81, 0x96);
/// Something the user should look at.
pub const WARNING: Color32 = Color32::from_rgb(0xff, 0xc1, 0x5e);

/// What moves by itself, and what it moves.
pub const MOTION: Color32 = Color32::from_rgb(0x6f, 0xc0, 0xff);

/// Around what keys turn or press.
pub const FOCUS: Color32 = Color32::from_rgb(0xfd, 0xfe, 0xff);

/// Between the window's edge and its content, in points.
pub const MARGIN: f32 = 12.0;
/// Between two groups.
pub const GAP: f32 = 10.0;
/// Inside a group, at its edge.
pub const PADDING: f32 = 10.0;
/// Height of a selector, button or text field.
pub const ROW: f32 = 22.0;
/// Corner radius of a control.
pub const RADIUS: u8 = 4;

/// Values and selectors.
pub const BODY: f32 = 12.5;
/// Names of controls and scales.
pub const SMALL: f32 = 11.5;

/// Values in a tight place.
pub const TINY: f32 = 10.5;

/// The one typeface at `points`.
pub fn font(points: f32) -> FontId {
    FontId::new(points, FontFamily::Proportional)
}

/// What the window is cleared with, in high contrast or not: [`BACKGROUND`] as the screen has it.
pub fn ground(is_high: bool) -> Rgba {
    let mut colour = BACKGROUND;
    if is_high {
        high_contrast(&mut colour);
    }
    let [r, g, b] = [colour.r(), colour.g(), colour.b()].map(|value| f32::from(value) / 255.0);
    Rgba::from_rgb(r, g, b)
}

/// How loudly a control speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It shapes the sound now.
    Active,
    /// It would, were its slot on.
    Idle,
    /// It has no meaning with the present selection or transform.
    Unused,
}

impl Tone {
    /// Colour of a filled part: an arc, a selected field.
    pub fn fill(self) -> Color32 {
        match self {
            Self::Active => ACCENT,
            Self::Idle => IDLE,
            Self::Unused => OUTLINE,
        }
    }

    /// Colour of text on [`fill`](Self::fill).
    pub fn on_fill(self) -> Color32 {
        match self {
            Self::Active | Self::Idle => ON_ACCENT,
            Self::Unused => MUTED,
        }
    }

    /// Colour of a value.
    pub fn value(self) -> Color32 {
        match self {
            Self::Active => TEXT,
            Self::Idle => MUTED,
            Self::Unused => FAINT,
        }
    }

    /// Colour of a name.
    pub fn name(self) -> Color32 {
        match self {
            Self::Active | Self::Idle => MUTED,
            Self::Unused => FAINT,
        }
    }
}

/// Gives `context` the look of the editor.
pub fn apply(context: &Context) {
    context.set_theme(Theme::Dark);
    context.style_mut_of(Theme::Dark, |style| {
        style.text_styles = [
            (TextStyle::Small, font(SMALL)),
            (TextStyle::Body, font(BODY)),
            (TextStyle::Button, font(BODY)),
            (TextStyle::Heading, font(20.0)),
            (
                TextStyle::Monospace,
                FontId::new(BODY, FontFamily::Monospace),
            ),
        ]
        .into();
        style.spacing.item_spacing = vec2(6.0, 4.0);
        style.spacing.button_padding = vec2(8.0, 3.0);
        style.spacing.interact_size.y = ROW;
        style.spacing.tooltip_width = 300.0;
        style.interaction.tooltip_delay = 0.6;
        style.interaction.selectable_labels = false;
        style.visuals = visuals();
    });
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = BACKGROUND;
    visuals.window_fill = PANEL;
    visuals.window_stroke = Stroke::new(1.0, OUTLINE);
    visuals.extreme_bg_color = WELL;
    visuals.selection.bg_fill = ACCENT.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.0, TEXT);
    visuals.warn_fg_color = WARNING;
    visuals.menu_corner_radius = CornerRadius::same(RADIUS);
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 12,
        spread: 0,
        color: Color32::from_black_alpha(120),
    };
    let fills = [
        (&mut visuals.widgets.noninteractive, PANEL, TEXT),
        (&mut visuals.widgets.inactive, RAISED, TEXT),
        (&mut visuals.widgets.hovered, HOVERED, TEXT),
        (&mut visuals.widgets.active, HOVERED, TEXT),
        (&mut visuals.widgets.open, HOVERED, TEXT),
    ];
    for (widget, fill, text) in fills {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, OUTLINE);
        widget.fg_stroke = Stroke::new(1.0, text);
        widget.corner_radius = CornerRadius::same(RADIUS);
        widget.expansion = 0.0;
    }
    visuals
}
