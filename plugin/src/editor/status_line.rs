//! The bottom line: what the engine is doing, or what is missing.

use std::sync::atomic::Ordering;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, CornerRadius, Label, Rect, RichText, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder,
    pos2, vec2,
};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::Enum;

use crate::params::NetbendParams;
use crate::report::quality::Quality;
use crate::report::status::{EngineState, Loaded, Status, Text};
use crate::stream::latency::LatencyMode;

use super::sound_clusters::{self, Message};
use super::{choice, theme};

const HEIGHT: f32 = 20.0;
const MAX_PROBLEM: f32 = 110.0;
const COPY: f32 = 56.0;
/// Widths of the buttons beside another model, and of both together.
const USE: f32 = 96.0;
const LOOK: f32 = 88.0;
const CHOICES: f32 = USE + theme::PADDING + LOOK;
/// Above this share of the time there is, the load is shown as a warning.
const HIGH_LOAD: f32 = 0.8;

/// What stands in the line.
pub enum Content {
    /// One line.
    Line(LayoutJob),
    /// A problem, over as many lines as it needs.
    Problem(String),
    /// Another file is played than the project's, and the line beneath it.
    OtherModel(String, LayoutJob),
}

/// What the user chose where another file is played than the project's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// This file is the project's from now on.
    UseThis,
    /// The project's file is to be looked for again.
    LookAgain,
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
        EngineState::Ready => match sound_clusters::message(params) {
            Some(Message::Problem(problem)) => Content::Problem(problem),
            message => {
                let line = ready(status, text, params, message);
                match status.loaded().filter(Loaded::is_other) {
                    Some(other) => Content::OtherModel(other.said(), line),
                    None => Content::Line(line),
                }
            }
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
        (busy(status.quality()).to_owned(), theme::TEXT),
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
fn busy(quality: Quality) -> &'static str {
    match quality {
        Quality::Full => "",
        Quality::Coarser => "Busy: coarser phases and ramps",
        Quality::CachedClean => "Busy: clean decode cached",
        Quality::EverySecondStride => "Busy: bending every 2nd stride",
        Quality::EveryFourthStride => "Busy: bending every 4th stride",
    }
}

/// The latency in force; the mode chosen, too, while the host has not restarted the plugin for it.
fn latency(status: &Status, params: &NetbendParams) -> String {
    let chosen = params.latency.value();
    let Some(stream) = status.stream() else {
        return name(chosen).to_owned();
    };
    let (in_force, samples) = (stream.mode, stream.latency_samples());
    let milliseconds = nearest_f32(samples) * 1_000.0 / stream.geometry.sample_rate;
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
        Content::Problem(problem) => panel_height(ui, problem, width, COPY),
        Content::OtherModel(text, _) => panel_height(ui, text, width, CHOICES) + HEIGHT,
    }
}

/// The height of a panel with a text, beside which there are `buttons` of that width.
fn panel_height(ui: &Ui, text: &str, width: f32, buttons: f32) -> f32 {
    let (font, wrap) = (theme::font(theme::BODY), text_width(width, buttons));
    let galley = ui
        .painter()
        .layout(text.to_owned(), font, theme::WARNING, wrap);
    galley.size().y.clamp(theme::ROW, MAX_PROBLEM) + 2.0 * theme::PADDING
}

fn text_width(width: f32, buttons: f32) -> f32 {
    (width - buttons - 3.0 * theme::PADDING).max(100.0)
}

/// Draws `content` in `rect`. Returns what was chosen, if anything.
pub fn show(ui: &mut Ui, rect: Rect, content: Content) -> Option<Chosen> {
    match content {
        Content::Line(job) => show_line(ui, rect, job),
        Content::Problem(problem) => show_problem(ui, rect, problem),
        Content::OtherModel(text, line) => {
            let border = rect.bottom() - HEIGHT;
            show_line(ui, rect.with_min_y(border), line);
            return show_other_model(ui, rect.with_max_y(border), text);
        }
    }
    None
}

fn show_line(ui: &Ui, rect: Rect, job: LayoutJob) {
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

fn show_problem(ui: &mut Ui, rect: Rect, problem: String) {
    let inner = show_panel(ui, rect);
    let copy = Rect::from_min_size(
        pos2(inner.right() - COPY, inner.top()),
        vec2(COPY, theme::ROW),
    );
    if choice::button(ui, copy, "Copy", "Copy this text") {
        ui.copy_text(problem.clone());
    }
    show_text(ui, rect, COPY, problem);
}

fn show_other_model(ui: &mut Ui, rect: Rect, text: String) -> Option<Chosen> {
    let inner = show_panel(ui, rect);
    let button = |right: f32, width: f32| {
        Rect::from_min_size(pos2(right - width, inner.top()), vec2(width, theme::ROW))
    };
    let look = button(inner.right(), LOOK);
    let this = button(look.left() - theme::PADDING, USE);
    show_text(ui, rect, CHOICES, text);
    let tip = "Keep this file as the project's model: it is saved with the project";
    if choice::button(ui, this, "Use this file", tip) {
        return Some(Chosen::UseThis);
    }
    let tip = "Put the project's own file into one of the models' folders, under any name, then look for it again";
    choice::button(ui, look, "Look again", tip).then_some(Chosen::LookAgain)
}

/// Draws the frame of a panel and returns what is within.
fn show_panel(ui: &Ui, rect: Rect) -> Rect {
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        theme::WARNING.gamma_multiply(0.08),
        Stroke::new(1.0, theme::WARNING.gamma_multiply(0.6)),
        StrokeKind::Inside,
    );
    rect.shrink(theme::PADDING)
}

/// Draws a panel's text beside `buttons` of that width.
fn show_text(ui: &mut Ui, rect: Rect, buttons: f32, words: String) {
    let inner = rect.shrink(theme::PADDING);
    let width = text_width(rect.width(), buttons);
    let font = theme::font(theme::BODY);
    let galley = ui
        .painter()
        .layout(words.clone(), font, theme::WARNING, width);
    // A single line stands beside the middle of the buttons.
    let above = ((inner.height() - galley.size().y) / 2.0).max(0.0);
    let text =
        Rect::from_min_size(inner.min, vec2(width, inner.height())).with_min_y(inner.top() + above);
    ui.scope_builder(UiBuilder::new().max_rect(text), |ui| {
        ScrollArea::vertical()
            .max_height(text.height())
            .show(ui, |ui| {
                let text = RichText::new(words)
                    .font(theme::font(theme::BODY))
                    .color(theme::WARNING);
                ui.add(Label::new(text).wrap().selectable(true));
            });
    });
}

#[cfg(test)]
mod tests {
    use netbend_models::ModelFormat;

    use super::*;
    use crate::error::Error;
    use crate::stream::shape::StreamShape;

    #[test]
    fn the_latency_named_is_the_one_in_force() {
        let params = NetbendParams::default(); // Tight
        let status = Status::default();
        let stream = |mode: LatencyMode| {
            let shape = StreamShape::new(ModelFormat::default(), 48_000.0, mode);
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
        status.set_ready("drums 1".to_owned());
        let params = NetbendParams::default();
        let line = || match content(&status, &status.text(), &params) {
            Content::Line(job) | Content::OtherModel(_, job) => job.text,
            Content::Problem(problem) => problem,
        };
        assert!(!line().contains("Busy"), "{}", line());
        for quality in Quality::ALL.into_iter().skip(1) {
            status.set_quality(quality);
            let line = line();
            let (load, busy) = (line.find("load"), line.find(busy(quality)));
            assert!(load.is_some() && busy > load, "{line}");
        }
        status.set_quality(Quality::EverySecondStride);
        assert!(line().contains("Busy: bending every 2nd stride"));
    }

    #[test]
    fn another_file_than_the_projects_is_said_until_one_is_chosen() {
        let status = Status::default();
        status.set_ready("drums 1".to_owned());
        let params = NetbendParams::default();
        let mut loaded = Loaded {
            name: "drums".to_owned(),
            wanted_sha256: "ab".repeat(32),
            sha256: "cd".repeat(32),
            path: "drums.onnx".into(),
        };
        let said = |loaded: &Loaded| {
            status.set_loaded(Some(loaded.clone()));
            match content(&status, &status.text(), &params) {
                Content::OtherModel(text, _) => text,
                _ => String::new(),
            }
        };
        let text = said(&loaded);
        assert!(text.contains("`drums` is another file") && text.contains("cdcdcdcdcdcd…"));
        assert!(text.contains("the project's abababababab…"), "{text}");
        loaded.wanted_sha256.clear();
        assert_eq!(said(&loaded), "");
        loaded.wanted_sha256 = loaded.sha256.clone();
        assert_eq!(said(&loaded), "");
    }

    #[test]
    fn a_host_that_runs_ahead_is_told_what_helps() {
        let status = Status::default();
        assert_eq!(run_ahead(&status), "");
        status.run_ahead_samples.store(32_768, Ordering::Relaxed);
        let shape = |mode| StreamShape::new(ModelFormat::default(), 48_000.0, mode).unwrap();
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
        status.set_failed(Error::Inference("Model `x` is missing.".to_owned()));
        let content = content(&status, &status.text(), &NetbendParams::default());
        let Content::Problem(problem) = content else {
            panic!("not a problem")
        };
        assert_eq!(problem, "Model `x` is missing. Meanwhile audio passes dry.");
    }
}
