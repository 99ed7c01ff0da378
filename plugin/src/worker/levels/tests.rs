//! Levels of windows whose powers are known.

use std::path::Path;
use std::time::Instant;

use netbend_models::Package;
use prost::Message as _;

use super::*;

#[path = "../../../../models/tests/support/tiny_model.rs"]
#[allow(dead_code)]
mod tiny_model;

/// Seconds of a frame at 44.1 kHz.
const FRAME_SECONDS: f64 = 256.0 / 44_100.0;
/// The tiny model's scale: decibels from a floor of −80 to a reference of 0.
const RANGE_DB: f32 = 80.0;

fn levels() -> Levels {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    let levels = Levels::new(package.manifest(), 4, FRAME_SECONDS);
    assert_eq!(levels.scale.reference_db - levels.scale.floor_db, RANGE_DB);
    levels
}

/// A window of strokes with structure, all of it well inside the scale.
fn window(levels: &Levels) -> Vec<f32> {
    let value = |n: usize| {
        let (frame, bin) = (n / levels.bins, n % levels.bins);
        0.6 - 0.2 * (frame % 20) as f32 / 20.0 - 0.2 * ((bin * 37) % 101) as f32 / 101.0
    };
    (0..levels.window_len).map(value).collect()
}

fn raised(window: &[f32], db: f32) -> Vec<f32> {
    window.iter().map(|unit| unit + db / RANGE_DB).collect()
}

fn live(units: &[f32]) -> LevelledWindow<'_> {
    LevelledWindow {
        units,
        level_db: -6.0,
    }
}

fn measured(levels: &mut Levels, input: &[f32], decoded: &[&[f32]]) {
    levels.begin_stride([Controls::default(); 4].iter());
    levels.measure(live(input), &decoded.concat(), |_| None);
}

#[test]
fn a_bend_louder_by_5_db_is_taken_back_and_the_model_is_matched_with_it() {
    let mut levels = levels();
    let input = window(&levels);
    // A decoder 3 dB too quiet, and a bend of +5 dB.
    let (clean, bent) = (raised(&input, -3.0), raised(&input, 2.0));
    measured(&mut levels, &input, &[&clean, &bent]);
    let near = |level: LevelDb, gain_db: f32, model_db: f32| {
        let far = (level.gain_db - gain_db)
            .abs()
            .max((level.model_db - model_db).abs());
        assert!(far < 1e-3, "{level:?}");
    };
    near(levels.at((0, 0, 0.0), 1), 0.0, 3.0);
    near(levels.at((1, 1, 0.0), 1), -5.0, -2.0);
    near(levels.at((0, 1, 0.5), 1), -2.5, 0.5);
}

#[test]
fn what_is_not_bent_gets_exactly_nothing() {
    let mut levels = levels();
    let input = window(&levels);
    let clean: Vec<f32> = input.iter().map(|unit| (unit * 7.0).sin().abs()).collect();
    measured(&mut levels, &input, &[&clean, &clean]);
    for item in 0..2 {
        assert_eq!(levels.at((item, item, 0.0), 2).gain_db, 0.0);
    }
}

#[test]
fn auto_gain_is_each_frames_own_switch() {
    let mut levels = levels();
    let input = window(&levels);
    let bent = raised(&input, 4.0);
    let mut controls = [Controls::default(); 4];
    controls[2].auto_gain = false;
    levels.begin_stride(controls.iter());
    levels.measure(live(&input), &[&input[..], &bent].concat(), |_| None);
    let heard: Vec<bool> = (0..=4)
        .map(|moment| levels.at((1, 1, 0.0), moment).gain_db < -3.9)
        .collect();
    assert_eq!(heard, [true, true, true, false, true]);
    controls[0].auto_gain = false;
    levels.begin_stride(controls.iter());
    assert_eq!(levels.auto[..2], [true, false]);
}

#[test]
fn levels_end_at_their_limits_and_silence_has_none() {
    let mut levels = levels();
    let input = window(&levels);
    let silent = vec![0.0; input.len()];
    let loud = vec![1.25; input.len()];
    measured(&mut levels, &input, &[&input, &silent, &loud]);
    let (down, up) = AUTO_RANGE_DB;
    assert_eq!(levels.at((1, 1, 0.0), 1).gain_db, up);
    assert!(levels.at((2, 2, 0.0), 1).gain_db >= down);
    let quiet = LevelledWindow {
        units: &input,
        level_db: -80.0,
    };
    levels.measure(quiet, &[&input[..], &loud].concat(), |_| None);
    assert_eq!(levels.at((1, 1, 0.0), 1), LevelDb::default());
    let nonsense = vec![f32::NAN; input.len()];
    measured(&mut levels, &input, &[&nonsense, &nonsense]);
    let level = levels.at((1, 1, 0.0), 1);
    assert!(level.gain_db == 0.0 && level.model_db.is_finite());
    assert_eq!(levels.at((7, 9, 0.5), 99), LevelDb::default());
}

#[test]
fn a_held_loop_is_levelled_with_the_window_it_was_held_from() {
    let mut levels = levels();
    let (held, silent) = (window(&levels), vec![0.0; levels.window_len]);
    let decoded = [&silent[..], &raised(&held, 4.0)].concat();
    levels.begin_stride([Controls::default(); 4].iter());
    let over = LevelledWindow {
        units: &silent,
        level_db: -90.0,
    };
    levels.measure(over, &decoded, |item| (item == 1).then(|| live(&held)));
    let level = levels.at((1, 1, 0.0), 1);
    // As loud as it was held, whatever is heard meanwhile.
    assert!((level.gain_db + 4.0).abs() < 1e-3 && (level.model_db + 4.0).abs() < 1e-3);
    assert_eq!(levels.at((0, 0, 0.0), 1), LevelDb::default());
}

#[test]
fn only_what_the_band_lets_through_counts() {
    let mut levels = levels();
    let input = window(&levels);
    let mut bent = input.clone();
    for row in bent.chunks_exact_mut(levels.bins) {
        row[levels.bins / 2..]
            .iter_mut()
            .for_each(|unit| *unit += 0.1);
    }
    let mut controls = Controls::default();
    let heard = |levels: &mut Levels, controls: &Controls| {
        levels.begin_stride([*controls; 4].iter());
        levels.measure(live(&input), &[&input[..], &bent].concat(), |_| None);
        levels.at((1, 1, 0.0), 1).gain_db
    };
    let bin_hz = 43.07;
    let half = levels.bins as f32 / 2.0 * bin_hz;
    controls.shape.band.high_hz = half / 1.5;
    assert_eq!(heard(&mut levels, &controls), 0.0);
    controls.shape.band.low_hz = half * 1.5;
    controls.shape.band.high_hz = 20_000.0;
    assert!((heard(&mut levels, &controls) + 8.0).abs() < 1e-3);
}

/// A figure of the machine; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement of time"]
fn what_two_items_cost() {
    let mut levels = levels();
    let input = window(&levels);
    let decoded = [&input[..], &raised(&input, 3.0)].concat();
    levels.begin_stride([Controls::default(); 4].iter());
    let round = |levels: &mut Levels| {
        let start = Instant::now();
        levels.measure(live(&input), &decoded, |_| None);
        start.elapsed().as_secs_f64() * 1e3
    };
    let least = (0..200)
        .map(|_| round(&mut levels))
        .fold(f64::MAX, f64::min);
    println!("{least:.3} ms for two items of {} bins", levels.bins);
}
