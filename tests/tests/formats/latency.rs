//! The latency that either format reports is the one that is documented and the one that is measured.

use netbend_dsp::signal::noise;
use netbend_tests::bus::Bus;
use netbend_tests::callbacks::{Call, Callable};
use netbend_tests::{alone, host, measure, vst3};

/// Rates, and the samples of a frame at each.
const RATES: [(f64, usize); 3] = [(44_100.0, 1_024), (48_000.0, 1_024), (96_000.0, 2_048)];
/// Modes, and how many frames of latency they have beside the window.
const MODES: [(&str, usize); 4] = [
    ("Direct", 2 * 2),
    ("Live", 2 * 4),
    ("Tight", 2 * 16),
    ("Studio", 2 * 64 + 16),
];
const BLOCK: usize = 512;
/// Samples that are compared with those that went in.
const COMPARED: usize = 12_000;
/// How far around the reported latency is searched, in samples.
const SEARCH: usize = 1_500;

/// Plays noise through the network's path, with nothing bent, and finds out how much later it comes out.
fn reported_is_measured<P: Callable>() {
    let mut plugin = P::open().unwrap();
    for (mode, frames) in MODES {
        plugin.set_text("latency", mode).unwrap();
        for (rate, frame_samples) in RATES {
            plugin.begin(rate, BLOCK, true).unwrap();
            let reported = plugin.latency_samples().unwrap();
            let said = format!("{}, {mode} at {rate} Hz", P::FORMAT);
            assert_eq!(
                reported,
                frame_samples + frames * frame_samples / 4,
                "{said}"
            );

            let total = COMPARED + reported + SEARCH + BLOCK;
            let mut input = noise(rate as f32, 1.0 + total as f32 / rate as f32, 0.3, 9);
            input.truncate(total);
            let (mut left, mut right) = (input.clone(), input.clone());
            let blocks = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
            for (left, right) in blocks {
                let mut copies = [left.to_vec(), right.to_vec()];
                let [first, second] = &mut copies;
                plugin
                    .call(Call {
                        samples: left.len(),
                        inputs: vec![Bus::of([&mut first[..], &mut second[..]]), Bus::empty()],
                        outputs: vec![Bus::of([left, right])],
                        changes: &[],
                        offline: true,
                    })
                    .unwrap();
            }
            let around = reported - SEARCH..=reported + SEARCH;
            let measured = measure::delay(&input[..COMPARED], &left, around);
            assert_eq!(measured, reported, "{said}");
        }
    }
}

#[test]
fn a_claps_latency_is_the_one_it_reports() {
    alone::apart(
        "latency::a_claps_latency_is_the_one_it_reports",
        reported_is_measured::<host::Plugin>,
    );
}

#[test]
fn a_vst3s_latency_is_the_one_it_reports() {
    alone::apart(
        "latency::a_vst3s_latency_is_the_one_it_reports",
        reported_is_measured::<vst3::Plugin>,
    );
}
