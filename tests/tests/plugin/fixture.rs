//! What the tests start from.

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::built;
use netbend_tests::host::{Automation, Blocks, Bundle, Plugin};

/// The seed of the drum loop that most tests play.
const SEED: u64 = 3;

/// A fresh instance of the built plugin, told to take its time.
pub fn plugin() -> Plugin {
    let bundle = Bundle::open(&built::clap()).unwrap();
    let mut plugin = bundle.create(built::CLAP_ID).unwrap();
    plugin.set_offline(true).unwrap();
    plugin
}

/// The same, with one bend in slot 1 and the settings as one would type them.
pub fn bending(settings: &[(&str, &str)]) -> Plugin {
    let mut plugin = plugin();
    plugin.set_text("slot_on_1", "On").unwrap();
    for (param, text) in settings {
        plugin.set_text(param, text).unwrap();
    }
    plugin
}

/// The start of a drum loop that peaks at −3 dBFS.
pub fn drums(sample_rate: u32, channels: usize, seconds: f32) -> Audio {
    drums_of(SEED, sample_rate, channels, seconds)
}

/// The same of the loop with another seed: another tempo, kit and pattern.
pub fn drums_of(seed: u64, sample_rate: u32, channels: usize, seconds: f32) -> Audio {
    let loop_ = drum_loop_stereo(sample_rate as f32, seconds, seed);
    Audio {
        sample_rate,
        channels: loop_[..channels].to_vec(),
    }
}

/// Plays a sound in blocks of 512 without automation.
pub fn play(plugin: &mut Plugin, input: &Audio) -> Audio {
    plugin
        .render(input, Blocks::Fixed(512), &Automation::default())
        .unwrap()
}

/// A fresh instance with one bend plays a sound in blocks of 512 while slot 1's amount starts at `amount` and
/// follows `automation`.
pub fn play_automated(
    settings: &[(&str, &str)],
    amount: f64,
    automation: &Automation,
    input: &Audio,
) -> Audio {
    let mut plugin = bending(settings);
    plugin.set("slot_amount_1", amount).unwrap();
    plugin
        .render(input, Blocks::Fixed(512), automation)
        .unwrap()
}
