//! `netbend render --sidechain`.

use std::ffi::OsStr;

use netbend_tests::built;
use netbend_tests::measure;

use crate::netbend::{Workbench, run, said};

const BEND: [&str; 4] = ["--set", "slot_on_1=on", "--set", "slot_layer_1=2"];

#[test]
fn a_sidechain_is_heard_in_place_of_the_input_and_silent_beyond_its_end() {
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 2);
    let plain = bench.render(&path, &BEND);
    let beside =
        |sidechain: &str| bench.render(&path, &[&BEND[..], &["--sidechain", sidechain]].concat());
    assert!(measure::null_db(&input, &plain) > -40.0);
    assert!(beside(path.to_str().unwrap()) == plain);

    let mut half = input.clone();
    half.channels
        .iter_mut()
        .for_each(|channel| channel.truncate(10_000));
    let short = bench.path("short.wav");
    half.write_wav(&short).unwrap();
    let heard = beside(short.to_str().unwrap());
    assert_eq!(heard.samples(), input.samples());
    // A frame later nothing is heard of it but the window of the last 0.7 s.
    let (end, past) = (9_000, 10_000 + 34_000 + 64 * 256);
    let part = |audio: &netbend_tests::audio::Audio, from: usize| audio.clone().skip(from);
    assert!(measure::null_db(&part(&input, past), &part(&heard, past)) <= -100.0);
    assert!(measure::first_difference(&input, &heard, 1e-3).unwrap() < end);
}

#[test]
fn a_sidechain_of_another_rate_is_refused_with_both_rates() {
    let bench = Workbench::new();
    let (path, _) = bench.drums(48_000, 2);
    let (other, _) = bench.drums(44_100, 1);
    let output = bench.path("output.wav");
    let ran = run(
        [
            OsStr::new("render"),
            path.as_os_str(),
            output.as_os_str(),
            OsStr::new("--sidechain"),
            other.as_os_str(),
        ],
        &built::resources(),
    );
    let said = said(&ran);
    assert!(!ran.status.success());
    assert!(said.contains("44100") && said.contains("48000"), "{said}");
}

#[test]
fn who_turns_the_sidechain_on_without_one_is_told_that_it_is_silent() {
    let bench = Workbench::new();
    let (path, _) = bench.drums(48_000, 2);
    let output = bench.path("output.wav");
    let said_with = |set: &str| {
        let ran = run(
            [
                OsStr::new("render"),
                path.as_os_str(),
                output.as_os_str(),
                OsStr::new("--set"),
                OsStr::new(set),
            ],
            &built::resources(),
        );
        assert!(ran.status.success());
        said(&ran)
    };
    assert!(said_with("sidechain=on").contains("--sidechain FILE"));
    assert!(!said_with("sidechain=off").contains("sidechain"));
}
