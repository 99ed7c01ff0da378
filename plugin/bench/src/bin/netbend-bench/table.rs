//! The report as people read it: a column for each mode, a row for each figure.

use netbend_bench::figures::{add_modes, add_playing, heading, notes};
use netbend_bench::table::{NOTHING, Table, percent};

use super::pytorch::Comparison;
use super::report::{ModeReport, Report};
use super::stages::{Network, Stage, Stages};

/// The whole report.
pub(super) fn text(report: &Report) -> String {
    let machine = &report.machine;
    let peak = format!(
        ", fastest matrix product on one thread {:.0} GFLOP/s",
        machine.sgemm_gflops
    );
    let mut text = heading(report.netbend, &machine.machine, &peak, &report.settings);
    text += &figures(report).text();
    text += &how(report);
    if let Some(comparison) = &report.pytorch {
        text += &against_pytorch(comparison);
    }
    text
}

fn figures(report: &Report) -> Table {
    let mut table = Table::default();
    let playing: Vec<_> = report.modes.iter().map(|mode| &mode.figures).collect();
    add_modes(&mut table, &playing);
    add_stages(&mut table, &report.modes);
    add_playing(&mut table, &playing);
    table.row("memory, one instance, MB", &report.modes, |m| {
        m.memory.as_ref().map(|m| format!("{:.0}", m.first_mb))
    });
    table.row("memory, each further one, MB", &report.modes, |m| {
        m.memory.as_ref().map(|m| format!("{:.1}", m.further_mb))
    });
    table
}

fn add_stages(table: &mut Table, modes: &[ModeReport]) {
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
    let mut row = |name: &str, figure: &dyn Fn(&ModeReport) -> Option<String>| {
        table.row(name, modes, figure);
    };
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

/// How the figures came about.
fn how(report: &Report) -> String {
    let Some(mode) = report.modes.first() else {
        return String::new();
    };
    let stages = mode.stages.as_ref().map_or_else(String::new, |stages| {
        format!(
            "\nStages are processor times, medians of {} strides; reading is what is left of the total.",
            stages.rounds
        )
    });
    format!("{stages}{}\n", notes(&mode.figures))
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
    let mut table = Table::default();
    table.push("", head.map(str::to_owned).to_vec());
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
            table.push(format!("{}, {what}", mode.mode), figures);
        }
    }
    text + &table.text()
}
