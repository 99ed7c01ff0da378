//! The reported latency is the real one, to the sample.

use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};
use netbend_tests::measure;

use crate::fixture;

const RATES: [u32; 5] = [44_100, 48_000, 88_200, 96_000, 192_000];

/// The mode's name and the frames of its latency: it collects a stride, computes a stride, and Studio holds 16 frames back for the next
/// window.
const MODES: [(&str, usize); 4] = [
    ("Direct", 2 * 2),
    ("Live", 2 * 4),
    ("Tight", 2 * 16),
    ("Studio", 2 * 64 + 16),
];

/// How far around the reported latency the cross-correlation looks, in samples.
const SEARCH: usize = 1_500;

/// Window + frames of the mode.
fn expected(sample_rate: u32, latency_frames: usize) -> usize {
    let fft_samples = match sample_rate {
        ..64_000 => 1_024,
        64_000..128_000 => 2_048,
        _ => 4_096,
    };
    fft_samples + latency_frames * fft_samples / 4
}

#[test]
fn every_mode_reports_the_documented_latency_at_every_rate() {
    let mut plugin = fixture::plugin();
    for (mode, latency_frames) in MODES {
        plugin.set_text("latency", mode).unwrap();
        for rate in RATES {
            plugin.activate(f64::from(rate), 512).unwrap();
            let reported = plugin.latency().unwrap();
            assert_eq!(
                reported,
                expected(rate, latency_frames),
                "{mode} at {rate} Hz"
            );
        }
    }
}

#[test]
fn a_bypassed_impulse_comes_out_whole_after_the_reported_latency() {
    const AT: usize = 1_234;
    let mut plugin = fixture::plugin();
    plugin.set_text("bypass", "On").unwrap();
    for (mode, _) in MODES {
        plugin.set_text("latency", mode).unwrap();
        for rate in RATES {
            let mut impulse = Audio::silence(rate, 2, 4_000);
            impulse
                .channels
                .iter_mut()
                .for_each(|channel| channel[AT] = 0.5);
            let output = fixture::play(&mut plugin, &impulse);
            assert_eq!(output, impulse, "{mode} at {rate} Hz");
        }
    }
}

#[test]
fn an_unbent_loop_comes_out_after_the_reported_latency() {
    let mut plugin = fixture::plugin();
    for (mode, _) in MODES {
        plugin.set_text("latency", mode).unwrap();
        for rate in RATES {
            let input = fixture::drums(rate, 1, 1.0);
            let (output, reported) = plugin
                .render_with_latency(&input, Blocks::Fixed(512), &Automation::default())
                .unwrap();
            let around = reported - SEARCH..=(reported + SEARCH).min(output.samples() - 1);
            let measured = measure::delay(&input.channels[0], &output.channels[0], around);
            assert_eq!(measured, reported, "{mode} at {rate} Hz");
        }
    }
}

#[test]
fn a_changed_mode_takes_effect_by_a_restart_while_playing() {
    let mut plugin = fixture::plugin();
    plugin.set_channels(1).unwrap();
    plugin.activate(48_000.0, 512).unwrap();
    let tight = plugin.latency().unwrap();
    plugin.set_text("latency", "Live").unwrap();
    let mut output = [0.0; 512];
    plugin
        .process(&[&[0.0; 512]], &mut [&mut output], &[])
        .unwrap();
    plugin.pump().unwrap();
    assert_eq!(
        (tight, plugin.latency().unwrap()),
        (expected(48_000, 2 * 16), expected(48_000, 2 * 4))
    );
}
