//! ONNX Runtime's library in every bad shape: the process lives, the command line says what to do, and the plugin passes its input on.

use std::fs;
use std::path::Path;
use std::process::Command;

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::built;
use tempfile::TempDir;

use crate::passes_dry;
use crate::resources::{LIBRARY, with_library, without_runtime};

/// What the command line says where these are all the resources there are. It must end on its own.
fn said(resources: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.wav");
    let rate = 48_000;
    let sound = Audio {
        sample_rate: rate,
        channels: drum_loop_stereo(rate as f32, 0.2, 5).into(),
    };
    sound.write_wav(&input).unwrap();
    let output = Command::new(built::command_line())
        .arg("render")
        .args([&input, &folder.path().join("out.wav")])
        .args(["--set", "slot_on_1=on"])
        .env("NETBEND_RESOURCES", resources)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{}: {said}", output.status);
    said
}

fn assert_said(folder: &TempDir, expected: &[&str]) {
    let said = said(folder.path());
    println!("{said}");
    for words in expected.iter().chain(&["Reinstall Netbend"]) {
        assert!(said.contains(words), "`{words}` is missing in: {said}");
    }
}

#[test]
fn a_library_that_is_cut_short_is_told_so() {
    for share in [0.999, 0.5, 0.01] {
        let cut = with_library(|bytes| bytes.truncate((bytes.len() as f64 * share) as usize));
        assert_said(&cut, &[LIBRARY, "cut short"]);
    }
    let head = with_library(|bytes| bytes.truncate(64));
    assert_said(&head, &[LIBRARY]);
}

#[test]
fn what_is_no_library_is_told_so() {
    let empty = with_library(Vec::clear);
    assert_said(&empty, &[LIBRARY, "empty"]);
    let text = with_library(|bytes| *bytes = b"<html>404 Not Found</html>".to_vec());
    assert_said(&text, &[LIBRARY, "no shared library"]);
    let folder = without_runtime();
    fs::create_dir(folder.path().join(LIBRARY)).unwrap();
    assert_said(&folder, &["missing", LIBRARY]);
}

/// The middle is zeros, as after a download that never came to its end: only the digest that lies beside it tells.
#[test]
fn a_library_with_a_hole_is_told_so_by_its_digest() {
    let record = format!("{LIBRARY}.sha256");
    let holed = with_library(|bytes| {
        let length = bytes.len();
        bytes[length / 3..length / 2].fill(0);
    });
    fs::copy(built::resources().join(&record), holed.path().join(&record)).unwrap();
    assert_said(&holed, &[LIBRARY, "damaged", &record]);
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_library_for_another_machine_is_told_so() {
    const AARCH64: u8 = 183;
    let other = with_library(|bytes| bytes[18] = AARCH64);
    assert_said(&other, &[LIBRARY, "another kind of processor"]);
}

/// A library as good as any, but not ONNX Runtime: a plugin.
#[test]
#[cfg(target_os = "linux")]
fn a_library_of_something_else_is_told_so() {
    let plugin = fs::read(built::clap()).unwrap();
    let other = with_library(|bytes| *bytes = plugin);
    assert_said(&other, &[LIBRARY]);
}

/// One that says it is an old ONNX Runtime. Left out where there is no C compiler.
#[test]
#[cfg(target_os = "linux")]
fn an_onnx_runtime_that_is_too_old_is_told_so() {
    const SOURCE: &str = "static const char *version(void) { return \"1.17.3\"; }
static const void *api(unsigned wanted) { return 0; }
static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = {api, version};
const void *OrtGetApiBase(void) { return &base; }
";
    let folder = without_runtime();
    let source = folder.path().join("old.c");
    fs::write(&source, SOURCE).unwrap();
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(folder.path().join(LIBRARY))
        .arg(&source)
        .status();
    if !built.is_ok_and(|status| status.success()) {
        eprintln!("LEFT OUT: no C compiler");
        return;
    }
    assert_said(&folder, &[LIBRARY, "1.17.3"]);
}

#[test]
fn with_a_truncated_runtime_it_passes_dry_and_keeps_its_state() {
    let folder = with_library(|bytes| bytes.truncate(bytes.len() / 2));
    passes_dry(
        "runtime::with_a_truncated_runtime_it_passes_dry_and_keeps_its_state",
        folder.path(),
    );
}
