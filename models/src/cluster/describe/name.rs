//! From what stands out to words, no two clusters of a layer alike.

mod find;

use std::ops::Range;

use super::change::{COLUMNS, Change};
use crate::package::bands::BANDS;
use find::{Find, Part};

/// The whole spectrum loses this much on average where the name is "everything", in decibels.
const EVERYTHING_DB: f64 = 15.0;
/// Name of a cluster without features.
const EMPTY: &str = "no features";
/// Name of a cluster whose ablation is hardly heard.
const NOTHING: &str = "almost nothing";
/// Ahead of what comes up when the cluster is ablated: it held that down.
const DAMPS: &str = "damps ";

/// Names for the clusters of a layer, no two alike. `empty` says which have no features.
pub(super) fn names(changes: &[Change], empty: &[bool]) -> Vec<String> {
    let finds: Vec<Find> = changes.iter().map(Find::of).collect();
    let plain: Vec<String> = finds
        .iter()
        .zip(empty)
        .map(|(find, &empty)| match empty {
            true => EMPTY.to_owned(),
            false => words(find),
        })
        .collect();
    // Of two alike, say in which band each is strongest; then number them.
    let specific: Vec<String> = plain
        .iter()
        .zip(&finds)
        .map(|(name, find)| {
            let alike = plain.iter().filter(|other| *other == name).count() > 1;
            match find
                .strongest_band
                .filter(|_| alike && find.bands.len() > 1)
            {
                Some(band) => format!("{name} ({})", BANDS[band].name),
                None => name.clone(),
            }
        })
        .collect();
    specific
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let before = specific[..place]
                .iter()
                .filter(|other| *other == name)
                .count();
            match before {
                0 => name.clone(),
                _ => format!("{name} {}", before + 1),
            }
        })
        .collect()
}

/// What a cluster is called whose ablation makes this change.
fn words(find: &Find) -> String {
    if find.strongest_band.is_none() {
        return NOTHING.to_owned();
    }
    let part = match find.part {
        Part::Attacks => "attacks",
        Part::Body => "body",
        Part::Tail => "tail",
        Part::Hits => "hits",
        Part::Sustain => "sustain",
        Part::Level => "",
    };
    let what = match (find.bands.len() == COLUMNS, part) {
        (true, "") if find.size_db >= EVERYTHING_DB => "everything".to_owned(),
        (true, "") => "level".to_owned(),
        (true, part) => part.to_owned(),
        (false, "") => noun(&find.bands),
        (false, part) => format!("{} {part}", adjective(&find.bands)),
    };
    match find.adds {
        true => format!("{DAMPS}{what}"),
        false => what,
    }
}

/// Bands ahead of a part: "low body".
fn adjective(bands: &Range<usize>) -> String {
    match (bands.start, bands.end) {
        (0, 2) => "low-end".to_owned(),
        (2, 4) => "mid-range".to_owned(),
        (4, 6) => "high".to_owned(),
        (start, end) if end - start == 1 => BANDS[start].name.to_owned(),
        (start, end) => format!("{}-to-{}", BANDS[start].name, BANDS[end - 1].name),
    }
}

/// Bands on their own: "lows".
fn noun(bands: &Range<usize>) -> String {
    match (bands.start, bands.end) {
        (0, 2) => "low end".to_owned(),
        (1, 2) => "lows".to_owned(),
        (2, 3) => "low mids".to_owned(),
        (3, 4) => "mids".to_owned(),
        (2, 4) => "mid range".to_owned(),
        (4, 6) => "highs".to_owned(),
        (start, end) if end - start == 1 => BANDS[start].name.to_owned(),
        (start, end) => format!("{} to {}", BANDS[start].name, BANDS[end - 1].name),
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::Energy;
    use super::super::parts::{Part as Of, Parts};
    use super::super::spectrogram::Spectrogram;
    use super::*;
    use crate::package::bands::band_of_bin;

    const STROKES: [usize; 2] = [20, 75];
    const BINS: usize = 513;

    fn band(bin: usize) -> usize {
        band_of_bin(bin, 1_024, 44_100)
    }

    /// Loudness of a stroke `age` frames behind its onset: a burst, then a long decay.
    fn stroke(age: isize) -> f32 {
        match age {
            ..-1 => 0.0,
            -1 => 0.3,
            0..3 => 1.0,
            3..6 => 0.6,
            _ => 0.3 * (-(age - 6) as f32 / 40.0).exp(),
        }
    }

    /// A window whose every bin strikes twice, times `gain(age, bin)`.
    fn window(gain: impl Fn(isize, usize) -> f32) -> Spectrogram {
        let frames: Vec<Vec<f32>> = (0..125)
            .map(|frame: usize| {
                let begun = STROKES.iter().rev().find(|&&onset| frame + 2 >= onset);
                let age = begun.map_or(-100, |&onset| frame as isize - onset as isize);
                // Low bins are few, so they get more each, as in a drum.
                let slope = |bin: usize| 1.0 / (1.0 + bin as f32);
                (0..BINS)
                    .map(|bin| slope(bin) * stroke(age) * gain(age, bin))
                    .collect()
            })
            .collect();
        Spectrogram::from_magnitudes(BINS, frames.concat())
    }

    fn change(clean: &Spectrogram, ablated: &Spectrogram) -> Change {
        let bands: Vec<usize> = (0..BINS).map(band).collect();
        let parts = Parts::of(clean);
        let energy = |spectrogram: &Spectrogram| {
            let mut energy = Energy::default();
            energy.add(spectrogram, &parts, &bands);
            energy
        };
        Change::between(&energy(clean), &energy(ablated))
    }

    /// What the change from the plain window to one with this gain is called.
    fn named(gain: impl Fn(isize, usize) -> f32) -> String {
        names(&[change(&window(|_, _| 1.0), &window(gain))], &[false]).remove(0)
    }

    /// A gain that turns a burst into a slow rise to the level behind it.
    fn softened(age: isize) -> f32 {
        match age {
            -1..6 => 0.3 * (age + 2) as f32 / 8.0 / stroke(age),
            _ => 1.0,
        }
    }

    #[test]
    fn strokes_are_found_where_they_begin_and_parted_by_age() {
        let parts = Parts::of(&window(|_, _| 1.0));
        assert_eq!(parts.onsets, STROKES);
        for (age, expected) in [
            (-3, Of::Tail),
            (-2, Of::Attack),
            (5, Of::Attack),
            (6, Of::Body),
            (20, Of::Body),
            (21, Of::Tail),
        ] {
            assert_eq!(parts.of_frame[(75 + age) as usize], expected, "{age}");
        }
    }

    #[test]
    fn what_goes_missing_names_the_cluster() {
        let is = |of: usize, bin: usize| band(bin) == of;
        assert_eq!(named(|_, _| 1.0), "almost nothing");
        assert_eq!(named(|_, _| 0.0), "everything");
        assert_eq!(named(|_, _| 0.5), "level");
        assert_eq!(named(|age, _| softened(age)), "attacks");
        assert_eq!(named(|age, _| if age >= 21 { 0.1 } else { 1.0 }), "tail");
        assert_eq!(named(|age, _| if age >= 6 { 0.1 } else { 1.0 }), "sustain");
        assert_eq!(
            named(|_, bin| if band(bin) >= 4 { 0.1 } else { 1.0 }),
            "highs"
        );
        assert_eq!(named(|_, bin| if is(1, bin) { 0.1 } else { 1.0 }), "lows");
        let low_body = |age: isize, bin: usize| match (6..21).contains(&age) && is(1, bin) {
            true => 0.1,
            false => 1.0,
        };
        assert_eq!(named(low_body), "low body");
        let air_attacks = |age: isize, bin: usize| match is(5, bin) {
            true => softened(age),
            false => 1.0,
        };
        assert_eq!(named(air_attacks), "air attacks");
    }

    #[test]
    fn what_comes_up_is_damped_by_the_cluster() {
        assert_eq!(named(|_, _| 2.0), "damps level");
        assert_eq!(
            named(|_, bin| if band(bin) >= 4 { 3.0 } else { 1.0 }),
            "damps highs"
        );
    }

    #[test]
    fn figures_of_one_gain_are_that_gain_everywhere() {
        let change = change(&window(|_, _| 1.0), &window(|_, _| 0.5));
        let figures = [
            change.level_db,
            change.onset_db,
            change.sustain_db,
            change.tail_db,
        ];
        for db in figures.iter().chain(&change.bands_db) {
            assert!((db + 6.02).abs() < 0.05, "{db}");
        }
    }

    #[test]
    fn softened_attacks_lower_the_onsets_and_keep_the_sustain() {
        let change = change(&window(|_, _| 1.0), &window(|age, _| softened(age)));
        assert!(change.onset_db < -6.0, "{change:?}");
        assert!(change.sustain_db.abs() < 0.1, "{change:?}");
    }

    #[test]
    fn silence_stays_finite() {
        let (silent, loud) = (window(|_, _| 0.0), window(|_, _| 1.0));
        for (clean, ablated, name) in [
            (&silent, &silent, "almost nothing"),
            (&silent, &loud, "damps everything"),
            (&loud, &silent, "everything"),
        ] {
            let change = change(clean, ablated);
            let figures = [
                change.level_db,
                change.onset_db,
                change.sustain_db,
                change.tail_db,
            ];
            assert!(
                figures.iter().all(|db| db.is_finite() && db.abs() < 70.0),
                "{figures:?}"
            );
            assert_eq!(names(&[change], &[false]), [name]);
        }
    }

    #[test]
    fn names_of_a_layer_are_unique() {
        let clean = window(|_, _| 1.0);
        let tilted = |low: f32, high: f32| {
            change(
                &clean,
                &window(|_, bin| if band(bin) < 3 { low } else { high }),
            )
        };
        let changes = [
            tilted(0.5, 0.4),
            tilted(0.4, 0.5),
            tilted(0.4, 0.5),
            tilted(1.0, 1.0),
            tilted(1.0, 1.0),
            tilted(0.5, 0.4),
        ];
        let empty = [false, false, false, false, false, true];
        assert_eq!(
            names(&changes, &empty),
            [
                "level (mid)",
                "level (sub)",
                "level (sub) 2",
                "almost nothing",
                "almost nothing 2",
                "no features"
            ]
        );
    }
}
