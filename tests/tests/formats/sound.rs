//! The sound that tampered states are played with, and what may come of it.

use netbend_tests::audio::Audio;
use netbend_tests::fuzz::LOUDEST_DB;
use netbend_tests::hosted::Hosted;
use netbend_tests::measure;

use netbend_dsp::signal::drum_loop_stereo;

const RATE: u32 = 44_100;
/// Half of full scale.
const PEAK_DB: f64 = -6.0;

/// A drum loop that peaks at −6 dBFS.
pub fn drums(seconds: f32) -> Audio {
    let mut audio = Audio {
        sample_rate: RATE,
        channels: drum_loop_stereo(RATE as f32, seconds, 3).to_vec(),
    };
    let scale = 10f64.powf(PEAK_DB / 20.0) / f64::from(measure::peak(&audio));
    audio
        .channels
        .iter_mut()
        .flatten()
        .for_each(|x| *x *= scale as f32);
    audio
}

/// Plays a sound, and asserts that what comes out is finite and not too loud.
pub fn assert_sound<P: Hosted>(plugin: &mut P, input: &Audio, what: &str) {
    let output = plugin.bounce(input).unwrap();
    assert!(
        measure::is_finite(&output),
        "{}, {what}: not finite",
        P::FORMAT
    );
    let peak_db = 20.0 * f64::from(measure::peak(&output)).log10();
    assert!(
        peak_db <= LOUDEST_DB,
        "{}, {what}: {peak_db:.1} dBFS",
        P::FORMAT
    );
}
