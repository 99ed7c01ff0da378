//! What the parts cost that every frame passes, a frame or a hop at a time: `cargo bench -p netbend-dsp --bench frames`.

#![allow(clippy::unwrap_used)] // A program; sizes are fixed.

use divan::{Bencher, black_box};
use netbend_dsp::decibel::row_to_db;
use netbend_dsp::seam::{SeamJoiner, Steadiness, StrideComb};
use netbend_dsp::signal::noise;
use netbend_dsp::transient::TransientLock;
use netbend_dsp::voice::{GainLimits, Voice, VoiceShape, difference_db, link_magnitudes};
use netbend_dsp::{Analyzer, Complex, StftGeometry, Synthesizer};

/// Rates of 1024, 2048 and 4096 samples a frame.
const RATES: [f32; 3] = [44_100.0, 96_000.0, 192_000.0];
/// Bins of the shipped model, and the highest that its encoder sees.
const BINS: usize = 513;
const TOP_SEEN_BIN: usize = 508;
/// Frames that a stride's pattern is learnt over.
const MEMORY_FRAMES: usize = 512;

fn main() {
    divan::main();
}

fn geometry(rate: f32) -> StftGeometry {
    StftGeometry::for_sample_rate(rate).unwrap()
}

/// A frame of noise.
fn spectrum(geometry: StftGeometry) -> Vec<Complex<f32>> {
    let mut analyzer = Analyzer::new(geometry).unwrap();
    let samples = noise(geometry.sample_rate, 0.2, 0.5, 1);
    for hop in samples.chunks(geometry.hop_samples).take(8) {
        analyzer.write(hop);
    }
    let mut spectrum = vec![Complex::default(); geometry.bins()];
    analyzer.analyze(&mut spectrum);
    spectrum
}

/// Decibels of some shape.
fn row_db() -> Vec<f32> {
    (0..BINS)
        .map(|bin| (bin as f32 * 0.37).sin() * 20.0 - 30.0)
        .collect()
}

#[divan::bench(args = RATES)]
fn stft(bencher: Bencher<'_, '_>, rate: f32) {
    let geometry = geometry(rate);
    let mut analyzer = Analyzer::new(geometry).unwrap();
    let samples = noise(rate, 0.1, 0.5, 1);
    let mut spectrum = vec![Complex::default(); geometry.bins()];
    bencher.bench_local(|| {
        analyzer.write(black_box(&samples[..geometry.hop_samples]));
        analyzer.analyze(black_box(&mut spectrum));
    });
}

#[divan::bench(args = RATES)]
fn istft(bencher: Bencher<'_, '_>, rate: f32) {
    let geometry = geometry(rate);
    let mut synthesizer = Synthesizer::new(geometry).unwrap();
    let spectrum = spectrum(geometry);
    let mut hop = vec![0.0; geometry.hop_samples];
    bencher.bench_local(|| synthesizer.add(black_box(&spectrum), black_box(&mut hop)));
}

#[divan::bench]
fn linked_magnitudes(bencher: Bencher<'_, '_>) {
    let spectrum = spectrum(geometry(RATES[0]));
    let mut mid = vec![0.0; spectrum.len()];
    bencher.bench_local(|| link_magnitudes(black_box(&spectrum), &spectrum, black_box(&mut mid)));
}

#[divan::bench]
fn decibels(bencher: Bencher<'_, '_>) {
    let amplitudes: Vec<f32> = (1..=BINS).map(|bin| 1.0 / bin as f32).collect();
    let mut row = amplitudes.clone();
    bencher.bench_local(|| {
        row.copy_from_slice(black_box(&amplitudes));
        row_to_db(black_box(&mut row));
    });
}

#[divan::bench]
fn difference(bencher: Bencher<'_, '_>) {
    let (clean, bent, mut gain) = (row_db(), vec![-30.0; BINS], row_db());
    let limits = GainLimits::default();
    bencher.bench_local(|| difference_db(black_box(&clean), &bent, limits, black_box(&mut gain)));
}

/// The gain of a frame, and both channels multiplied by it.
#[divan::bench(args = [0.0, 0.5, 1.0])]
fn voice(bencher: Bencher<'_, '_>, voice_share: f32) {
    shaped_voice(bencher, voice_share, VoiceShape::default());
}

#[divan::bench]
fn smoothed_voice(bencher: Bencher<'_, '_>) {
    let shape = VoiceShape {
        smoothing: 1.0,
        ..VoiceShape::default()
    };
    shaped_voice(bencher, 0.0, shape);
}

fn shaped_voice(bencher: Bencher<'_, '_>, share: f32, shape: VoiceShape) {
    let geometry = geometry(RATES[0]);
    let mut voice = Voice::new(geometry, TOP_SEEN_BIN).unwrap();
    let original = spectrum(geometry);
    let mut channel = original.clone();
    let (gain, model, mid) = (row_db(), row_db(), vec![0.1; geometry.bins()]);
    bencher.bench_local(|| {
        voice.set_frame(black_box(&gain), &model, &mid, share, &shape);
        for _ in 0..2 {
            channel.copy_from_slice(&original);
            voice.apply(black_box(&mut channel));
        }
    });
}

#[divan::bench]
fn seam(bencher: Bencher<'_, '_>) {
    let mut seam = SeamJoiner::new(BINS, 8, 1).unwrap();
    let (gain, mut frame) = (row_db(), row_db());
    bencher.bench_local(|| {
        seam.begin_stride(black_box(&gain));
        seam.apply(black_box(&mut frame));
    });
}

/// A whole stride: what it is asked, its frames and its end.
#[divan::bench(args = [4, 16, 64])]
fn comb_stride(bencher: Bencher<'_, '_>, stride: usize) {
    let mut comb = StrideComb::new(BINS, stride, MEMORY_FRAMES).unwrap();
    let (share, row, mut frame) = (vec![0.5; BINS], row_db(), row_db());
    bencher.bench_local(|| {
        comb.begin_stride(black_box(&share));
        for _ in 0..stride {
            frame.copy_from_slice(&row);
            comb.apply(black_box(&mut frame), true);
        }
        comb.end_stride();
    });
}

/// A frame heard.
#[divan::bench]
fn steadiness_of_frame(bencher: Bencher<'_, '_>) {
    let mut steadiness = Steadiness::new(BINS, MEMORY_FRAMES);
    let row = row_db();
    bencher.bench_local(|| steadiness.push(black_box(&row)));
}

/// What a stride is told.
#[divan::bench]
fn steadiness_shares(bencher: Bencher<'_, '_>) {
    let mut steadiness = Steadiness::new(BINS, MEMORY_FRAMES);
    let mut shares = row_db();
    (0..MEMORY_FRAMES).for_each(|_| steadiness.push(&shares));
    bencher.bench_local(|| steadiness.shares(black_box(&mut shares)));
}

/// 64 samples of two channels.
#[divan::bench]
fn transient_lock(bencher: Bencher<'_, '_>) {
    let geometry = geometry(48_000.0);
    let mut lock = TransientLock::new(geometry, 2, 3 * geometry.fft_size).unwrap();
    let samples = noise(48_000.0, 0.1, 0.5, 1);
    let mut envelope = [0.0; 64];
    bencher.bench_local(|| {
        let heard = black_box(&samples[..64]);
        lock.process([heard, heard], black_box(&mut envelope));
    });
}
