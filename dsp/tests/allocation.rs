//! Nothing that runs while playing allocates or frees memory. The global allocator aborts the
//! test if it does.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in tests, but not in their helpers

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use netbend_dsp::delay::DelayLine;
use netbend_dsp::level::LevelTracker;
use netbend_dsp::phase::{PhaseMethod, PhaseSettings, PhaseStage};
use netbend_dsp::seam::SeamJoiner;
use netbend_dsp::transient::TransientLock;
use netbend_dsp::voice::{Band, GainLimits, Voice, VoiceShape, difference_db, link_magnitudes};
use netbend_dsp::{Analyzer, Complex, StftGeometry, Synthesizer, decibel, signal};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const METHODS: [PhaseMethod; 5] = [
    PhaseMethod::Input,
    PhaseMethod::GriffinLim,
    PhaseMethod::Rtpghi,
    PhaseMethod::Vocoder,
    PhaseMethod::Auto,
];

#[test]
fn playing_never_allocates() {
    for rate in [22_050.0, 44_100.0, 192_000.0] {
        play(rate);
    }
}

fn play(rate: f32) {
    let geometry = StftGeometry::for_sample_rate(rate).unwrap();
    let bins = geometry.bins();
    let network_bins = bins.min(513);
    let mut input = signal::noise(rate, 0.2, 0.5, 1);
    input[1_000] = f32::NAN;
    input[2_000] = f32::INFINITY;

    let mut analyzer = Analyzer::new(geometry).unwrap();
    let mut synthesizer = Synthesizer::new(geometry).unwrap();
    let mut voice = Voice::new(geometry, 508).unwrap();
    let mut seam = SeamJoiner::new(network_bins, 8, 1).unwrap();
    let mut phase = PhaseStage::new(geometry, 1).unwrap();
    let mut delay = DelayLine::new(geometry.delay_samples()).unwrap();
    let mut transients = TransientLock::new(geometry, 2, 3 * geometry.fft_size).unwrap();
    let mut envelope = [0.0; 100];
    let mut level = LevelTracker::default();
    let mut spectrum = vec![Complex::default(); bins];
    let mut result = spectrum.clone();
    let mut mid = vec![0.0; bins];
    let mut clean = vec![0.0; network_bins];
    let mut bent = clean.clone();
    let mut gain = clean.clone();
    let mut hop = vec![0.0; geometry.hop_samples];

    assert_no_alloc(|| {
        let mut frame = 0;
        for block in input.chunks_mut(100) {
            let mut rest = &block[..];
            while !rest.is_empty() {
                rest = &rest[analyzer.write(rest)..];
                if !analyzer.frame_ready() {
                    continue;
                }
                analyzer.analyze(&mut spectrum);
                link_magnitudes(&spectrum, &spectrum, &mut mid);
                for (bin, &m) in mid.iter().enumerate().take(network_bins) {
                    clean[bin] = decibel::amplitude_to_db(m);
                    bent[bin] = clean[bin] + (frame as f32 * 1.2).min(12.0);
                }
                level.update(clean[10]);
                difference_db(&clean, &bent, GainLimits::default(), &mut gain);
                if frame % 4 == 0 {
                    seam.begin_stride(&clean);
                }
                seam.apply(&mut gain);
                let shape = VoiceShape {
                    smoothing: (frame % 3) as f32 * 0.5,
                    band: Band {
                        low_hz: 30.0 * (frame % 20) as f32,
                        high_hz: 9_000.0,
                    },
                    ..VoiceShape::default()
                };
                voice.set_frame(&gain, &bent, &mid, 0.5, &shape);
                voice.apply(&mut spectrum);
                let settings = PhaseSettings {
                    method: METHODS[frame / 8 % METHODS.len()],
                    ..PhaseSettings::default()
                };
                phase.push(&spectrum, &mid, settings);
                phase.pop(&mut result);
                synthesizer.add(&result, &mut hop);
                frame += 1;
            }
            let envelope = &mut envelope[..block.len()];
            transients.process([&*block, &*block], envelope);
            delay.process_in_place(block);
        }
        analyzer.reset();
        synthesizer.reset();
        seam.reset();
        phase.reset();
        delay.reset();
        transients.reset();
        voice.reset();
        level.reset();
    });
    assert!(hop.iter().all(|x| x.is_finite()));
}
