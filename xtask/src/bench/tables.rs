//! The tables of `docs/performance.md`.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::Value;

use super::measure::{Curves, MODES, Sweep};

/// How a figure is written.
#[derive(Clone, Copy)]
enum Form {
    /// With so many decimals.
    Number(usize),
    /// A fraction as a percentage.
    Percent,
}

/// Rows: what it is, where it stands in a mode's data, and how it is written. Two figures stand as `a / b`.
const ROWS: [(&str, &[&str], Form); 25] = [
    ("stride, frames", &["/stride_frames"], Form::Number(0)),
    ("latency at 48 kHz, ms", &["/latency_ms"], Form::Number(1)),
    (
        "**ms per stride / per second of sound**",
        &[],
        Form::Number(0),
    ),
    (
        "encode",
        &[
            "/stages/encode/ms_per_stride",
            "/stages/encode/ms_per_second",
        ],
        Form::Number(2),
    ),
    (
        "decode, clean and bent",
        &[
            "/stages/decode/ms_per_stride",
            "/stages/decode/ms_per_second",
        ],
        Form::Number(2),
    ),
    (
        "reading: levels, knots, joints",
        &[
            "/stages/reading/ms_per_stride",
            "/stages/reading/ms_per_second",
        ],
        Form::Number(2),
    ),
    (
        "voicing: voice, phases, overlap-add",
        &[
            "/stages/voicing/ms_per_stride",
            "/stages/voicing/ms_per_second",
        ],
        Form::Number(2),
    ),
    (
        "worker in all",
        &["/stages/total/ms_per_stride", "/stages/total/ms_per_second"],
        Form::Number(2),
    ),
    (
        "**against ONNX Runtime's sgemm peak**",
        &[],
        Form::Number(0),
    ),
    (
        "encode, GFLOP/s",
        &["/stages/encode/gflops"],
        Form::Number(0),
    ),
    (
        "encode, share of the peak",
        &["/stages/encode/of_sgemm_peak"],
        Form::Percent,
    ),
    (
        "decode, GFLOP/s",
        &["/stages/decode/gflops"],
        Form::Number(0),
    ),
    (
        "decode, share of the peak",
        &["/stages/decode/of_sgemm_peak"],
        Form::Percent,
    ),
    (
        "whole clean window, share of the peak",
        &["/stages/window/of_sgemm_peak"],
        Form::Percent,
    ),
    ("**against a whole clean window**", &[], Form::Number(0)),
    (
        "window: encode / decode, ms",
        &["/stages/window/encode_ms", "/stages/window/decode_ms"],
        Form::Number(2),
    ),
    (
        "network's work per stride / one such window",
        &["/stages/stride_to_window"],
        Form::Number(2),
    ),
    (
        "the same where both take turns (cold caches)",
        &["/stages/cold_stride_to_window"],
        Form::Number(2),
    ),
    ("**the whole instance**", &[], Form::Number(0)),
    (
        "offline render, × real time",
        &["/render/times_real_time"],
        Form::Number(1),
    ),
    (
        "in real time, share of one core",
        &["/live/core_share_per_instance"],
        Form::Percent,
    ),
    (
        "in real time, late hops / all",
        &["/live/misses", "/live/hops"],
        Form::Number(0),
    ),
    (
        "audio thread per block of 64: p50 / p99 / p99.9",
        &[
            "/live/block/worked/p50",
            "/live/block/worked/p99",
            "/live/block/worked/p99_9",
        ],
        Form::Percent,
    ),
    (
        "the same, time that passed",
        &[
            "/live/block/passed/p50",
            "/live/block/passed/p99",
            "/live/block/passed/p99_9",
        ],
        Form::Percent,
    ),
    (
        "memory: first instance / each further one, MB",
        &["/memory/first_mb", "/memory/further_mb"],
        Form::Number(1),
    ),
];

/// One line about the machine.
pub fn machine(report: &Value) -> String {
    let text = |path: &str| {
        report
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or("unknown")
            .to_owned()
    };
    let number = |path: &str| {
        report
            .pointer(path)
            .and_then(Value::as_f64)
            .unwrap_or(f64::NAN)
    };
    format!(
        "Measured with Netbend {} on {} ({} cores, {}), ONNX Runtime {}: at most {:.0} GFLOP/s on one thread (sgemm, 1024 × 1024). \
         Model `{}`, stereo linked at {} Hz, {} active bends, each of {} % of its layer's features.",
        text("/netbend"),
        text("/machine/processor"),
        number("/machine/cores"),
        text("/machine/system"),
        text("/machine/onnxruntime"),
        number("/machine/sgemm_gflops"),
        text("/settings/model"),
        number("/settings/sample_rate"),
        number("/settings/slots"),
        number("/settings/features_percent"),
    )
}

/// A column for each mode.
///
/// # Errors
/// Where the report has no modes.
pub fn figures(report: &Value) -> Result<String> {
    let modes = report["modes"]
        .as_array()
        .context("no modes in the report")?;
    let mut table = head("", &MODES);
    for (name, paths, form) in ROWS {
        let cell = |mode: &Value| {
            let shown = paths.iter().map(|path| shown(mode.pointer(path), form));
            shown.collect::<Vec<_>>().join(" / ")
        };
        let cells: Vec<_> = modes.iter().map(cell).collect();
        line(&mut table, name, &cells);
    }
    Ok(table)
}

/// The comparison, where there was one.
///
/// # Errors
/// Where it lacks its modes.
pub fn pytorch(report: &Value) -> Result<Option<String>> {
    let Some(comparison) = report.get("pytorch") else {
        return Ok(None);
    };
    let figure =
        |data: &Value, path: &str, decimals| shown(data.pointer(path), Form::Number(decimals));
    let version = comparison["torch"].as_str().unwrap_or("unknown");
    let mut text = format!(
        "PyTorch {version}, one thread: a window encoded and decoded clean and bent takes {} ms, in TorchScript {} ms; encoded and decoded bent only {} \
         and {} ms. Medians of {} rounds. Its output differs from ONNX Runtime's by at most {:.0e} (clean) and {:.0e} (bent).\n\n",
        figure(comparison, "/window/eager_ms", 1),
        figure(comparison, "/window/torchscript_ms", 1),
        figure(comparison, "/window_bent_only/eager_ms", 1),
        figure(comparison, "/window_bent_only/torchscript_ms", 1),
        figure(comparison, "/rounds", 0),
        comparison["clean_error"].as_f64().unwrap_or(f64::NAN),
        comparison["bent_error"].as_f64().unwrap_or(f64::NAN),
    );
    text += &head(
        "ms per second of sound",
        &[
            "Netbend",
            "PyTorch eager",
            "× Netbend",
            "TorchScript",
            "× Netbend",
        ],
    );
    let modes = comparison["modes"]
        .as_array()
        .context("no modes in the comparison")?;
    for mode in modes {
        for (key, what) in [("pair", "clean and bent"), ("bent_only", "bent only")] {
            let cells = [
                figure(&mode[key], "/netbend_ms_per_second", 1),
                figure(&mode[key], "/eager_ms_per_second", 1),
                figure(&mode[key], "/eager_ratio", 1),
                figure(&mode[key], "/torchscript_ms_per_second", 1),
                figure(&mode[key], "/torchscript_ratio", 1),
            ];
            let name = format!("{}, {what}", mode["mode"].as_str().unwrap_or_default());
            line(&mut text, &name, &cells);
        }
    }
    Ok(Some(text))
}

/// A sweep's points, a column for each number.
pub fn curves(sweep: &Sweep, curves: &Curves) -> String {
    let numbers: Vec<_> = sweep.numbers().iter().map(u32::to_string).collect();
    let mut table = head(sweep.title(), &numbers);
    for (mode, points) in MODES.iter().zip(curves) {
        let cells: Vec<_> = points
            .iter()
            .map(|point| match point.late_percent {
                late if late > 0.0 => format!("{:.0} % ({late:.1} % late)", point.core_percent),
                _ => format!("{:.1} %", point.core_percent),
            })
            .collect();
        line(&mut table, mode, &cells);
    }
    table
}

fn shown(figure: Option<&Value>, form: Form) -> String {
    match (figure.and_then(Value::as_f64), form) {
        (None, _) => "–".to_owned(),
        (Some(figure), Form::Number(decimals)) => format!("{figure:.decimals$}"),
        (Some(share), Form::Percent) if share < 0.0995 => format!("{:.1} %", 100.0 * share),
        (Some(share), Form::Percent) => format!("{:.0} %", 100.0 * share),
    }
}

fn head(name: &str, columns: &[impl AsRef<str>]) -> String {
    let mut table = String::new();
    line(&mut table, name, columns);
    table += "|---|";
    table += &"---:|".repeat(columns.len());
    table.push('\n');
    table
}

fn line(table: &mut String, name: &str, cells: &[impl AsRef<str>]) {
    let _ = write!(table, "| {name} |");
    for cell in cells {
        let _ = write!(table, " {} |", cell.as_ref());
    }
    table.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::measure::Point;

    #[test]
    fn every_line_has_as_many_cells_as_the_head() {
        let report = serde_json::json!({"modes": [
            {"stages": {"encode": {"ms_per_stride": 1.0, "ms_per_second": 47.0}}, "latency_ms": 42.7}, {}, {}, {}
        ]});
        let table = figures(&report).unwrap();
        assert!(
            table.lines().all(|line| line.matches('|').count() == 6),
            "{table}"
        );
        assert!(
            table.contains("| encode | 1.00 / 47.00 | – / – | – / – | – / – |"),
            "{table}"
        );
    }

    #[test]
    fn late_hops_are_shown_where_there_are_some() {
        let point = |x, late_percent| Point {
            x,
            core_percent: 12.34,
            late_percent,
        };
        let points = vec![vec![], vec![point(1, 0.0), point(2, 3.21)]];
        let table = curves(&Sweep::Instances(vec![1, 2]), &points);
        assert!(
            table.contains("| live | 12.3 % | 12 % (3.2 % late) |"),
            "{table}"
        );
    }
}
