//! What the tests start from.

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::measure;
use netbend_tests::vst3::{Bundle, Play, Plugin};
use netbend_tests::{built, vst3};

/// The rate at which nothing depends on the rate.
pub const RATE: u32 = 48_000;

/// The seed of the drum loop that the tests play.
const SEED: u64 = 3;

/// A bend that nobody overhears.
pub const BEND: [(&str, &str); 3] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Ablate"),
];

/// How far below its input what [`BEND`] changes is at most, in dB.
const BENT_DB: f64 = -40.0;

/// A fresh instance of the built plugin.
pub fn plugin() -> Plugin {
    Bundle::open(&built::vst3()).unwrap().create().unwrap()
}

/// The same with [`BEND`] and further settings as one would type them.
pub fn bending(settings: &[(&str, &str)]) -> Plugin {
    let mut plugin = plugin();
    for (param, text) in BEND.iter().chain(settings) {
        plugin.set_text(param, text).unwrap();
    }
    plugin
}

/// The start of a drum loop that peaks at −3 dBFS.
pub fn drums(channels: usize, seconds: f32) -> Audio {
    let loop_ = drum_loop_stereo(RATE as f32, seconds, SEED);
    Audio {
        sample_rate: RATE,
        channels: loop_[..channels].to_vec(),
    }
}

/// What a fresh instance with [`BEND`] makes of a sound, taking its time.
pub fn bent(input: &Audio) -> Audio {
    bending(&[]).play(input, &Play::default()).unwrap()
}

/// Asserts that a sound is not what went in.
pub fn assert_bent(input: &Audio, output: &Audio, what: &str) {
    assert!(measure::is_finite(output), "{what}: not finite");
    let null_db = measure::null_db(input, output);
    assert!(null_db > BENT_DB, "{what}: dry, {null_db:.1} dB");
}

/// Asserts that two sounds are the same, bit for bit.
pub fn assert_same(a: &Audio, b: &Audio, what: &str) {
    assert_eq!(a.samples(), b.samples(), "{what}");
    let difference = measure::first_difference(a, b, 0.0);
    // Not-a-number is unlike itself, which `first_difference` does not see.
    assert!(
        a == b,
        "{what}: they differ from sample {difference:?} on, {:.1} dB",
        measure::null_db(a, b)
    );
}

/// A set-up and active instance with [`BEND`], for blocks of up to `longest` samples.
pub fn ready(mode: vst3::Mode, channels: usize, longest: usize) -> Plugin {
    let mut plugin = bending(&[]);
    plugin.arrange(channels, channels).unwrap();
    plugin.set_up(mode, f64::from(RATE), longest).unwrap();
    plugin.activate().unwrap();
    plugin
}
