//! A bounce is what was heard, and nothing waits in real time.

use std::time::{Duration, Instant};

use netbend_tests::audio::Audio;
use netbend_tests::host::{self, Automation, Blocks};
use netbend_tests::rendered::rendered;
use netbend_tests::vst3::{Mode, Play, Plugin};
use netbend_tests::{built, measure};

use crate::fixture::{self, BEND, assert_bent, assert_same};

/// What `netbend render` makes of a sound with [`BEND`].
fn bent(input: &Audio) -> Audio {
    let settings = BEND.map(|(param, text)| format!("--set={param}={}", text.to_lowercase()));
    rendered(input, settings).unwrap()
}

/// What the CLAP's bounce is.
fn bounced(input: &Audio) -> Audio {
    let mut plugin = host::Bundle::open(&built::clap())
        .unwrap()
        .create(built::CLAP_ID)
        .unwrap();
    plugin.set_offline(true).unwrap();
    for (param, text) in BEND {
        plugin.set_text(param, text).unwrap();
    }
    plugin
        .render(input, Blocks::Fixed(333), &Automation::default())
        .unwrap()
}

#[test]
fn one_setup_for_offline_is_enough_and_all_three_ways_give_the_same_bits() {
    for channels in [1, 2] {
        let input = fixture::drums(channels, 1.4);
        let output = fixture::bent(&input);
        assert_bent(&input, &output, "set up once");
        assert_same(&bent(&input), &output, "the command line");
        assert_same(&bounced(&input), &output, "the CLAP");
    }
}

#[test]
fn blocks_that_say_offline_are_waited_for_whatever_was_set_up() {
    let input = fixture::drums(2, 1.4);
    let reference = bounced(&input);
    for mode in [Mode::Realtime, Mode::Prefetch] {
        let how = Play {
            mode,
            block_mode: Some(Mode::Offline),
            ..Play::default()
        };
        let output = fixture::bending(&[]).play(&input, &how).unwrap();
        assert_bent(&input, &output, "blocks that say offline");
        assert_same(&reference, &output, &format!("{mode:?}"));
    }
}

/// How much is played in the tests below.
const SECONDS: f32 = 8.0;
/// How many times faster a stream is at least that does not wait for the network.
const FASTER: u32 = 3;

/// Plays in blocks that say `block_mode` while set up for `mode`, as fast as it goes. Returns what came out and how long that took.
fn hurry(plugin: &mut Plugin, input: &Audio, mode: Mode, block_mode: Mode) -> (Audio, Duration) {
    let how = Play {
        mode,
        block_mode: Some(block_mode),
        ..Play::default()
    };
    let start = Instant::now();
    let output = plugin.play(input, &how).unwrap();
    (output, start.elapsed())
}

/// Plays offline, then in real time and far too fast for the network: what does not wait for it comes out dry here
/// and there, and soon.
fn assert_nothing_waits(first: (Mode, Mode), then: (Mode, Mode)) {
    let input = fixture::drums(2, SECONDS);
    let reference = bounced(&input);
    let mut plugin = fixture::bending(&[]);
    let (bounce, waiting) = hurry(&mut plugin, &input, first.0, first.1);
    let (heard, running) = hurry(&mut plugin, &input, then.0, then.1);
    println!("{first:?}: {waiting:?}, {then:?}: {running:?}");
    assert!(measure::is_finite(&heard));
    assert!(
        heard != reference,
        "all of it was waited for, in {running:?}"
    );
    assert_same(&reference, &bounce, "the bounce");
    assert!(running * FASTER < waiting, "{running:?} after {waiting:?}");
    // And back: what real time left undone does not make the next bounce another one.
    let (again, _) = hurry(&mut plugin, &input, first.0, first.1);
    assert_same(&reference, &again, "the next bounce");
}

#[test]
fn real_time_after_a_bounce_does_not_wait() {
    assert_nothing_waits(
        (Mode::Offline, Mode::Offline),
        (Mode::Realtime, Mode::Realtime),
    );
}

#[test]
fn blocks_that_say_real_time_do_not_wait_after_blocks_that_said_offline() {
    assert_nothing_waits(
        (Mode::Realtime, Mode::Offline),
        (Mode::Realtime, Mode::Realtime),
    );
}

/// In one stream, without being set up again.
#[test]
fn a_block_that_says_real_time_does_not_wait_after_one_that_said_offline() {
    let input = fixture::drums(2, SECONDS);
    let mut plugin = fixture::ready(Mode::Realtime, 2, 512);
    let mut time = |block_mode| {
        let how = Play {
            mode: Mode::Realtime,
            block_mode: Some(block_mode),
            ..Play::default()
        };
        let start = Instant::now();
        plugin.stream(&input, &how, input.samples()).unwrap();
        start.elapsed()
    };
    let waiting = time(Mode::Offline);
    let running = time(Mode::Realtime);
    assert!(running * FASTER < waiting, "{running:?} after {waiting:?}");
}
