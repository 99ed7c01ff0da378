//! Methods switched while sound goes on: no click, no hole.

use netbend_dsp::phase::PhaseMethod;
use netbend_dsp::spectrogram::{analyze, synthesize};
use netbend_dsp::{StftGeometry, signal};

use crate::support::*;

const METHODS: [PhaseMethod; 4] = [
    PhaseMethod::Input,
    PhaseMethod::GriffinLim,
    PhaseMethod::Rtpghi,
    PhaseMethod::Vocoder,
];
/// Frames between two switches.
const FRAMES: usize = 24;

/// The largest step between two samples.
fn largest_step(signal: &[f32]) -> f32 {
    signal
        .windows(2)
        .map(|w| (w[1] - w[0]).abs())
        .fold(0.0, f32::max)
}

/// Powers of stretches of one frame, half a frame apart.
fn powers(signal: &[f32], geometry: StftGeometry) -> Vec<f64> {
    let starts = (0..signal.len().saturating_sub(geometry.fft_size)).step_by(geometry.fft_size / 2);
    starts
        .map(|n| {
            signal[n..n + geometry.fft_size]
                .iter()
                .map(|&x| f64::from(x * x))
                .sum()
        })
        .collect()
}

/// By how much `signal` falls below `reference` at worst, in dB, where that is within 30 dB of its loudest.
fn deepest_dip_db(reference: &[f32], signal: &[f32], geometry: StftGeometry) -> f64 {
    let (reference, signal) = (powers(reference, geometry), powers(signal, geometry));
    let loudest = reference.iter().copied().fold(0.0, f64::max);
    let both = reference
        .iter()
        .zip(&signal)
        .filter(|(r, _)| **r > 1e-3 * loudest);
    both.map(|(r, s)| 10.0 * (s / r).log10())
        .fold(0.0, f64::min)
}

#[test]
fn switching_makes_no_click_and_no_hole() {
    let geometry = GEOMETRIES[0];
    for (name, input) in [
        ("sine", signal::sine(RATE, 3.0, 447.0, 0.5)),
        ("tonal", signal::tonal(RATE, 3.0, 5)),
        ("mix", signal::mix(RATE, 3.0, 5)),
    ] {
        let spectra = analyze(&input, geometry).unwrap();
        let sound = |spectra: &Spectra| synthesize(spectra, geometry, input.len()).unwrap();
        for (n, first) in METHODS.into_iter().enumerate() {
            for second in METHODS.into_iter().skip(n + 1) {
                let fixed =
                    [first, second].map(|method| sound(&stream(&spectra, geometry, method, 4)));
                let switched = sound(&stream_switching(&spectra, geometry, 4, |frame| {
                    [first, second][frame / FRAMES % 2]
                }));
                let dip = |x: &[f32]| deepest_dip_db(&input, x, geometry);
                let static_dip = fixed.iter().map(|x| dip(x)).fold(0.0, f64::min);
                let static_step = fixed.iter().map(|x| largest_step(x)).fold(0.0, f32::max);
                let step = largest_step(&switched) / static_step;
                println!(
                    "{name}, {first:?} and {second:?}: step {step:.2} of the static one, dip {:.1} dB, static {static_dip:.1} dB",
                    dip(&switched)
                );
                assert!(step < 1.2, "{name}, {first:?} and {second:?}");
                assert!(
                    dip(&switched) > static_dip - 1.0,
                    "{name}, {first:?} and {second:?}"
                );
            }
        }
    }
}
