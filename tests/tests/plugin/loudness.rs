//! Sweeping the voice from *difference* to *model* keeps the loudness.

use ebur128::{EbuR128, Mode};
use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};

use crate::fixture;

const RATE: u32 = 44_100;
const SECONDS: f32 = 8.0;
/// How long the sweep takes; then the voice rests on *model* until the meter hears nothing else.
const SWEEP_SECONDS: f64 = 4.5;
/// What EBU R128 calls short-term: the loudness of three seconds.
const WINDOW_SECONDS: f64 = 3.0;
/// How far the sweep may be from the difference voice at the same time, in LU.
const LIMIT_LU: f64 = 3.0;
/// How often the loudness is read, and how often the sweep moves, in samples.
const READ_SAMPLES: usize = RATE as usize / 10;
const SWEEP_SAMPLES: usize = 256;

/// No bend, and bends from mild to strong.
const BENDS: [&[(&str, &str)]; 4] = [
    &[],
    &[("slot_on_1", "On"), ("slot_layer_1", "2")],
    &[
        ("slot_on_1", "On"),
        ("slot_layer_1", "2"),
        ("slot_percentage_1", "40 %"),
        ("slot_parameter_1", "100 %"),
    ],
    &[
        ("slot_on_1", "On"),
        ("slot_layer_1", "4"),
        ("slot_transform_1", "Dilate"),
        ("slot_selection_1", "All"),
        ("slot_percentage_1", "100 %"),
    ],
];

/// The short-term loudness every 100 ms, in LUFS, from when the window is full.
fn short_term(audio: &Audio) -> Vec<f64> {
    let channels = audio.channels.len() as u32;
    let mut meter = EbuR128::new(channels, audio.sample_rate, Mode::S).unwrap();
    let full = (WINDOW_SECONDS * f64::from(audio.sample_rate)) as usize;
    let mut levels = Vec::new();
    for start in (0..audio.samples()).step_by(READ_SAMPLES) {
        let end = audio.samples().min(start + READ_SAMPLES);
        let planes: Vec<&[f32]> = audio.channels.iter().map(|c| &c[start..end]).collect();
        meter.add_frames_planar_f32(&planes).unwrap();
        if end >= full {
            levels.push(meter.loudness_shortterm().unwrap());
        }
    }
    levels
}

/// How far the short-term loudness strays from that of the difference voice while the voice sweeps over a loop: down
/// and up, in LU.
fn stray(mode: &str, bend: &[(&str, &str)], seed: u64) -> (f64, f64) {
    let input = fixture::drums_of(seed, RATE, 2, SECONDS);
    let render = |automation: &Automation| {
        let mut plugin = fixture::plugin();
        plugin.set_text("latency", mode).unwrap();
        for (param, text) in bend {
            plugin.set_text(param, text).unwrap();
        }
        let output = plugin.render(&input, Blocks::Fixed(512), automation);
        short_term(&output.unwrap())
    };
    let still = render(&Automation::default());
    let sweep = Automation::default().curve("voice", input.samples(), SWEEP_SAMPLES, |t| {
        (t * input.seconds() / SWEEP_SECONDS).min(1.0)
    });
    let swept = render(&sweep);
    let strays = still.iter().zip(&swept).map(|(still, swept)| swept - still);
    strays.fold((0.0, 0.0), |(down, up), stray| {
        (stray.min(down), stray.max(up))
    })
}

#[test]
fn a_voice_sweep_stays_within_3_lu_of_the_difference_voice() {
    let mut strays = Vec::new();
    let runs = [
        ("Tight", 1, &BENDS[..]),
        ("Tight", 4, &BENDS[..2]),
        ("Live", 2, &BENDS[1..3]),
        ("Studio", 3, &BENDS[1..3]),
    ];
    for (mode, seed, bends) in runs {
        for bend in bends {
            let (down, up) = stray(mode, bend, seed);
            let name = format!("{mode}, loop {seed}, {bend:?}: {down:+.1} to {up:+.1} LU");
            println!("{name}");
            if down < -LIMIT_LU || up > LIMIT_LU {
                strays.push(name);
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn the_meter_reads_a_tone_of_1_khz_as_the_standard_has_it() {
    // EBU Tech 3341, case 1: a stereo sine of 1 kHz at −23 dBFS has −23 LUFS.
    let tone = netbend_dsp::signal::sine(48_000.0, 4.0, 1_000.0, 0.070_795);
    let levels = short_term(&Audio::same(48_000, 2, &tone));
    assert!(
        levels.iter().all(|level| (level + 23.0).abs() < 0.1),
        "{levels:?}"
    );
}
