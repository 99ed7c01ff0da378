//! With no bend and the voice on *difference*, Netbend is a delay.

use netbend_tests::measure;

use crate::fixture;

/// What is left of 32-bit floats and two Fourier transforms is near −138 dB.
const NULL_DB: f64 = -120.0;

const RATES: [u32; 10] = [
    8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
];

/// Channels, and what the encoder hears of them.
const LAYOUTS: [(usize, &str); 3] = [(1, "Linked"), (2, "Linked"), (2, "Dual")];

/// Voices at the ends of their ranges, at which nothing bent must still be nothing changed.
const VOICES: [(&str, &[(&str, &str)]); 6] = [
    (
        "tight limits",
        &[("voice_floor", "0"), ("voice_ceiling", "0")],
    ),
    (
        "wide limits",
        &[("voice_floor", "-60"), ("voice_ceiling", "24")],
    ),
    ("smoothed", &[("voice_smoothing", "100 %")]),
    ("locked", &[("transient_lock", "100 %")]),
    (
        "a narrow band",
        &[("band_low", "500 Hz"), ("band_high", "600 Hz")],
    ),
    ("no auto gain", &[("auto_gain", "Off")]),
];

#[test]
fn no_bend_nulls_in_every_mode_rate_and_layout_with_the_phases_that_are_the_inputs() {
    let mut plugin = fixture::plugin();
    let mut worst = f64::NEG_INFINITY;
    for mode in ["Direct", "Live", "Tight", "Studio"] {
        plugin.set_text("latency", mode).unwrap();
        for phase in ["Auto", "Input"] {
            plugin.set_text("phase", phase).unwrap();
            for (channels, stereo) in LAYOUTS {
                plugin.set_text("stereo", stereo).unwrap();
                for rate in RATES {
                    let input = fixture::drums(rate, channels, 1.0);
                    let null_db = measure::null_db(&input, &fixture::play(&mut plugin, &input));
                    assert!(
                        null_db <= NULL_DB,
                        "{mode}, {phase}, {channels} channels, {stereo}, {rate} Hz: {null_db:.1} dB"
                    );
                    worst = worst.max(null_db);
                }
            }
        }
    }
    println!("{worst:.1} dB at worst");
}

#[test]
fn no_bend_nulls_whatever_the_voice_is_set_to() {
    let input = fixture::drums(44_100, 2, 1.5);
    for (name, settings) in VOICES {
        let mut plugin = fixture::plugin();
        for (param, text) in settings {
            plugin.set_text(param, text).unwrap();
        }
        let null_db = measure::null_db(&input, &fixture::play(&mut plugin, &input));
        println!("{name}: {null_db:.1} dB");
        assert!(null_db <= NULL_DB, "{name}: {null_db:.1} dB");
    }
}

#[test]
fn a_dry_mix_is_the_input_whatever_is_bent() {
    let mut plugin = fixture::bending(&[("slot_transform_1", "Ablate"), ("mix", "0 %")]);
    let input = fixture::drums(48_000, 2, 1.0);
    let null_db = measure::null_db(&input, &fixture::play(&mut plugin, &input));
    assert!(null_db <= NULL_DB, "{null_db:.1} dB");
}
