//! `netbend bench`: its figures are there. The program that measures for developers has tests of its own (`plugin/bench/tests`).

use std::ffi::OsStr;

use netbend_tests::built;
use serde_json::Value;

use crate::netbend::{run, said};

#[test]
fn every_mode_renders_and_plays_in_figures() {
    let options = "bench --seconds 0.5 --json";
    let output = run(options.split(' ').map(OsStr::new), &built::resources());
    assert!(output.status.success(), "{}", said(&output));
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(data["settings"]["model"], "drums");
    assert!(data["machine"]["cores"].as_f64().unwrap() >= 1.0);
    let modes = data["modes"].as_array().unwrap();
    let names: Vec<_> = modes.iter().map(|mode| &mode["mode"]).collect();
    assert_eq!(names, ["direct", "live", "tight", "studio"]);
    for mode in modes {
        for path in [
            "/latency_ms",
            "/render/times_real_time",
            "/live/hops",
            "/live/block/worked/p50",
        ] {
            let figure = mode.pointer(path).and_then(Value::as_f64);
            assert!(
                figure.is_some_and(|figure| figure > 0.0),
                "{path}: {mode:#}"
            );
        }
    }
}

#[test]
fn the_table_names_machine_and_mode() {
    let options = "bench --seconds 0.5 --mode studio";
    let output = run(options.split(' ').map(OsStr::new), &built::resources());
    let printed = said(&output);
    assert!(output.status.success(), "{printed}");
    for expected in ["ONNX Runtime", "studio", "× real time", "late hops"] {
        assert!(printed.contains(expected), "no `{expected}` in:\n{printed}");
    }
    assert!(!printed.contains("tight"), "{printed}");
}
