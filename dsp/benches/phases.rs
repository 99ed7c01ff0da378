//! What each phase method costs, for a stride of four frames of one channel: `cargo bench -p netbend-dsp --bench phases`.

#![allow(clippy::unwrap_used)] // A program; sizes are fixed.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use netbend_dsp::phase::{PhaseMethod, PhaseSettings, PhaseStage};
use netbend_dsp::signal::drum_loop;
use netbend_dsp::spectrogram::analyze;
use netbend_dsp::{Complex, StftGeometry};

const RATE: f32 = 44_100.0;
const STRIDE: usize = 4;
/// Where in the loop the frames are, and how many: behind the first stroke.
const FRAMES: std::ops::Range<usize> = 20..84;

fn main() {
    divan::main();
}

#[divan::bench]
fn input(bencher: Bencher<'_, '_>) {
    method(bencher, PhaseMethod::Input, 0, 1);
}

/// Nothing bent: what choosing costs.
#[divan::bench]
fn auto_unbent(bencher: Bencher<'_, '_>) {
    method(bencher, PhaseMethod::Auto, 4, 1);
}

#[divan::bench]
fn rtpghi(bencher: Bencher<'_, '_>) {
    method(bencher, PhaseMethod::Rtpghi, 0, 1);
}

#[divan::bench]
fn vocoder(bencher: Bencher<'_, '_>) {
    method(bencher, PhaseMethod::Vocoder, 0, 1);
}

/// Iterations and frames of look-ahead.
#[divan::bench(args = [(1, 1), (4, 0), (4, 1), (4, 3), (16, 1)])]
fn griffin_lim(bencher: Bencher<'_, '_>, (iterations, look_ahead): (usize, usize)) {
    method(bencher, PhaseMethod::GriffinLim, iterations, look_ahead);
}

fn method(bencher: Bencher<'_, '_>, method: PhaseMethod, iterations: usize, look_ahead: usize) {
    let geometry = StftGeometry::for_sample_rate(RATE).unwrap();
    let spectra = analyze(&drum_loop(RATE, 1.0, 3), geometry).unwrap();
    let frames: Vec<Vec<Complex<f32>>> = FRAMES.map(|n| spectra.row(n).to_vec()).collect();
    let magnitudes: Vec<Vec<f32>> = frames
        .iter()
        .map(|frame| frame.iter().map(|x| x.norm()).collect())
        .collect();
    let settings = PhaseSettings {
        method,
        iterations,
        look_ahead,
    };
    let mut stage = PhaseStage::new(geometry, STRIDE).unwrap();
    let mut out = vec![Complex::default(); geometry.bins()];
    let mut next = 0;
    bencher.counter(ItemsCount::new(STRIDE)).bench_local(|| {
        for _ in 0..STRIDE {
            stage.push(black_box(&frames[next]), &magnitudes[next], settings);
            next = (next + 1) % frames.len();
        }
        while stage.pop(black_box(&mut out)) {}
    });
}
