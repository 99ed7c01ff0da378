//! The program `netbend-bench`, with the resources of the bundle.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The folder with ONNX Runtime and the models.
fn resources() -> PathBuf {
    std::env::var_os("NETBEND_RESOURCES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bundled/Netbend.resources"),
        PathBuf::from,
    )
}

/// Runs the program with options parted by spaces.
fn run(options: &str) -> Output {
    run_with(options.split(' ').map(OsStr::new))
}

fn run_with<'a>(options: impl IntoIterator<Item = &'a OsStr>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_netbend-bench"))
        .args(options)
        .env("NETBEND_RESOURCES", resources())
        .output()
        .unwrap()
}

/// All that a run printed.
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// A number somewhere in the data.
///
/// # Panics
/// If there is none.
fn number(data: &Value, path: &str) -> f64 {
    let found = data.pointer(path).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("no number at {path} in:\n{data:#}"))
}

#[test]
fn every_figure_is_there_and_plausible() {
    let output = run("--quick --json");
    assert!(output.status.success(), "{}", said(&output));
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        data["machine"]["onnxruntime"]
            .as_str()
            .unwrap()
            .starts_with("1.")
    );
    assert!(number(&data, "/machine/cores") >= 1.0);
    assert!(number(&data, "/machine/sgemm_gflops") > 0.1);
    assert_eq!(data["settings"]["model"], "drums");
    let modes = data["modes"].as_array().unwrap();
    let names: Vec<_> = modes
        .iter()
        .map(|mode| mode["mode"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["direct", "live", "tight", "studio"]);
    for mode in modes {
        for path in [
            "/latency_ms",
            "/stages/encode/ms_per_stride",
            "/stages/encode/ms_per_second",
            "/stages/encode/mega_macs",
            "/stages/encode/gflops",
            "/stages/encode/of_sgemm_peak",
            "/stages/decode/ms_per_stride",
            "/stages/decode/gflops",
            "/stages/decode/of_sgemm_peak",
            "/stages/voicing/ms_per_stride",
            "/stages/window/encode_ms",
            "/stages/window/decode_ms",
            "/stages/window/of_sgemm_peak",
            "/stages/stride_to_window",
            "/render/times_real_time",
            "/live/hops",
            "/live/block/count",
            "/live/block/worked/p50",
            "/live/block/passed/p99_9",
        ] {
            assert!(number(mode, path) > 0.0, "{path} of {mode:#}");
        }
        if cfg!(unix) {
            for path in [
                "/stages/total/ms_per_stride",
                "/render/worker_share",
                "/live/core_share_per_instance",
            ] {
                assert!(number(mode, path) > 0.0, "{path} of {mode:#}");
            }
            assert!(number(mode, "/stages/reading/ms_per_second") >= 0.0);
        }
        if cfg!(target_os = "linux") {
            assert!(number(mode, "/memory/first_mb") > 1.0);
            assert!(number(mode, "/memory/instances") > 1.0);
        }
        let block = |what: &str| number(mode, &format!("/live/block/passed/{what}"));
        assert!(block("p50") <= block("p99") && block("p99") <= block("p99_9"));
    }
    // A stride of Studio is 16 of Live, and its frames are as many.
    let work = |mode: usize| number(&modes[mode], "/stages/decode/mega_macs");
    assert!(work(0) < work(1) && work(1) < work(2));
}

#[test]
fn parts_and_modes_can_be_chosen() {
    let options = "--quick --json --only render --mode studio --slots 0 --features 50";
    let output = run(options);
    assert!(output.status.success(), "{}", said(&output));
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(data["modes"].as_array().unwrap().len(), 1);
    let mode = &data["modes"][0];
    assert!(number(mode, "/render/times_real_time") > 0.0);
    for left_out in ["stages", "live", "memory"] {
        assert!(mode.get(left_out).is_none(), "{mode:#}");
    }
    assert_eq!(number(&data, "/settings/features_percent"), 50.0);
}

#[test]
fn the_table_names_machine_modes_and_stages() {
    let options = "--quick --only stages,render --mode live";
    let output = run(options);
    let printed = said(&output);
    assert!(output.status.success(), "{printed}");
    for expected in [
        "GFLOP/s",
        "live",
        "encode",
        "decode",
        "voicing",
        "× real time",
    ] {
        assert!(printed.contains(expected), "no `{expected}` in:\n{printed}");
    }
}

/// A Python that finds no installed package.
#[cfg(unix)]
#[test]
fn without_pytorch_it_says_what_to_install() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python");
    std::fs::write(&python, "#!/bin/sh\nexec python3 -I -S \"$@\"\n").unwrap();
    std::fs::set_permissions(&python, PermissionsExt::from_mode(0o755)).unwrap();
    let against = "--quick --only stages --mode live --against pytorch --python";
    let arguments = against.split(' ').map(OsStr::new);
    let output = run_with(arguments.chain([python.as_os_str()]));
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("-m pip install torch onnx"), "{said}");
    assert!(
        !said.contains("Traceback") && !said.contains("panicked"),
        "{said}"
    );
}

#[test]
fn a_python_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("no-such-python");
    let against = "--quick --only stages --mode live --against pytorch --python";
    let arguments = against.split(' ').map(OsStr::new);
    let output = run_with(arguments.chain([python.as_os_str()]));
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("no-such-python") && said.contains("--python PATH"),
        "{said}"
    );
}
