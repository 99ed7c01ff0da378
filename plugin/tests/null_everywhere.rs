//! With nothing bent, the processor is a delay: at every rate, in every mode, whatever the encoder hears.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend::offline::{Controls, LatencyMode, StereoMode};
use netbend_dsp::phase::PhaseMethod;
use netbend_dsp::signal::{drum_loop_stereo, noise};
use netbend_dsp::spectrogram::analyze;
use netbend_dsp::{Complex, StftGeometry};
use std::slice::from_ref;
use support::RATE;
use support::sound::null_db;
use support::stream::{Streams, bent, bounce};

/// What two transforms and 32-bit floats leave of a null.
const NULL_DB: f64 = -120.0;
const RATES: [f32; 10] = [
    8_000.0, 11_025.0, 16_000.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0,
    192_000.0,
];
const SECONDS: f32 = 0.6;

/// Everything the encoder can hear, with both methods that keep the input's phases.
fn settings() -> Vec<Controls> {
    let mut all = Vec::new();
    for method in [PhaseMethod::Input, PhaseMethod::Auto] {
        for (stereo, sidechain) in [
            (StereoMode::Linked, false),
            (StereoMode::Dual, false),
            (StereoMode::Linked, true),
        ] {
            let mut controls = Controls {
                stereo,
                sidechain,
                ..Controls::default()
            };
            controls.phase.method = method;
            all.push(controls);
        }
    }
    all
}

#[test]
fn unbent_sound_nulls_at_every_rate_in_every_mode_while_what_is_heard_changes() {
    let streams = Streams::new();
    let settings = settings();
    let mut worst = f64::NEG_INFINITY;
    for rate in RATES {
        let input = drum_loop_stereo(rate, SECONDS, 3);
        let beside = vec![noise(rate, SECONDS, 0.5, 9); 2];
        // Every setting for a tenth of the sound, at borders that are on no grid.
        let part = input[0].len() / 10 + 1;
        for channels in [1, 2] {
            for mode in LatencyMode::ALL {
                let mut processor = streams.open(rate, channels, mode);
                let heard = bounce(
                    &mut processor,
                    &input[..channels],
                    &beside[..channels],
                    |sample| settings[sample / part % settings.len()],
                );
                for (channel, heard) in heard.iter().enumerate() {
                    let null = null_db(&input[channel], heard);
                    assert!(
                        null <= NULL_DB,
                        "{rate} Hz, {channels} channels, {mode:?}: {null:.1} dB"
                    );
                    worst = worst.max(null);
                }
            }
        }
    }
    println!("worst: {worst:.1} dB");
}

#[test]
fn each_setting_nulls_by_itself() {
    let streams = Streams::new();
    let input = drum_loop_stereo(RATE, SECONDS, 3);
    let beside = vec![noise(RATE, SECONDS, 0.5, 9); 2];
    for mode in LatencyMode::ALL {
        let mut processor = streams.open(RATE, 2, mode);
        for controls in settings() {
            for mix in [1.0, 0.5] {
                let controls = Controls { mix, ..controls };
                let heard = bounce(&mut processor, &input, &beside, |_| controls);
                for (input, heard) in input.iter().zip(&heard) {
                    let null = null_db(input, heard);
                    assert!(null <= NULL_DB, "{mode:?}, {controls:?}: {null:.1} dB");
                }
            }
        }
    }
}

/// What the network does not know above its own band follows its topmost bins, evenly.
#[test]
fn above_the_networks_band_the_gain_goes_on_as_it_ended() {
    /// Bins of the shipped model, the highest its encoder sees, and the top band's.
    const NETWORK_BINS: usize = 513;
    const TOP: std::ops::RangeInclusive<usize> = 505..=508;
    /// Bins that are looked at as one.
    const BAND: usize = 64;
    let streams = Streams::new();
    for rate in [96_000.0, 192_000.0] {
        let geometry = StftGeometry::for_sample_rate(rate).unwrap();
        let input = noise(rate, 2.0, 0.2, 6);
        let mut processor = streams.open(rate, 1, LatencyMode::Tight);
        let heard = bounce(&mut processor, from_ref(&input), &[], |_| bent(0.0));
        let [before, after] = [&input, &heard[0]].map(|sound| -> Vec<_> {
            let spectra = analyze(sound, geometry).unwrap();
            spectra.iter().copied().collect()
        });
        let power = |spectra: &[Complex<f32>], bins: &std::ops::Range<usize>| -> f64 {
            // The first frames begin with silence.
            let frames = spectra.chunks_exact(geometry.bins()).skip(130);
            let bins = frames.flat_map(|frame| &frame[bins.clone()]);
            bins.map(|x| f64::from(x.norm_sqr())).sum()
        };
        let gain_db = |bins: std::ops::Range<usize>| {
            10.0 * (power(&after, &bins) / power(&before, &bins)).log10()
        };
        let top_db = gain_db(*TOP.start()..*TOP.end() + 1);
        let mut last_db = top_db;
        for start in (NETWORK_BINS..geometry.bins() - BAND).step_by(BAND) {
            let band_db = gain_db(start..start + BAND);
            println!("{rate} Hz, from bin {start}: {band_db:+.2} dB, top band {top_db:+.2} dB");
            assert!((band_db - top_db).abs() < 1.0, "{rate} Hz, bin {start}");
            assert!((band_db - last_db).abs() < 1.0, "{rate} Hz, bin {start}");
            last_db = band_db;
        }
        assert!(
            top_db.abs() > 0.5,
            "the top band is not bent: {top_db:.2} dB"
        );
    }
}
