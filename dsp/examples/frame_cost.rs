//! Prints what one frame costs: `cargo run --release -p netbend-dsp --example frame_cost`.

use std::hint::black_box;
use std::time::Instant;

use netbend_dsp::phase::{PhaseMethod, PhaseSettings, PhaseStage};
use netbend_dsp::seam::SeamJoiner;
use netbend_dsp::transient::TransientLock;
use netbend_dsp::voice::{Voice, VoiceShape};
use netbend_dsp::{Analyzer, Complex, DspError, StftGeometry, Synthesizer, decibel, signal};

const FRAMES: usize = 1_000;
/// Frames that the phase stage takes at once, as in Live.
const STRIDE: usize = 4;

/// Microseconds per call, the best of five rounds.
fn time(mut work: impl FnMut()) -> f64 {
    let round = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..FRAMES {
            work();
        }
        start.elapsed().as_secs_f64() * 1e6 / FRAMES as f64
    };
    (0..5)
        .map(|_| round(&mut work))
        .fold(f64::INFINITY, f64::min)
}

fn main() -> Result<(), DspError> {
    for rate in [44_100.0, 96_000.0, 192_000.0] {
        let geometry = StftGeometry::for_sample_rate(rate)?;
        let bins = geometry.bins();
        let input = signal::noise(rate, 0.1, 0.5, 1);
        let mut analyzer = Analyzer::new(geometry)?;
        let mut synthesizer = Synthesizer::new(geometry)?;
        let mut voice = Voice::new(geometry, 508)?;
        let mut seam = SeamJoiner::new(513, 8, 1)?;
        let mut phase = PhaseStage::new(geometry, STRIDE)?;
        let mut spectrum = vec![Complex::default(); bins];
        let mut result = spectrum.clone();
        let mut hop = vec![0.0; geometry.hop_samples];
        let (mut db, gain_db, mid) = (vec![0.0; 513], vec![3.0; 513], vec![0.1; bins]);

        println!(
            "{rate} Hz, frame {} hop {}",
            geometry.fft_size, geometry.hop_samples
        );
        let analysis = time(|| {
            analyzer.write(&input[..geometry.hop_samples]);
            analyzer.analyze(black_box(&mut spectrum));
        });
        let synthesis = time(|| synthesizer.add(black_box(&spectrum), &mut hop));
        let decibels = time(|| {
            for (db, x) in db.iter_mut().zip(black_box(&spectrum)) {
                *db = decibel::amplitude_to_db(x.norm());
            }
        });
        let voices = time(|| {
            result.copy_from_slice(&spectrum);
            voice.set_frame(black_box(&gain_db), &db, &mid, 0.5, &VoiceShape::default());
            voice.apply(&mut result);
        });
        let smoothed = VoiceShape {
            smoothing: 1.0,
            ..VoiceShape::default()
        };
        let smoothing = time(|| voice.set_frame(black_box(&gain_db), &db, &mid, 0.0, &smoothed));
        let mut transients = TransientLock::new(geometry, 2, 3 * geometry.fft_size)?;
        let onsets = time(|| {
            let heard = black_box(&input[..geometry.hop_samples]);
            transients.process([heard, heard], &mut hop);
        });
        let seams = time(|| {
            seam.begin_stride(black_box(&gain_db));
            seam.apply(&mut db);
        });
        println!("  analysis {analysis:.1} µs, synthesis {synthesis:.1} µs");
        println!("  513 decibels {decibels:.1} µs, voice {voices:.1} µs, seam {seams:.1} µs");
        println!(
            "  smoothed gains {smoothing:.1} µs, a hop of two channels heard for onsets {onsets:.1} µs"
        );
        let mut phases = |method, iterations, look_ahead| {
            let settings = PhaseSettings {
                method,
                iterations,
                look_ahead,
            };
            let stride = time(|| {
                for _ in 0..STRIDE {
                    phase.push(black_box(&spectrum), &mid, settings);
                }
                while phase.pop(&mut result) {}
            });
            stride / STRIDE as f64
        };
        for method in [
            PhaseMethod::Input,
            PhaseMethod::Rtpghi,
            PhaseMethod::Vocoder,
        ] {
            println!("  phase {method:?} {:.1} µs", phases(method, 0, 1));
        }
        let automatic = phases(PhaseMethod::Auto, 4, 1);
        println!("  Auto, Griffin-Lim of 4 iterations chosen {automatic:.1} µs");
        for (iterations, look_ahead) in [(4, 0), (4, 1), (4, 3), (16, 1)] {
            let found = phases(PhaseMethod::GriffinLim, iterations, look_ahead);
            println!(
                "  Griffin-Lim, {iterations} iterations, up to {look_ahead} ahead {found:.1} µs"
            );
        }
    }
    Ok(())
}
