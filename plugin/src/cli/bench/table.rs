//! The report as people read it: a column for each mode, a row for each figure.

use std::fmt::Write as _;

use super::live::Blocks;
use super::pytorch::Comparison;
use super::report::{ModeReport, Report};
use super::stages::{Network, Stage, Stages};

/// What stands where nothing was measured.
const NOTHING: &str = "–";

/// The whole report.
pub(super) fn text(report: &Report) -> String {
    let (machine, settings) = (&report.machine, &report.settings);
    let mut text = format!(
        "Netbend {} on {}, {} cores, {}\n\
         ONNX Runtime {}, fastest matrix product on one thread {:.0} GFLOP/s\n\
         Model `{}`, stereo linked at {} Hz, {} active bends of {} % of a layer's features each\n\n",
        report.netbend,
        machine.processor,
        machine.cores,
        machine.system,
        machine.onnxruntime,
        machine.sgemm_gflops,
        settings.model,
        settings.sample_rate,
        settings.slots,
        settings.features_percent
    );
    text += &lines(&rows(report));
    text += &notes(report);
    if let Some(comparison) = &report.pytorch {
        text += &against_pytorch(comparison);
    }
    text
}

type Row = (String, Vec<String>);

fn rows(report: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    let modes = &report.modes;
    let mut row = |name: &str, figure: &dyn Fn(&ModeReport) -> Option<String>| {
        let figures: Vec<_> = modes.iter().map(figure).collect();
        // A row without a single figure was not asked for.
        if figures.iter().any(Option::is_some) {
            let shown = figures
                .into_iter()
                .map(|f| f.unwrap_or_else(|| NOTHING.into()));
            rows.push((name.to_owned(), shown.collect()));
        }
    };
    row("", &|m| Some(m.mode.clone()));
    row("stride, frames", &|m| Some(m.stride_frames.to_string()));
    row("latency, ms", &|m| Some(format!("{:.1}", m.latency_ms)));
    stage_rows(&mut row);
    row("render, × real time", &|m| {
        m.render
            .as_ref()
            .map(|r| format!("{:.1}", r.times_real_time))
    });
    row("worker, share of a core", &|m| {
        m.render.as_ref()?.worker_share.map(percent)
    });
    row("live, instances", &|m| {
        m.live.as_ref().map(|l| l.instances.to_string())
    });
    row("live, share of a core each", &|m| {
        m.live.as_ref()?.core_share_per_instance.map(percent)
    });
    row("live, late hops", &|m| {
        m.live
            .as_ref()
            .map(|l| format!("{} of {}", l.misses, l.hops))
    });
    let block = |m: &ModeReport, figure: fn(&Blocks) -> f64| {
        m.live.as_ref().map(|l| percent(figure(&l.block)))
    };
    row("audio thread per block, p50", &|m| {
        block(m, |b| b.worked.p50)
    });
    row("  p99", &|m| block(m, |b| b.worked.p99));
    row("  p99.9", &|m| block(m, |b| b.worked.p99_9));
    row("  p99.9, time that passed", &|m| {
        block(m, |b| b.passed.p99_9)
    });
    row("memory, one instance, MB", &|m| {
        m.memory.as_ref().map(|m| format!("{:.0}", m.first_mb))
    });
    row("memory, each further one, MB", &|m| {
        m.memory.as_ref().map(|m| format!("{:.1}", m.further_mb))
    });
    rows
}

fn stage_rows(row: &mut impl FnMut(&str, &dyn Fn(&ModeReport) -> Option<String>)) {
    fn stage(m: &ModeReport, figure: impl Fn(&Stages) -> Option<Stage>) -> Option<String> {
        let Stage {
            ms_per_stride,
            ms_per_second,
        } = figure(m.stages.as_ref()?)?;
        Some(format!("{ms_per_stride:.3}  {ms_per_second:>6.1}"))
    }
    fn network(m: &ModeReport, figure: impl Fn(&Stages) -> Network) -> Option<String> {
        let network = figure(m.stages.as_ref()?);
        Some(format!(
            "{:.0}  {:>6}",
            network.gflops,
            percent(network.of_sgemm_peak)
        ))
    }
    row("ms per stride and per second", &|m| {
        m.stages.as_ref().map(|_| String::new())
    });
    row("  encode", &|m| stage(m, |s| Some(s.encode.time)));
    row("  decode, clean and bent", &|m| {
        stage(m, |s| Some(s.decode.time))
    });
    row("  reading", &|m| stage(m, |s| s.reading));
    row("  voicing", &|m| stage(m, |s| Some(s.voicing)));
    row("  total", &|m| stage(m, |s| s.total));
    row("GFLOP/s and share of the peak", &|m| {
        m.stages.as_ref().map(|_| String::new())
    });
    row("  encode", &|m| network(m, |s| s.encode));
    row("  decode", &|m| network(m, |s| s.decode));
    row("  whole clean window", &|m| {
        let window = m.stages.as_ref()?.window;
        Some(format!(
            "{:.0}  {:>6}",
            window.gflops,
            percent(window.of_sgemm_peak)
        ))
    });
    row("whole clean window, ms", &|m| {
        let window = m.stages.as_ref()?.window;
        Some(format!("{:.2} + {:.2}", window.encode_ms, window.decode_ms))
    });
    row("network's stride / that window", &|m| {
        m.stages
            .as_ref()
            .map(|s| format!("{:.2}", s.stride_to_window))
    });
    row("the same in turn, caches cold", &|m| {
        m.stages
            .as_ref()
            .map(|s| format!("{:.2}", s.cold_stride_to_window))
    });
}

/// Columns as wide as their widest cell; figures end where their column ends.
fn lines(rows: &[Row]) -> String {
    let length = |text: &String| text.chars().count();
    let first = rows.iter().map(|(name, _)| length(name)).max().unwrap_or(0);
    let cells = rows.iter().flat_map(|(_, cells)| cells);
    let width = cells.map(length).max().unwrap_or(0);
    let mut text = String::new();
    for (name, cells) in rows {
        let mut line = format!("  {name:<first$}");
        for cell in cells {
            let _ = write!(line, "  {cell:>width$}");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// How the figures came about.
fn notes(report: &Report) -> String {
    let Some(mode) = report.modes.first() else {
        return String::new();
    };
    let mut text = String::new();
    if let Some(stages) = &mode.stages {
        let _ = write!(
            text,
            "\nStages are processor times, medians of {} strides; reading is what is left of the total.",
            stages.rounds
        );
    }
    if let Some(render) = &mode.render {
        let _ = write!(
            text,
            "\nRenders are medians of {} of {:.0} s.",
            render.rounds, render.seconds
        );
    }
    if let Some(live) = &mode.live {
        let _ = write!(
            text,
            "\nLive: {:.0} s in real time, {} blocks of {} samples timed.",
            live.seconds, live.block.count, live.block.samples
        );
    }
    text.push('\n');
    text
}

fn against_pytorch(comparison: &Comparison) -> String {
    let optional = |ms: Option<f64>| ms.map_or_else(|| NOTHING.to_owned(), |ms| format!("{ms:.1}"));
    let text = format!(
        "\nPyTorch {}, one thread, whole windows; medians of {} rounds, Netbend's in between\n\
         its output differs from ONNX Runtime's by {:.0e} (clean) and {:.0e} (bent)\n\n",
        comparison.torch, comparison.rounds, comparison.clean_error, comparison.bent_error
    );
    let head = [
        "Netbend, ms/s",
        "eager, ms/s",
        "× Netbend",
        "TorchScript, ms/s",
        "× Netbend",
    ];
    let mut rows: Vec<Row> = vec![(String::new(), head.map(str::to_owned).to_vec())];
    for mode in &comparison.modes {
        for (what, ratio) in [
            ("clean and bent", &mode.pair),
            ("bent only", &mode.bent_only),
        ] {
            let figures = vec![
                format!("{:.1}", ratio.netbend_ms_per_second),
                format!("{:.1}", ratio.eager_ms_per_second),
                format!("{:.1}", ratio.eager_ratio),
                optional(ratio.torchscript_ms_per_second),
                optional(ratio.torchscript_ratio),
            ];
            rows.push((format!("{}, {what}", mode.mode), figures));
        }
    }
    text + &lines(&rows)
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        ..9.95 => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}
