//! Spectra in decibels agree with those the network was trained on (`fixtures/decibels.json`,
//! computed in float64 by `python -m netbend_training.fixture` in `models/training`).

use std::f64::consts::TAU;

use netbend_dsp::{Analyzer, Complex, StftGeometry, decibel};
use serde::Deserialize;

/// Values above the first are compared to within the second, in dB: float32 transforms carry
/// rounding noise near −170 dB, which is a thousandth of a decibel at −90 dB and grows below.
const TOLERANCES_DB: [(f64, f64); 2] = [(-80.0, 1e-3), (-100.0, 1e-2)];

#[derive(Deserialize)]
struct Fixture {
    sample_rate: f32,
    samples: usize,
    fft_size: usize,
    hop: usize,
    partials: Vec<Partial>,
    first_samples: Vec<f64>,
    full_frames: Vec<Frame>,
    points: Vec<Point>,
}

#[derive(Deserialize)]
struct Partial {
    amplitude: f64,
    frequency_hz: f64,
    phase_radians: f64,
    decay_samples: f64,
}

/// A frame that starts at sample `frame · hop`.
#[derive(Deserialize)]
struct Frame {
    frame: usize,
    decibels: Vec<f64>,
}

#[derive(Deserialize)]
struct Point {
    frame: usize,
    bin: usize,
    decibels: f64,
}

impl Fixture {
    fn signal(&self) -> Vec<f64> {
        let rate = f64::from(self.sample_rate);
        let partial = |p: &Partial, n: f64| {
            let phase = TAU * p.frequency_hz * n / rate + p.phase_radians;
            p.amplitude * (-n / p.decay_samples).exp() * phase.sin()
        };
        (0..self.samples)
            .map(|n| self.partials.iter().map(|p| partial(p, n as f64)).sum())
            .collect()
    }
}

#[test]
fn decibels_are_those_of_the_training_side() {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/decibels.json")).unwrap();
    let geometry = StftGeometry::for_sample_rate(fixture.sample_rate).unwrap();
    assert_eq!(
        (geometry.fft_size, geometry.hop_samples),
        (fixture.fft_size, fixture.hop)
    );

    let signal = fixture.signal();
    for (sample, expected) in signal.iter().zip(&fixture.first_samples) {
        assert!((sample - expected).abs() < 1e-12);
    }
    let mut analyzer = Analyzer::new(geometry).unwrap();
    let mut spectrum = vec![Complex::default(); geometry.bins()];
    let mut frames: Vec<Vec<f32>> = Vec::new();
    for hop in signal.chunks_exact(fixture.hop) {
        let hop: Vec<f32> = hop.iter().map(|&x| x as f32).collect();
        analyzer.write(&hop);
        analyzer.analyze(&mut spectrum);
        frames.push(
            spectrum
                .iter()
                .map(|x| decibel::amplitude_to_db(x.norm()))
                .collect(),
        );
    }

    // Our first whole frame, where theirs begin, is the one that ends after fft_size samples.
    let first_whole = geometry.overlap() - 1;
    let mut compared = [0; 2];
    let mut worst_db = [0.0_f64; 2];
    let mut compare = |frame: usize, bin: usize, expected: f64| {
        let found = f64::from(frames[frame + first_whole][bin]);
        match TOLERANCES_DB
            .iter()
            .position(|(above, _)| expected > *above)
        {
            Some(range) => {
                compared[range] += 1;
                worst_db[range] = worst_db[range].max((found - expected).abs());
            }
            None => assert!(found < -99.0, "{found} dB where {expected} dB was expected"),
        }
    };
    for frame in &fixture.full_frames {
        assert_eq!(frame.decibels.len(), geometry.bins());
        for (bin, &expected) in frame.decibels.iter().enumerate() {
            compare(frame.frame, bin, expected);
        }
    }
    for point in &fixture.points {
        compare(point.frame, point.bin, point.decibels);
    }
    println!("{compared:?} values, worst differences {worst_db:.6?} dB");
    for ((_, tolerance), (compared, worst)) in
        TOLERANCES_DB.iter().zip(compared.iter().zip(worst_db))
    {
        assert!(
            *compared > 20 && worst < *tolerance,
            "{compared} values, worst {worst} dB"
        );
    }
}
