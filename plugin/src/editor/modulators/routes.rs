//! What one modulator moves: a list, each line with its depth.

use egui::{Align, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};
use netbend_models::bends::modulation::{Modulation, Source};

use crate::editor::motion::{self, Motion, row};
use crate::editor::{text, theme};

const TITLE: f32 = 18.0;
const ROW: f32 = 20.0;
/// Room for the bar that scrolls.
const SCROLL: f32 = 10.0;

/// Draws the list in `rect`. What was done, in words.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    source: Source,
    modulation: &mut Modulation,
    motion: &Motion,
) -> Option<String> {
    let routes: Vec<_> = modulation.routes.iter().copied().collect();
    let own: Vec<_> = routes
        .into_iter()
        .filter(|route| route.from == source)
        .collect();
    let title = rect.with_max_y(rect.top() + TITLE);
    let list = rect.with_min_y(title.bottom() + 2.0);
    let name = motion.title(source);
    if own.is_empty() {
        let words = format!("{name} moves nothing yet");
        text::line(ui, title, &words, theme::SMALL, theme::TEXT, Align::Min);
        let words = "Drag it by its dots to a knob, a slider or a bar: an amount, a percentage, the voice, a band's edge, a fader.";
        text::paragraph(ui, list, words, theme::MUTED);
        return None;
    }
    let words = format!("{name} moves");
    text::line(ui, title, &words, theme::SMALL, theme::TEXT, Align::Min);
    let mut words = None;
    let builder = UiBuilder::new().max_rect(list);
    ui.scope_builder(builder, |ui| {
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                for mut route in own {
                    let size = vec2(list.width() - SCROLL, ROW);
                    let (place, _) = ui.allocate_exact_size(size, Sense::hover());
                    let name = motion.targets.name(route.to);
                    let said = row::show(ui, place, &mut route, name, "panel");
                    words = motion::apply(modulation, said, route, motion).or(words.take());
                }
            });
    });
    words
}
