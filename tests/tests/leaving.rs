//! A host that closes the built plugin waits no longer than is promised, may unload it, and may end at once: while the model loads, while it bends,
//! and while a model loads that takes very long.

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

use std::process::Command;
use std::time::{Duration, Instant};

use kit::slow_model;
use netbend_tests::bus::Bus;
use netbend_tests::callbacks::{Call, Callable};
use netbend_tests::state::State;
use netbend_tests::{host, vst3};
use prost::Message as _;

/// What is promised.
const PROMISED: Duration = Duration::from_millis(250);
/// `NETBEND_LEAVING=100` tries more.
const ROUNDS: usize = 6;
const CHILD: &str = "NETBEND_TEST_LEAVING";

fn rounds() -> u32 {
    let more = std::env::var("NETBEND_LEAVING").ok();
    more.and_then(|more| more.parse().ok())
        .unwrap_or(ROUNDS as u32)
}

/// Lets go of an instance, and with it of the library, a little later in each round.
fn leave<P: Callable>(what: &str, rounds: u32, span: Duration, mut begin: impl FnMut() -> P) {
    let mut taken: Vec<_> = (0..rounds)
        .map(|round| {
            let plugin = begin();
            std::thread::sleep(span * round / rounds);
            let begun = Instant::now();
            drop(plugin);
            begun.elapsed()
        })
        .collect();
    taken.sort();
    let (half, worst) = (taken[taken.len() / 2], taken[taken.len() - 1]);
    println!(
        "{} {what}: {rounds} times, half below {half:?}, worst {worst:?}",
        P::FORMAT
    );
    assert!(worst <= PROMISED, "{} {what}: {worst:?}", P::FORMAT);
}

/// An instance that has been played a little, in real time.
fn playing<P: Callable>() -> P {
    let mut plugin = P::open().unwrap();
    for (id, text) in [("slot_on_1", "On"), ("latency", "Live")] {
        plugin.set_text(id, text).unwrap();
    }
    plugin.begin(48_000.0, 512, false).unwrap();
    for block in 0..60 {
        let mut sound = [0, 1].map(|n| vec![0.1 * ((block + n) % 7) as f32; 512]);
        let mut out = [vec![0.0; 512], vec![0.0; 512]];
        let [left, right] = &mut sound;
        let [left_out, right_out] = &mut out;
        plugin
            .call(Call {
                samples: 512,
                inputs: vec![Bus::of([&mut left[..], &mut right[..]]), Bus::empty()],
                outputs: vec![Bus::of([&mut left_out[..], &mut right_out[..]])],
                changes: &[],
                notes: &[],
                offline: false,
            })
            .unwrap();
        if block % 10 == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    plugin
}

/// An instance that begins to load the slow model.
fn loading_slowly<P: Callable>() -> P {
    let mut plugin = P::open().unwrap();
    let mut state = State::parse(&plugin.save().unwrap()).unwrap();
    state.json["fields"]["model"] = "\"slow\"".into();
    plugin.load(&state.bytes()).unwrap();
    plugin.begin(48_000.0, 512, false).unwrap();
    plugin
}

/// An instance that begins to load the model that ships: plugins do so when they are activated.
fn loading<P: Callable>() -> P {
    let mut plugin = P::open().unwrap();
    plugin.begin(48_000.0, 512, false).unwrap();
    plugin
}

fn leaves<P: Callable>() {
    leave(
        "loading",
        rounds(),
        Duration::from_millis(700),
        loading::<P>,
    );
    leave("playing", rounds(), Duration::from_millis(20), playing::<P>);
    leave(
        "loading slowly",
        3,
        Duration::from_secs(2),
        loading_slowly::<P>,
    );
    // The process ends at once, while what was left is still at work.
}

/// Runs the test called `name` in a process of its own, which must end well, too.
fn in_a_process_that_ends_well(name: &str, body: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some() {
        return body();
    }
    let data = tempfile::tempdir().unwrap();
    let models = data.path().join("netbend/models");
    std::fs::create_dir_all(&models).unwrap();
    let slow = slow_model::to_load(3_072, 1).encode_to_vec();
    std::fs::write(models.join("slow.onnx"), slow).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, name)
        .env("XDG_DATA_HOME", data.path())
        .env("APPDATA", data.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}: {said}\n{warned}",
        output.status
    );
}

#[test]
fn a_clap_leaves_in_time() {
    in_a_process_that_ends_well("a_clap_leaves_in_time", leaves::<host::Plugin>);
}

#[test]
fn a_vst3_leaves_in_time() {
    in_a_process_that_ends_well("a_vst3_leaves_in_time", leaves::<vst3::Plugin>);
}
