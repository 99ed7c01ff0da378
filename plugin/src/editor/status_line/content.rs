//! What the bottom line says: what the engine is doing, or what is missing.

use std::sync::atomic::Ordering;

use egui::Color32;
use egui::text::{LayoutJob, TextFormat};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::Enum;

use super::advice;
use crate::editor::sound_clusters::{self, Message};
use crate::editor::theme;
use crate::params::NetbendParams;
use crate::report::quality::Quality;
use crate::report::status::{EngineState, Loaded, Status, Text};
use crate::stream::latency::LatencyMode;

/// Above this share of the time there is, the load is shown as a warning.
const HIGH_LOAD: f32 = 0.8;

/// What stands in the line.
pub enum Content {
    /// One line.
    Line(LayoutJob),
    /// A problem, over as many lines as it needs.
    Problem(String),
    /// A problem with a file, which is looked for again when the user says so.
    FileProblem(String),
    /// Another file is played than the project's, and the line beneath it.
    OtherModel(String, LayoutJob),
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
            let cause = status.problem();
            let advice = cause.as_ref().and_then(advice::advice);
            let advice = advice.map_or_else(String::new, |advice| format!(" {advice}."));
            let said = format!("{problem}.{advice} Meanwhile audio passes dry.");
            match cause.is_some_and(|cause| advice::is_of_file(&cause)) {
                true => Content::FileProblem(said),
                false => Content::Problem(said),
            }
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
                "1 hop late".to_owned()
            } else {
                format!("{misses} hops late")
            },
            alert(misses > 0),
        ),
        (run_ahead(status), theme::WARNING),
        (notice(&status.notices()), theme::WARNING),
        message,
    ])
}

/// What the line means, word by word.
pub fn explanation(status: &Status) -> String {
    let misses = status.misses.load(Ordering::Relaxed);
    let late = match misses {
        0 => "late: no hop was, so all you heard was bent".to_owned(),
        1 => "late: 1 hop came too late and was heard dry, as your untouched input".to_owned(),
        misses => {
            format!("late: {misses} hops came too late and were heard dry, as your untouched input")
        }
    };
    let help = match misses {
        0 => "",
        _ => {
            "\nTight and Studio give the engine more time; fewer instances, or fewer bends that move time, help too"
        }
    };
    format!(
        "latency: from your input to the bent sound, which the host makes up for\nload: how much of the time there is the engine \
         takes\n{late}{help}"
    )
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
    if stream.waveform.is_some() {
        // The mode changes nothing.
        return format!("the model's own {milliseconds:.0} ms ({samples} samples)");
    }
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

#[cfg(test)]
mod tests {
    use netbend_models::ModelFormat;

    use super::*;
    use crate::error::{Error, Origin};
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
            Content::Problem(problem) | Content::FileProblem(problem) => problem,
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

    #[test]
    fn advice_stands_behind_the_cause_and_a_file_can_be_looked_for_again() {
        let status = Status::default();
        status.set_failed(Error::Model {
            path: "mine.onnx".into(),
            origin: Origin::Own,
            said: "model refused: no decoder".to_owned(),
        });
        let content = content(&status, &status.text(), &NetbendParams::default());
        let Content::FileProblem(problem) = content else {
            panic!("not a problem with a file")
        };
        assert!(
            problem.starts_with("mine.onnx: model refused: no decoder. "),
            "{problem}"
        );
        assert!(
            problem.contains("`netbend inspect \"mine.onnx\"`"),
            "{problem}"
        );
        assert!(
            problem.ends_with("Meanwhile audio passes dry."),
            "{problem}"
        );
    }
}
