//! No input makes anything that runs while playing panic, and nonsense never reaches the output.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in tests, but not in their helpers

use netbend_dsp::phase::{PhaseMethod, PhaseSettings, PhaseStage};
use netbend_dsp::seam::SeamJoiner;
use netbend_dsp::signal::Random;
use netbend_dsp::voice::{Band, GainLimits, Voice, VoiceShape, difference_db};
use netbend_dsp::{Analyzer, Complex, StftGeometry, Synthesizer};

const NONSENSE: [f32; 10] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::MAX,
    f32::MIN,
    f32::MIN_POSITIVE,
    1e-45,
    -0.0,
    1e20,
    -1e20,
];

struct Nonsense(Random);

impl Nonsense {
    fn value(&mut self) -> f32 {
        if self.0.chance(0.7) {
            self.0.bipolar() as f32
        } else {
            NONSENSE[(self.0.unit() * NONSENSE.len() as f64) as usize]
        }
    }

    /// Mostly `len` values, sometimes fewer or more.
    fn values(&mut self, len: usize) -> Vec<f32> {
        let len = if self.0.chance(0.1) {
            (self.0.unit() * 2.0 * len as f64) as usize
        } else {
            len
        };
        (0..len).map(|_| self.value()).collect()
    }
}

const METHODS: [PhaseMethod; 5] = [
    PhaseMethod::Input,
    PhaseMethod::GriffinLim,
    PhaseMethod::Rtpghi,
    PhaseMethod::Vocoder,
    PhaseMethod::Auto,
];

#[test]
fn nonsense_of_any_length_gives_finite_samples() {
    for (seed, rate) in [(1, 8_000.0), (2, 22_050.0), (3, 44_100.0), (4, 96_000.0)] {
        let geometry = StftGeometry::for_sample_rate(rate).unwrap();
        let bins = geometry.bins();
        let mut nonsense = Nonsense(Random::new(seed));
        let mut analyzer = Analyzer::new(geometry).unwrap();
        let mut synthesizer = Synthesizer::new(geometry).unwrap();
        let mut voice = Voice::new(geometry, 508).unwrap();
        let mut seam = SeamJoiner::new(513, 8, 1).unwrap();
        let mut phase = PhaseStage::new(geometry, 1).unwrap();
        for round in 0..200 {
            analyzer.write(&nonsense.values(geometry.hop_samples));
            let mut spectrum = vec![Complex::default(); nonsense.values(bins).len()];
            analyzer.analyze(&mut spectrum);
            assert!(
                spectrum
                    .iter()
                    .all(|x| x.re.is_finite() && x.im.is_finite())
            );
            if nonsense.0.chance(0.3) {
                spectrum
                    .iter_mut()
                    .for_each(|x| *x = Complex::new(nonsense.value(), x.im));
            }
            let (clean, mut bent) = (nonsense.values(513), nonsense.values(513));
            let mut gain = nonsense.values(513);
            let limits = GainLimits {
                floor_db: 60.0 * nonsense.value(),
                ceiling_db: 24.0 * nonsense.value(),
            };
            difference_db(&clean, &bent, limits, &mut gain);
            seam.begin_stride(&clean);
            seam.apply(&mut gain);
            seam.apply(&mut bent);
            let shape = VoiceShape {
                limits,
                smoothing: nonsense.value(),
                band: Band {
                    low_hz: 1e3 * nonsense.value(),
                    high_hz: 1e4 * nonsense.value(),
                },
            };
            let (mids, amount) = (nonsense.values(bins), nonsense.value());
            voice.set_frame(&gain, &bent, &mids, amount, &shape);
            voice.apply(&mut spectrum);
            let settings = PhaseSettings {
                method: METHODS[round / 5 % METHODS.len()],
                iterations: round % 7,
                look_ahead: round % 5,
            };
            let mut result = vec![Complex::default(); nonsense.values(bins).len()];
            phase.push(&spectrum, &nonsense.values(bins), settings);
            phase.pop(&mut result);
            let mut hop = vec![0.0; nonsense.values(geometry.hop_samples).len()];
            synthesizer.add(&result, &mut hop);
            assert!(
                hop.iter().all(|x| x.is_finite()),
                "round {round} at {rate} Hz"
            );
        }
        // And all of it is forgotten after a frame of silence.
        let mut hop = vec![0.0; geometry.hop_samples];
        for _ in 0..=geometry.overlap() {
            synthesizer.add(&[], &mut hop);
        }
        assert!(hop.iter().all(|&x| x == 0.0));
    }
}
