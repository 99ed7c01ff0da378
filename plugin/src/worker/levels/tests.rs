//! Levels of windows whose powers are known.

use std::path::Path;
use std::time::Instant;

use netbend_models::Package;
use prost::Message as _;

use super::*;
use crate::stream::controls::Controls;
use crate::worker::tests::tiny_model;

/// Seconds of a frame at 44.1 kHz.
const FRAME_SECONDS: f64 = 256.0 / 44_100.0;
/// The tiny model's scale: decibels from a floor of −80 to a reference of 0.
const RANGE_DB: f32 = 80.0;
const STRIDE: usize = 4;
/// The newest frame of the first window.
const NEWEST: i64 = 127;

fn levels() -> Levels {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    let manifest = package.manifest();
    let scale = &manifest.decibels;
    assert_eq!(scale.reference_db - scale.floor_db, RANGE_DB);
    let reach = Reach::new(STRIDE, 0, manifest.last_seen_frame);
    Levels::new(manifest, reach, FRAME_SECONDS)
}

/// A window of strokes with structure, all of it well inside the scale.
fn window(levels: &Levels) -> Vec<f32> {
    window_from(levels, 0)
}

/// As above, `frame` frames later.
fn window_from(levels: &Levels, frame: usize) -> Vec<f32> {
    let value = |n: usize| {
        let (frame, bin) = (n / levels.bins + frame, n % levels.bins);
        0.6 - 0.2 * (frame % 20) as f32 / 20.0 - 0.2 * ((bin * 37) % 101) as f32 / 101.0
    };
    (0..window_len(levels)).map(value).collect()
}

fn window_len(levels: &Levels) -> usize {
    (levels.last_seen_frame + 1) * levels.bins
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

fn whole(rows: &[f32]) -> DecodedItem<'_> {
    DecodedItem {
        rows,
        first_frame: 0,
    }
}

/// A bend of layer `layer`.
fn bent(layer: u16, amount: f32) -> Moment {
    let mut moment = Moment::default();
    moment.slots[0].target.layer = layer;
    moment.slots[0].amount = amount;
    moment
}

/// Measures windows that were decoded whole as the first of a stream: the clean one and those of bends.
fn measure(levels: &mut Levels, live: LevelledWindow<'_>, decoded: &[&[f32]]) {
    levels.forget();
    let bends: Vec<Moment> = (1..)
        .take(decoded.len() - 1)
        .map(|n| bent(n, 1.0))
        .collect();
    let items = std::iter::once(None).chain(bends.iter().map(Some));
    levels.track(NEWEST, items.map(Measured::Live), true);
    let decoded = |item: usize| whole(decoded[item]);
    levels.measure(NEWEST, live, decoded, |_| ItemLevel::default());
}

fn measured(levels: &mut Levels, input: &[f32], decoded: &[&[f32]]) {
    levels.begin_stride(taken(&[Controls::default(); 4]));
    measure(levels, live(input), decoded);
}

/// What levels take of the controls of a stride's frames.
fn taken(controls: &[Controls]) -> impl Iterator<Item = (bool, VoiceShape)> {
    controls
        .iter()
        .map(|controls| (controls.auto_gain, controls.shape))
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
    levels.begin_stride(taken(&controls));
    measure(&mut levels, live(&input), &[&input, &bent]);
    let heard: Vec<bool> = (0..4)
        .map(|moment| levels.at((1, 1, 0.0), moment).gain_db < -3.9)
        .collect();
    assert_eq!(heard, [true, true, false, true]);
    controls[0].auto_gain = false;
    levels.begin_stride(taken(&controls));
    assert_eq!(levels.auto[..2], [false, true]);
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
    measure(&mut levels, quiet, &[&input, &loud]);
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
    let (held, silent) = (window(&levels), vec![0.0; window_len(&levels)]);
    let raised = raised(&held, 4.0);
    levels.begin_stride(taken(&[Controls::default(); 4]));
    let over = LevelledWindow {
        units: &silent,
        level_db: -90.0,
    };
    let items = [Measured::Live(None), Measured::Loop];
    levels.track(NEWEST, items.into_iter(), true);
    let held = levels.of_loop(live(&held), whole(&raised));
    levels.measure(NEWEST, over, |_| whole(&silent), |_| held);
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
        levels.begin_stride(taken(&[*controls; 4]));
        measure(levels, live(&input), &[&input, &bent]);
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

/// One stride of a stream whose frames are louder by `by_db` and decoded from `first_frame` on.
struct Stride {
    /// Strides since the first window.
    number: usize,
    first_frame: usize,
    by_db: f32,
}

impl Stride {
    fn newest(&self) -> i64 {
        NEWEST + (self.number * STRIDE) as i64
    }

    /// Whether a survey was wanted, and what is added for `moment`.
    fn play(&self, levels: &mut Levels, moment: &Moment, may_survey: bool) -> (bool, LevelDb) {
        levels.begin_stride(taken(&[Controls::default(); 4]));
        let items = [Measured::Live(None), Measured::Live(Some(moment))];
        let surveys = levels.track(self.newest(), items.into_iter(), may_survey);
        let input = window_from(levels, self.number * STRIDE);
        let decoded = [raised(&input, -3.0), raised(&input, -3.0 + self.by_db)];
        let first_frame = if surveys { 0 } else { self.first_frame };
        let bins = levels.bins;
        let rows = |item: usize| DecodedItem {
            rows: &decoded[item][first_frame * bins..],
            first_frame,
        };
        levels.measure(self.newest(), live(&input), rows, |_| ItemLevel::default());
        (surveys, levels.at((1, 1, 0.0), 1))
    }
}

/// Surveys wanted and gains, stride by stride, of a stream that is bent as `bends` says: by what, and by how many decibels.
fn played(
    levels: &mut Levels,
    strides: usize,
    bends: impl Fn(usize) -> (Moment, f32),
    may_survey: bool,
) -> (Vec<usize>, Vec<f32>) {
    let mut surveyed = Vec::new();
    let gains = (0..strides).map(|number| {
        let (moment, by_db) = bends(number);
        let stride = Stride {
            number,
            first_frame: levels.last_seen_frame - STRIDE,
            by_db,
        };
        let (surveys, level) = stride.play(levels, &moment, may_survey);
        if surveys {
            surveyed.push(number);
        }
        level.gain_db
    });
    let gains = gains.collect();
    (surveyed, gains)
}

#[test]
fn what_strides_add_up_to_is_what_the_window_has() {
    let mut levels = levels();
    for number in 0..100 {
        let first_frame = levels.last_seen_frame - STRIDE;
        let stride = Stride {
            number,
            first_frame,
            by_db: 5.0,
        };
        let (surveys, by_strides) = stride.play(&mut levels, &bent(1, 1.0), true);
        assert_eq!(surveys, number == 0);
        let (_, at_once) = stride.play(&mut self::levels(), &bent(1, 1.0), true);
        let apart = (by_strides.gain_db - at_once.gain_db).abs()
            + (by_strides.model_db - at_once.model_db).abs();
        assert!(apart < 1e-4, "stride {number}: {by_strides:?}, {at_once:?}");
    }
}

#[test]
fn a_step_has_its_level_at_once_and_costs_one_survey() {
    let (surveyed, gains) = played(
        &mut levels(),
        30,
        |number| match number {
            ..7 => (bent(1, 1.0), 2.0),
            7..20 => (bent(2, 1.0), -3.0),
            _ => (bent(2, 0.5), 4.0),
        },
        true,
    );
    assert_eq!(surveyed, [0, 7, 20]);
    for (number, gain) in gains.into_iter().enumerate() {
        let expected = match number {
            ..7 => -2.0,
            7..20 => 3.0,
            _ => -4.0,
        };
        assert!((gain - expected).abs() < 1e-3, "stride {number}: {gain}");
    }
}

#[test]
fn a_ramp_is_surveyed_every_16_frames_and_once_more_where_it_ends() {
    const END: usize = 18;
    let by_db = |number: usize| 0.1 * number.min(END) as f32;
    let (surveyed, gains) = played(
        &mut levels(),
        40,
        |number| (bent(1, 0.05 * (1 + number.min(END)) as f32), by_db(number)),
        true,
    );
    assert_eq!(surveyed, [0, 4, 8, 12, 16, 20]);
    for (number, gain) in gains.into_iter().enumerate() {
        let behind = by_db(number) + gain;
        assert!((-1e-3..0.41).contains(&behind), "stride {number}: {behind}");
        assert!(number < 20 || behind < 1e-3, "stride {number}: {behind}");
    }
}

#[test]
fn limits_that_step_are_surveyed_too() {
    let mut levels = levels();
    let input = window(&levels);
    let mut controls = Controls::default();
    let loud = raised(&input, 4.0);
    let heard = |levels: &mut Levels, controls: Controls, newest: i64| {
        levels.begin_stride(taken(&[controls; 4]));
        let moment = bent(1, 1.0);
        let items = [Measured::Live(None), Measured::Live(Some(&moment))];
        let surveys = levels.track(newest, items.into_iter(), true);
        let decoded = |item: usize| whole(if item == 0 { &input } else { &loud });
        levels.measure(newest, live(&input), decoded, |_| ItemLevel::default());
        (surveys, levels.at((1, 1, 0.0), 1).gain_db)
    };
    assert!(heard(&mut levels, controls, NEWEST).0);
    assert!(!heard(&mut levels, controls, NEWEST + 16).0);
    controls.shape.limits.ceiling_db = 1.0;
    let (surveys, gain_db) = heard(&mut levels, controls, NEWEST + 20);
    assert!(surveys && (gain_db + 1.0).abs() < 1e-3);
}

#[test]
fn without_surveys_a_state_begins_where_it_came_from_or_at_nothing() {
    let mut levels = levels();
    let bends = |number: usize| match number {
        ..4 => (bent(1, 1.0), 2.0),
        4..20 => (bent(1, 0.5), 6.0),
        _ => (bent(2, 0.5), -6.0),
    };
    let (surveyed, gains) = played(&mut levels, 60, bends, false);
    assert!(surveyed.is_empty());
    // Two of the 32 measured frames are a stride's own.
    assert!((-0.4..0.0).contains(&gains[0]), "{}", gains[0]);
    assert!(gains[4] < gains[3] && gains[4] > gains[3] - 1.0);
    assert!((0.0..0.6).contains(&gains[20]), "{}", gains[20]);
    assert!((gains[59] - 6.0).abs() < 1e-3, "{}", gains[59]);
    // As soon as they are allowed, what was not measured as a whole is.
    let stride = Stride {
        number: 60,
        first_frame: 120,
        by_db: -6.0,
    };
    assert!(stride.play(&mut levels, &bent(2, 0.5), true).0);
}

#[test]
fn what_is_forgotten_is_surveyed_again() {
    let mut levels = levels();
    let stride = |number| Stride {
        number,
        first_frame: 120,
        by_db: 1.0,
    };
    let moment = bent(1, 1.0);
    let heard = [0, 1, 2, 3].map(|number| {
        if number == 2 {
            levels.forget();
        }
        stride(number).play(&mut levels, &moment, true).0
    });
    assert_eq!(heard, [true, false, true, false]);
}

/// A figure of the machine; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement of time"]
fn what_two_items_cost() {
    let mut levels = levels();
    let input = window(&levels);
    let louder = raised(&input, 3.0);
    levels.begin_stride(taken(&[Controls::default(); 4]));
    let bins = levels.bins;
    for first_frame in [0, 120] {
        let mut round = || {
            if first_frame == 0 {
                levels.forget();
            }
            let start = Instant::now();
            let moment = bent(1, 1.0);
            let items = [Measured::Live(None), Measured::Live(Some(&moment))];
            levels.track(NEWEST, items.into_iter(), true);
            let rows = |item: usize| DecodedItem {
                rows: &[&input, &louder][item][first_frame * bins..],
                first_frame,
            };
            levels.measure(NEWEST, live(&input), rows, |_| ItemLevel::default());
            start.elapsed().as_secs_f64() * 1e3
        };
        let least = (0..200).map(|_| round()).fold(f64::MAX, f64::min);
        println!("{least:.4} ms for two items of {bins} bins from frame {first_frame} on");
    }
}
