//! The bottom line: what the engine is doing, or what is missing.

use std::sync::atomic::Ordering;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, CornerRadius, Label, Rect, RichText, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder,
    pos2, vec2,
};
use nice_plug::prelude::Enum;

use crate::effort::Effort;
use crate::latency::LatencyMode;
use crate::params::NetbendParams;
use crate::status::{EngineState, Status, Text};

use super::sound::{self, Message};
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
        EngineState::Ready => match sound::message(params) {
            Some(Message::Problem(problem)) => Content::Problem(problem),
            message => Content::Line(ready(status, text, params, message)),
        },
    }
}

fn ready(
    status: &Status,
    text: &Text,
    params: &NetbendParams,
    message: Option<Message>,
) -> LayoutJob {
    let message = match message {
        Some(Message::Hint(hint)) => (hint, theme::WARNING),
        Some(Message::News(news) | Message::Problem(news)) => (news, theme::TEXT),
        None => (String::new(), theme::TEXT),
    };
    let latency = latency(status, params);
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
        (busy(status.effort()).to_owned(), theme::TEXT),
        (
            if misses == 1 {
                "1 miss".to_owned()
            } else {
                format!("{misses} misses")
            },
            alert(misses > 0),
        ),
        (run_ahead(status), theme::WARNING),
        (notice(&status.notices()), theme::WARNING),
        message,
    ])
}

/// What a host that asks for sound before its time is to be told.
fn run_ahead(status: &Status) -> String {
    let samples = status.run_ahead_samples.load(Ordering::Relaxed);
    let what_helps = match status.stream().map(|stream| stream.mode) {
        Some(LatencyMode::Studio) => "shorter blocks",
        _ => "Studio",
    };
    match samples {
        0 => String::new(),
        samples => format!("Host runs ahead by {samples} samples: use {what_helps}"),
    }
}

/// What was changed in the loaded state, in one line.
fn notice(notices: &[String]) -> String {
    match notices {
        [] => String::new(),
        [only] => format!("Project: {only}"),
        [first, rest @ ..] => format!("Project: {first} (and {} more)", rest.len()),
    }
}

/// What is saved while deadlines are near, if anything.
fn busy(effort: Effort) -> &'static str {
    match effort {
        Effort::Full => "",
        Effort::FewerIterations => "Busy: fewer phase iterations",
        Effort::CachedClean => "Busy: clean decode cached",
        Effort::EverySecondStride => "Busy: bending every 2nd stride",
        Effort::EveryFourthStride => "Busy: bending every 4th stride",
    }
}

/// The latency in force; the mode chosen, too, while the host has not restarted the plugin for it.
fn latency(status: &Status, params: &NetbendParams) -> String {
    let chosen = params.latency.value();
    let Some(stream) = status.stream() else {
        return name(chosen).to_owned();
    };
    let (in_force, samples) = (stream.mode, stream.latency_samples());
    let milliseconds = samples as f32 * 1_000.0 / stream.geometry.sample_rate;
    let now = format!(
        "{}, {milliseconds:.0} ms ({samples} samples)",
        name(in_force)
    );
    if in_force == chosen {
        now
    } else {
        format!("{now}; {} once the host restarts the plugin", name(chosen))
    }
}

fn name(mode: LatencyMode) -> &'static str {
    LatencyMode::variants()
        .get(mode.to_index())
        .copied()
        .unwrap_or_default()
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
            let size = galley.size();
            let top = rect.center().y - size.y / 2.0;
            ui.painter()
                .galley(pos2(rect.left(), top), galley, theme::MUTED);
            let help = ui.painter().layout_no_wrap(
                "shift: fine  ·  double-click: reset  ·  click a value: type".to_owned(),
                theme::font(theme::SMALL),
                theme::FAINT,
            );
            let left = rect.right() - 12.0 - help.size().x;
            if rect.left() + size.x + theme::GAP < left {
                let at = pos2(left, rect.center().y - help.size().y / 2.0);
                ui.painter().galley(at, help, theme::FAINT);
            }
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

#[cfg(test)]
mod tests {
    use netbend_models::ModelFacts;

    use super::*;
    use crate::stream_shape::StreamShape;

    #[test]
    fn the_latency_named_is_the_one_in_force() {
        let params = NetbendParams::default(); // Tight
        let status = Status::default();
        let stream = |mode: LatencyMode| {
            let shape = StreamShape::new(ModelFacts::default(), 48_000.0, mode);
            status.set_stream(shape.unwrap());
            latency(&status, &params)
        };
        assert_eq!(stream(LatencyMode::Tight), "Tight, 192 ms (9216 samples)");
        let waiting = stream(LatencyMode::Live);
        assert!(waiting.starts_with("Live, 64 ms"), "{waiting}");
        assert!(
            waiting.ends_with("; Tight once the host restarts the plugin"),
            "{waiting}"
        );
    }

    #[test]
    fn what_is_saved_is_said_beside_the_load() {
        let status = Status::default();
        status.set(EngineState::Ready, "drums 1".to_owned(), String::new());
        let params = NetbendParams::default();
        let line = || match content(&status, &status.text(), &params) {
            Content::Line(job) => job.text,
            Content::Problem(problem) => problem,
        };
        assert!(!line().contains("Busy"), "{}", line());
        for effort in Effort::ALL.into_iter().skip(1) {
            status.set_effort(effort);
            let line = line();
            let (load, busy) = (line.find("load"), line.find(busy(effort)));
            assert!(load.is_some() && busy > load, "{line}");
        }
        status.set_effort(Effort::EverySecondStride);
        assert!(line().contains("Busy: bending every 2nd stride"));
    }

    #[test]
    fn a_host_that_runs_ahead_is_told_what_helps() {
        let status = Status::default();
        assert_eq!(run_ahead(&status), "");
        status.run_ahead_samples.store(32_768, Ordering::Relaxed);
        let shape = |mode| StreamShape::new(ModelFacts::default(), 48_000.0, mode).unwrap();
        for mode in [LatencyMode::Live, LatencyMode::Tight] {
            status.set_stream(shape(mode));
            assert_eq!(
                run_ahead(&status),
                "Host runs ahead by 32768 samples: use Studio"
            );
        }
        status.set_stream(shape(LatencyMode::Studio));
        assert!(run_ahead(&status).ends_with("use shorter blocks"));
    }

    #[test]
    fn what_was_changed_in_a_project_is_said() {
        assert_eq!(notice(&[]), "");
        let one = "`gain` was 1e39; it is 24.0 dB now".to_owned();
        assert_eq!(
            notice(std::slice::from_ref(&one)),
            "Project: `gain` was 1e39; it is 24.0 dB now"
        );
        assert!(notice(&[one.clone(), one.clone(), one]).ends_with("(and 2 more)"));
    }

    #[test]
    fn a_failure_says_what_and_that_audio_passes_dry() {
        let status = Status::default();
        status.set(
            EngineState::Failed,
            String::new(),
            "Model `x` is missing.".to_owned(),
        );
        let content = content(&status, &status.text(), &NetbendParams::default());
        let Content::Problem(problem) = content else {
            panic!("not a problem")
        };
        assert_eq!(problem, "Model `x` is missing. Meanwhile audio passes dry.");
    }
}
