//! `netbend inspect`.

use std::ffi::OsStr;

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
        "layer",
        "decoder.2.weight",
        "128 × 64 × 3 × 5",
    ] {
        assert!(printed.contains(expected), "no `{expected}` in:\n{printed}");
    }
}
