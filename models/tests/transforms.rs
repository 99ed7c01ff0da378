//! Every transform against its formula, written out slowly in double precision, and what all of them promise.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use netbend_models::bends::transform::{MAX_RADIUS, MapSize, Maps, Scratch, TransformKind};
use netbend_models::node::operator;
use netbend_models::node::program::{Entry, Program};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use TransformKind as Kind;

/// Of values between −1 and 1. OpenCV's own places are in steps of 1/32, ours in steps of 2⁻²⁴.
const TOLERANCE: f64 = 1e-4;
const SIZES: [[usize; 2]; 8] = [
    [1, 1],
    [1, 9],
    [7, 1],
    [2, 3],
    [5, 8],
    [8, 33],
    [33, 8],
    [17, 65],
];

fn random_map(size: MapSize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    (0..size.rows * size.columns)
        .map(|_| rng.random_range(-1.0..1.0))
        .collect()
}

fn sizes() -> impl Iterator<Item = MapSize> {
    SIZES
        .into_iter()
        .map(|[rows, columns]| MapSize { rows, columns })
}

fn bent(map: &[f32], size: MapSize, kind: Kind, parameters: [f32; 2], amount: f32) -> Vec<f32> {
    let mut map = map.to_vec();
    let maps = Maps::single(&mut map, size);
    kind.apply(maps, parameters, amount, &mut Scratch::new());
    map
}

/// A map one may read anywhere.
struct Slow<'a> {
    map: &'a [f32],
    size: MapSize,
}

impl Slow<'_> {
    fn at(&self, row: i64, column: i64) -> Option<f64> {
        let row = usize::try_from(row).ok().filter(|&r| r < self.size.rows)?;
        let column = usize::try_from(column)
            .ok()
            .filter(|&c| c < self.size.columns)?;
        Some(f64::from(self.map[row * self.size.columns + column]))
    }

    fn bilinear(&self, row: f64, column: f64) -> f64 {
        let mut sum = 0.0;
        for (r, row_weight) in [
            (row.floor(), 1.0 - row + row.floor()),
            (row.floor() + 1.0, row - row.floor()),
        ] {
            for (c, column_weight) in [
                (column.floor(), 1.0 - column + column.floor()),
                (column.floor() + 1.0, column - column.floor()),
            ] {
                sum += row_weight * column_weight * self.at(r as i64, c as i64).unwrap_or(0.0);
            }
        }
        sum
    }

    /// The extreme over an ellipse of whole radius, `sign` 1 for the maximum, −1 for the minimum.
    fn extreme(&self, row: i64, column: i64, radius: i64, sign: f64) -> f64 {
        let mut extreme = f64::NEG_INFINITY;
        for dy in -radius..=radius {
            let rest = (radius * radius - dy * dy) as f64 / (radius * radius).max(1) as f64;
            let reach = (radius as f64 * rest.sqrt()).round_ties_even() as i64;
            for dx in -reach..=reach {
                if let Some(x) = self.at(row + dy, column + dx) {
                    extreme = extreme.max(sign * x);
                }
            }
        }
        sign * extreme
    }

    fn value(&self, row: i64, column: i64, kind: Kind, [a, b]: [f64; 2]) -> f64 {
        let (rows, columns) = (self.size.rows as f64, self.size.columns as f64);
        let (r, c) = (row as f64, column as f64);
        let (centre_r, centre_c) = ((rows - 1.0) / 2.0, (columns - 1.0) / 2.0);
        let (from_r, from_c) = (r - centre_r, c - centre_c);
        let x = self.at(row, column).unwrap();
        match kind {
            Kind::Ablate => 0.0,
            Kind::Invert => 1.0 - x,
            Kind::ScalarMultiply => a * x,
            Kind::BinaryThresh => f64::from(u8::from(x >= a)),
            Kind::FlipHorizontal => self.at(row, columns as i64 - 1 - column).unwrap(),
            Kind::FlipVertical => self.at(rows as i64 - 1 - row, column).unwrap(),
            Kind::Translate => self.bilinear(
                r - b.clamp(-1.0, 1.0) * rows,
                c - a.clamp(-1.0, 1.0) * columns,
            ),
            Kind::Scale => {
                let scale = a.clamp(1e-3, 1e3);
                self.bilinear(centre_r + from_r / scale, centre_c + from_c / scale)
            }
            Kind::Rotate => {
                let (sin, cos) = a.to_radians().sin_cos();
                self.bilinear(
                    centre_r + sin * from_c + cos * from_r,
                    centre_c + cos * from_c - sin * from_r,
                )
            }
            Kind::Erode | Kind::Dilate => {
                let sign = if kind == Kind::Dilate { 1.0 } else { -1.0 };
                let radius = a.clamp(0.0, MAX_RADIUS as f64);
                let whole = |radius: f64| self.extreme(row, column, radius as i64, sign);
                let (small, large) = (whole(radius.floor()), whole(radius.ceil()));
                small + radius.fract() * (large - small)
            }
        }
    }
}

fn parameters(kind: Kind) -> Vec<[f32; 2]> {
    let first = |values: &[f32]| values.iter().map(|&value| [value, 0.0]).collect();
    match kind {
        Kind::Ablate | Kind::Invert | Kind::FlipHorizontal | Kind::FlipVertical => first(&[0.0]),
        Kind::ScalarMultiply => first(&[-10.0, 0.0, 1.6, 1e6]),
        Kind::BinaryThresh => first(&[-1.0, 0.0, 0.25, 4.0]),
        Kind::Translate => {
            let shifts = [-7.0, -1.0, -0.31, -1e-4, 0.0, 0.16, 0.5, 0.99, 1.0];
            let pairs = shifts.into_iter().flat_map(|x| shifts.map(|y| [x, y]));
            pairs.collect()
        }
        Kind::Scale => first(&[
            0.0, 1e-6, 1e-3, 0.25, 0.6, 0.999, 1.0, 1.001, 2.0875, 4.0, 1e3, 1e9,
        ]),
        Kind::Rotate => first(&[
            -180.0, -90.0, -28.8, -0.01, 0.0, 0.01, 30.0, 45.0, 90.0, 179.99, 270.0, 360.0, 1e4,
        ]),
        Kind::Erode | Kind::Dilate => first(&[
            -3.0, 0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 2.744, 3.0, 5.25, 8.0, 23.0, 64.0, 99.0,
        ]),
    }
}

fn compare(map: &[f32], size: MapSize, kind: Kind, parameters: [f32; 2]) {
    let found = bent(map, size, kind, parameters, 1.0);
    let slow = Slow { map, size };
    for (n, found) in found.iter().enumerate() {
        let (row, column) = ((n / size.columns) as i64, (n % size.columns) as i64);
        let expected = slow.value(row, column, kind, parameters.map(f64::from));
        let tolerance = TOLERANCE * expected.abs().max(1.0);
        assert!(
            (f64::from(*found) - expected).abs() <= tolerance,
            "{kind:?} {parameters:?} of {size:?} at row {row}, column {column}: {found}, not {expected}"
        );
    }
}

#[test]
fn every_transform_is_its_formula_on_maps_of_every_size() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for size in sizes() {
        let map = random_map(size, &mut rng);
        for kind in Kind::ALL {
            for parameters in parameters(kind) {
                compare(&map, size, kind, parameters);
            }
        }
    }
}

#[test]
fn the_largest_maps_are_no_less_exact() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let size = MapSize {
        rows: 128,
        columns: 513,
    };
    let map = random_map(size, &mut rng);
    for (kind, parameters) in [
        (Kind::Rotate, [33.3, 0.0]),
        (Kind::Rotate, [-175.1, 0.0]),
        (Kind::Scale, [1.37, 0.0]),
        (Kind::Scale, [0.83, 0.0]),
        (Kind::Translate, [0.213, -0.377]),
        (Kind::Dilate, [6.6, 0.0]),
        (Kind::Erode, [6.6, 0.0]),
    ] {
        compare(&map, size, kind, parameters);
    }
}

#[test]
fn amount_mixes_with_the_untouched_map_and_none_touches_no_bit() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for size in sizes() {
        let map = random_map(size, &mut rng);
        for kind in Kind::ALL {
            for parameters in parameters(kind) {
                let whole = bent(&map, size, kind, parameters, 1.0);
                for amount in [0.1_f32, 0.5, 0.9] {
                    let part = bent(&map, size, kind, parameters, amount);
                    for ((x, whole), part) in map.iter().zip(&whole).zip(&part) {
                        let expected = x + amount * (whole - x);
                        let tolerance = 1e-6 * whole.abs().max(1.0);
                        assert!((part - expected).abs() <= tolerance, "{kind:?} {amount}");
                    }
                }
                for amount in [0.0, -1.0, f32::NAN] {
                    assert_eq!(bent(&map, size, kind, parameters, amount), map);
                }
            }
        }
    }
}

#[test]
fn parameters_that_change_nothing_touch_no_bit() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for size in sizes() {
        let mut map = random_map(size, &mut rng);
        map[0] = f32::NAN;
        for (kind, parameters) in [
            (Kind::Translate, [0.0, 0.0]),
            (Kind::Translate, [-0.0, f32::NAN]),
            (Kind::Scale, [1.0, 0.0]),
            (Kind::Scale, [f32::NAN, 0.0]),
            (Kind::Rotate, [0.0, 0.0]),
            (Kind::Rotate, [360.0, 0.0]),
            (Kind::Rotate, [f32::INFINITY, 0.0]),
            (Kind::Erode, [0.0, 0.0]),
            (Kind::Dilate, [-1.0, 0.0]),
            (Kind::Dilate, [f32::NAN, 0.0]),
        ] {
            for amount in [0.3, 1.0] {
                let after = bent(&map, size, kind, parameters, amount);
                let bits = |map: &[f32]| map.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&after), bits(&map), "{kind:?} {parameters:?}");
            }
        }
    }
}

/// How far a value may move when the parameter goes from `a` to `b`: how far its place on the map moves in either direction, times the
/// largest step between neighbours (2, of values between −1 and 1).
fn largest_step(kind: Kind, size: MapSize, a: f32, b: f32) -> f32 {
    let (rows, columns) = (size.rows as f32, size.columns as f32);
    let moved = match kind {
        Kind::Translate => (b - a) * (rows + columns),
        Kind::Scale => (1.0 / a - 1.0 / b) * (rows + columns) / 2.0,
        Kind::Rotate => (b - a).to_radians() * (rows + columns),
        _ => b - a,
    };
    2.0 * moved + 1e-4
}

#[test]
fn a_parameter_that_turns_slowly_moves_no_value_by_a_jump() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for size in sizes() {
        let map = random_map(size, &mut rng);
        for (kind, from, to) in [
            (Kind::Translate, -1.1, 1.1),
            (Kind::Scale, 0.2, 4.0),
            (Kind::Rotate, -190.0, 190.0),
            (Kind::Erode, 0.0, 9.0),
            (Kind::Dilate, 0.0, 9.0),
        ] {
            let at = |step: usize| from + (to - from) * step as f32 / 500.0;
            let parameters = |value: f32| match kind {
                Kind::Translate => [value, value],
                _ => [value, 0.0],
            };
            let mut before = bent(&map, size, kind, parameters(at(0)), 1.0);
            for step in 1..=500 {
                let now = bent(&map, size, kind, parameters(at(step)), 1.0);
                let limit = largest_step(kind, size, at(step - 1), at(step));
                for (before, now) in before.iter().zip(&now) {
                    assert!(
                        (now - before).abs() <= limit,
                        "{kind:?} of {size:?}, step {step}: {before} to {now}, limit {limit}"
                    );
                }
                before = now;
            }
        }
    }
}

#[test]
fn nothing_but_the_selected_features_of_the_selected_item_changes() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let size = MapSize {
        rows: 8,
        columns: 33,
    };
    let (batch, features) = (3, 5);
    let map = size.rows * size.columns;
    let all = (0..batch * features)
        .flat_map(|_| random_map(size, &mut rng))
        .collect::<Vec<_>>();
    for kind in Kind::ALL {
        let [a, b] = parameters(kind)[parameters(kind).len() / 2];
        let mut program = Program::new();
        let mut entry = Entry {
            layer: 2,
            item: 1,
            transform: kind,
            amount: 1.0,
            parameters: [a, b],
            features: &[3.0, 99.0, 0.0, f32::NAN, f32::INFINITY, -7.0],
        };
        // NaN and −7 are read as 0: the program's writer never makes them.
        entry.features = &entry.features[..3];
        program.push(&entry);
        entry.layer = 1;
        program.push(&entry);
        (entry.layer, entry.item) = (2, batch);
        program.push(&entry);
        let mut bent_maps = all.clone();
        let shape = [batch, features, size.rows, size.columns];
        operator::apply(
            2,
            program.words(),
            shape,
            &mut bent_maps,
            &mut Scratch::new(),
        );
        for (n, (before, after)) in all.chunks(map).zip(bent_maps.chunks(map)).enumerate() {
            if [features, features + 3].contains(&n) {
                assert_eq!(after, bent(before, size, kind, [a, b], 1.0), "{kind:?}");
            } else {
                assert_eq!(after, before, "{kind:?}");
            }
        }
    }
}

#[test]
fn the_latent_takes_the_transforms_of_single_values_and_no_other() {
    let latents: Vec<f32> = (0..8).map(|n| n as f32 / 4.0 - 0.9).collect();
    for kind in Kind::ALL {
        let mut program = Program::new();
        program.push(&Entry {
            layer: 0,
            item: 1,
            transform: kind,
            amount: 1.0,
            parameters: [0.5, 0.5],
            features: &[0.0, 2.0],
        });
        let mut found = latents.clone();
        let shape = [2, 4, 1, 1];
        operator::apply(0, program.words(), shape, &mut found, &mut Scratch::new());
        let changed: Vec<_> = (0..8).filter(|&n| found[n] != latents[n]).collect();
        let expected: &[usize] = if kind.acts_on_latent() { &[4, 6] } else { &[] };
        assert_eq!(changed, expected, "{kind:?}");
    }
}

#[test]
fn no_parameter_and_no_value_is_dangerous_and_used_memory_leaves_no_trace() {
    const ODD: [f32; 14] = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        f32::MIN,
        f32::MIN_POSITIVE,
        1e-45,
        0.0,
        -0.0,
        1e9,
        -1e9,
        0.5,
        -1.0,
        180.0,
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut used = Scratch::new();
    for round in 0..4_000 {
        let size = MapSize {
            rows: rng.random_range(1..20),
            columns: rng.random_range(1..40),
        };
        let mut map = random_map(size, &mut rng);
        if round % 2 == 0 {
            for _ in 0..3 {
                let place = rng.random_range(0..map.len());
                map[place] = ODD[rng.random_range(0..ODD.len())];
            }
        }
        let kind = Kind::ALL[round % Kind::ALL.len()];
        let mut parameter = || match rng.random_range(0..3) {
            0 => ODD[rng.random_range(0..ODD.len())],
            1 => rng.random_range(-2.0..2.0),
            _ => rng.random_range(-400.0..400.0),
        };
        let parameters = [parameter(), parameter()];
        let mut again = map.clone();
        kind.apply(Maps::single(&mut again, size), parameters, 1.0, &mut used);
        let fresh = bent(&map, size, kind, parameters, 1.0);
        for (fresh, again) in fresh.iter().zip(&again) {
            let same = fresh == again || fresh.is_nan() && again.is_nan();
            assert!(same, "{kind:?} {parameters:?} of {size:?}");
        }
        if matches!(kind, Kind::Erode | Kind::Dilate) {
            let spreads = parameters[0] > 0.0;
            assert!(
                !spreads
                    || !fresh
                        .iter()
                        .any(|x| x.is_nan() && !map.iter().any(|x| x.is_infinite()))
            );
        }
    }
    for kind in Kind::ALL {
        for [rows, columns] in [[0, 0], [0, 5], [5, 0], [usize::MAX, usize::MAX], [2, 3]] {
            let size = MapSize { rows, columns };
            let mut map = [1.0];
            kind.apply(Maps::single(&mut map, size), [0.5, 0.5], 1.0, &mut used);
            assert_eq!(map, [1.0]);
        }
    }
}
