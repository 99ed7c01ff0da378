//! The bottom line: what the engine is doing, or what is missing.

use std::sync::atomic::Ordering;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Color32, CornerRadius, Label, Rect, RichText, ScrollArea, Stroke, StrokeKind, Ui,
    UiBuilder, pos2, vec2,
};

use crate::params::NetbendParams;
use crate::status::{EngineState, Status, Text};

use super::{choice, theme};

const HEIGHT: f32 = 20.0;
const MAX_PROBLEM: f32 = 110.0;
const COPY: f32 = 56.0;
/// Above this share of the time there is, the load is shown as a warning.
const HIGH_LOAD: f32 = 0.8;

/// What stands in the line.
pub enum Content {
    /// One line.
    Line(LayoutJob),
    /// A problem, over as many lines as it needs.
    Problem(String),
}

/// What to say about the engine.
pub fn content(status: &Status, text: &Text, params: &NetbendParams) -> Content {
    match status.state() {
        EngineState::Loading => Content::Line(job([("loading…".to_owned(), theme::MUTED)])),
        EngineState::Failed => {
            let problem = match text.problem.trim() {
                "" => "The engine could not start",
                problem => problem.trim_end_matches('.'),
            };
            Content::Problem(format!("{problem}. Meanwhile audio passes dry."))
        }
        EngineState::Ready => Content::Line(ready(status, text, params)),
    }
}

fn ready(status: &Status, text: &Text, params: &NetbendParams) -> LayoutJob {
    let samples = status.latency_samples.load(Ordering::Relaxed);
    let rate = status.sample_rate();
    let mode = params.latency.to_string();
    let latency = if rate > 0.0 {
        let milliseconds = samples as f32 * 1_000.0 / rate;
        format!("{mode}, {milliseconds:.0} ms ({samples} samples)")
    } else {
        mode
    };
    let load = status.load();
    let misses = status.misses.load(Ordering::Relaxed);
    let alert = |alert: bool| if alert { theme::WARNING } else { theme::MUTED };
    job([
        (text.model.clone(), theme::MUTED),
        (latency, theme::MUTED),
        (
            format!("load {:.0} %", load * 100.0),
            alert(load > HIGH_LOAD),
        ),
        (
            if misses == 1 {
                "1 miss".to_owned()
            } else {
                format!("{misses} misses")
            },
            alert(misses > 0),
        ),
    ])
}

fn job<const N: usize>(pieces: [(String, Color32); N]) -> LayoutJob {
    let format = |color| TextFormat {
        font_id: theme::font(theme::SMALL),
        color,
        ..TextFormat::default()
    };
    let mut job = LayoutJob::default();
    for (piece, colour) in pieces.into_iter().filter(|(piece, _)| !piece.is_empty()) {
        if !job.text.is_empty() {
            job.append("  ·  ", 0.0, format(theme::FAINT));
        }
        job.append(&piece, 0.0, format(colour));
    }
    job
}

/// Points of height that `content` needs at that `width`.
pub fn height(ui: &Ui, content: &Content, width: f32) -> f32 {
    match content {
        Content::Line(_) => HEIGHT,
        Content::Problem(problem) => {
            let font = theme::font(theme::BODY);
            let wrap = text_width(width);
            let galley = ui
                .painter()
                .layout(problem.clone(), font, theme::WARNING, wrap);
            galley.size().y.clamp(theme::ROW, MAX_PROBLEM) + 2.0 * theme::PADDING
        }
    }
}

fn text_width(width: f32) -> f32 {
    (width - COPY - 3.0 * theme::PADDING).max(100.0)
}

/// Draws `content` in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, content: Content) {
    match content {
        Content::Line(job) => {
            let galley = ui.painter().layout_job(job);
            let top = rect.center().y - galley.size().y / 2.0;
            ui.painter()
                .galley(pos2(rect.left(), top), galley, theme::MUTED);
            ui.painter().text(
                rect.right_center() - vec2(12.0, 0.0),
                Align2::RIGHT_CENTER,
                "shift: fine  ·  double-click: reset  ·  click a value: type",
                theme::font(theme::SMALL),
                theme::FAINT,
            );
        }
        Content::Problem(problem) => show_problem(ui, rect, problem),
    }
}

fn show_problem(ui: &mut Ui, rect: Rect, problem: String) {
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        theme::WARNING.gamma_multiply(0.08),
        Stroke::new(1.0, theme::WARNING.gamma_multiply(0.6)),
        StrokeKind::Inside,
    );
    let inner = rect.shrink(theme::PADDING);
    let copy = Rect::from_min_size(
        pos2(inner.right() - COPY, inner.top()),
        vec2(COPY, theme::ROW),
    );
    if choice::button(ui, copy, "Copy", "Copy this text") {
        ui.copy_text(problem.clone());
    }
    let text = Rect::from_min_size(inner.min, vec2(text_width(rect.width()), inner.height()));
    ui.scope_builder(UiBuilder::new().max_rect(text), |ui| {
        ScrollArea::vertical()
            .max_height(text.height())
            .show(ui, |ui| {
                let text = RichText::new(problem)
                    .font(theme::font(theme::BODY))
                    .color(theme::WARNING);
                ui.add(Label::new(text).wrap().selectable(true));
            });
    });
}
