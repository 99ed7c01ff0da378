//! Figures
use netbend_dsp::phase::griffin_lim::Start;
use netbend_dsp::phase::{PhaseMethod, griffin_lim_offline};
use netbend_dsp::spectrogram::{analyze, synthesize};
use netbend_dsp::signal;

use crate::support::*;

#[test]
fn explore() {
    let signals = [("drums", signal::drum_loop(RATE, 2.0, 11)), ("tonal", signal::tonal(RATE, 2.0, 11)), ("mix", signal::mix(RATE, 2.0, 11))];
    for geometry in [geometry(2048,512), geometry(1024,128), geometry(1024,256)] {
        for (name, input) in &signals {
            let spectra = analyze(input, geometry).unwrap();
            let sc = |s: &Spectra| convergence_db(s, &spectra, geometry, input.len());
            let r = rtpghi(&spectra, geometry, false);
            let c = rtpghi(&spectra, geometry, true);
            let flat = without_phases(&spectra);
            let g = griffin_lim(&flat, geometry, 3, 8, Start::Overlap);
            let gr1 = griffin_lim(&r, geometry, 1, 4, Start::Given);
            let gr3 = griffin_lim(&r, geometry, 3, 8, Start::Given);
            let v = stream(&spectra, geometry, PhaseMethod::Vocoder, 0);
            println!("{name} {}/{}: rtpghi {:.1} causal {:.1} rtisi3,8 {:.1} rtpghi+gl(1,4) {:.1} (3,8) {:.1} vocoder {:.1}", geometry.fft_size, geometry.hop_samples, sc(&r), sc(&c), sc(&g), sc(&gr1), sc(&gr3), sc(&v));
            let lag = lag_of(&r, input, geometry);
            let y = synthesize(&r, geometry, input.len()).unwrap();
            println!("   rtpghi lag {:.3} {:.3} pre {:.1}", lag.median_ms, lag.worst_ms, pre_echo_db(input, &y));
            if geometry.hop_samples == 256 { continue; }
            for its in [32, 100] {
            let y = griffin_lim_offline(&flat, geometry, input.len(), its).unwrap();
            print!("  gl {its} {:.1}", netbend_dsp::metrics::spectral_convergence_of_signal_db(&y, &netbend_dsp::spectrogram::magnitudes(&spectra), geometry).unwrap());
            }
            println!();
            if geometry.hop_samples == 128 { continue; }
            for (what, target) in [("gain", smooth_gain(&spectra, 1)), ("shift", shifted(&spectra))] {
                let sc = |s: &Spectra| convergence_db(s, &target, geometry, input.len());
                println!("  {what}: input {:.1} gl4(1) {:.1} gl4(3) {:.1} rtpghi {:.1} vocoder {:.1} rtpghi+gl4(1) {:.1}", sc(&target), sc(&stream(&target, geometry, PhaseMethod::GriffinLim, 4)), 
                   sc(&griffin_lim(&target, geometry, 3, 4, Start::Given)), sc(&rtpghi(&target, geometry, false)), sc(&stream(&target, geometry, PhaseMethod::Vocoder, 4)),
                   sc(&griffin_lim(&rtpghi(&target, geometry, false), geometry, 1, 4, Start::Given)));
            }
        }
    }
}
