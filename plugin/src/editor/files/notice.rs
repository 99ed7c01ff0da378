//! What is said of files that cannot be taken: over the middle of the window, until it is clicked or some time has gone.

use std::time::{Duration, Instant};

use egui::{
    Align2, Area, CornerRadius, Frame, Id, Key, Label, Margin, Order, RichText, Sense, Stroke, Ui,
    vec2,
};

use crate::editor::theme;

/// How long it stays: long enough to be read twice.
const STAYS: Duration = Duration::from_secs(12);
const WIDTH: f32 = 460.0;

/// Something to say, if there is.
#[derive(Debug, Default)]
pub struct Notice(Option<(String, Instant)>);

impl Notice {
    /// Says `words`, in place of what was said before.
    pub fn say(&mut self, words: String) {
        self.0 = Some((words, Instant::now()));
    }

    /// Says nothing more.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Draws it over the rest.
    pub fn show(&mut self, ui: &Ui) {
        let Some((words, since)) = &self.0 else {
            return;
        };
        let area = Area::new(Id::unique("notice"))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0));
        let shown = area.show(ui.ctx(), |ui| {
            ui.set_max_width(WIDTH);
            let frame = Frame::NONE
                .fill(theme::PANEL)
                .stroke(Stroke::new(1.5, theme::WARNING))
                .corner_radius(CornerRadius::same(6))
                .inner_margin(Margin::same(14));
            let frame = frame.show(ui, |ui| {
                let line = |ui: &mut Ui, words: &str, points, colour| {
                    let text = RichText::new(words).font(theme::font(points)).color(colour);
                    ui.add(Label::new(text).wrap().selectable(false));
                };
                line(ui, words, theme::BODY, theme::TEXT);
                line(ui, "Click to close", theme::SMALL, theme::FAINT);
            });
            frame.response.interact(Sense::click()).clicked()
        });
        let is_left = ui.input(|input| input.key_pressed(Key::Escape));
        if shown.inner || is_left || since.elapsed() > STAYS {
            self.clear();
        }
    }
}
