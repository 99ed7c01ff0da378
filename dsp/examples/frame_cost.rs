//! Prints what one frame costs: `cargo run --release -p netbend-dsp --example frame_cost`.

use std::hint::black_box;
use std::time::Instant;

use netbend_dsp::phase::{PhaseMethod, PhaseSettings, PhaseStage};
use netbend_dsp::seam::SeamJoiner;
use netbend_dsp::voice::{Voice, VoiceShape};
use netbend_dsp::{Analyzer, Complex, DspError, StftGeometry, Synthesizer, decibel, signal};

const FRAMES: usize = 2_000;

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
        let mut seam = SeamJoiner::new(513, 8)?;
        let mut phase = PhaseStage::new(geometry, 1)?;
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
        let seams = time(|| {
            seam.begin_stride(black_box(&gain_db));
            seam.apply(&mut db);
        });
        println!("  analysis {analysis:.1} µs, synthesis {synthesis:.1} µs");
        println!("  513 decibels {decibels:.1} µs, voice {voices:.1} µs, seam {seams:.1} µs");
        let mut phases = |method, iterations| {
            let settings = PhaseSettings {
                method,
                iterations,
                ..PhaseSettings::default()
            };
            time(|| {
                phase.push(black_box(&spectrum), &mid, settings);
                phase.pop(&mut result);
            })
        };
        for method in [
            PhaseMethod::Input,
            PhaseMethod::Rtpghi,
            PhaseMethod::Vocoder,
        ] {
            println!("  phase {method:?} {:.1} µs", phases(method, 0));
        }
        for iterations in [4, 16] {
            let found = phases(PhaseMethod::GriffinLim, iterations);
            println!("  Griffin-Lim, {iterations} iterations {found:.1} µs");
        }
    }
    Ok(())
}
