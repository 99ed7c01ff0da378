//! `netbend inspect`.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use netbend_tests::built;

use crate::netbend::{run, said};

#[test]
fn inspect_prints_the_shipped_models_manifest_and_layers() {
    let output = run([OsStr::new("inspect")], &built::resources());
    assert!(output.status.success(), "{}", said(&output));
    let printed = said(&output);
    for expected in [
        "drums",
        "sha256",
        "FFT 1024",
        "hop 256",
        "runs      with 1, 2 and 3 windows at once",
        "layer",
        "decoder.2.weight",
        "128 × 64 × 3 × 5",
        "layer 2: kernel of the transposed convolution, 128 → 64 features",
    ] {
        assert!(printed.contains(expected), "no `{expected}` in:\n{printed}");
    }
}

#[test]
fn a_template_of_a_sidecar_holds_what_the_graph_says() {
    let arguments = ["inspect", "--template", "drums"].map(OsStr::new);
    let output = run(arguments, &built::resources());
    assert!(output.status.success(), "{}", said(&output));
    let printed = said(&output);
    for expected in [
        "spectrogram: \"spectrogram\"",
        "latent: \"latent_mean\"",
        "decoded: \"decoded\"",
        "fft_size: 1024",
        "# - \"decoder_4\"  # 16 features of 64 × 257",
    ] {
        assert!(printed.contains(expected), "no `{expected}` in:\n{printed}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_accident() {
    let mut child = Command::new(built::command_line())
        .arg("inspect")
        .env("NETBEND_RESOURCES", built::resources())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success(), "nothing was printed");
    assert_eq!(said(&output), "");
}
