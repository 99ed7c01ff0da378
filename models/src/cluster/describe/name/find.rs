//! What stands out in a change: which bands it lies in, and which part of the strokes.
//!
//! A change is a table, onset, body and tail by band, in decibels. The column that changes most names the band, with its neighbours that
//! change at least half as much. Within these bands, a row that changes 3 dB more than the others names the part. Bands count
//! alike, so that the lows, which hold most of the power, do not drown the rest.

use std::ops::Range;

use crate::cluster::describe::change::{COLUMNS, Change, ROWS};

/// Changes below this are hardly heard, in decibels.
const SLIGHT_DB: f64 = 1.0;
/// A part is named when it changes this much more than the others, in decibels.
const CONTRAST_DB: f64 = 3.0;
/// And by this share of its own change: 3 dB between parts that lose 15 are no difference in kind.
const CONTRAST_SHARE: f64 = 1.0 / 3.0;
/// What falls by this much is gone; how much further makes no difference. In decibels.
const GONE_DB: f64 = 20.0;
/// A neighbour of the band that changes most belongs to it from this share of its change.
const NEIGHBOUR_SHARE: f64 = 0.5;
/// A run of all bands but this many is the whole spectrum.
const MISSING_OF_ALL: usize = 1;

/// What stands out in a change.
pub(super) struct Find {
    /// `None` where hardly anything changes.
    pub(super) strongest_band: Option<usize>,
    pub(super) bands: Range<usize>,
    pub(super) part: Part,
    /// Whether the change adds.
    pub(super) adds: bool,
    /// Mean change of the bands named, without its sign, in decibels.
    pub(super) size_db: f64,
}

/// The part of the strokes that changes most.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Attacks,
    Body,
    Tail,
    /// Attack and body, not the tail.
    Hits,
    /// Body and tail, not the attack.
    Sustain,
    /// All alike.
    Level,
}

impl Find {
    /// Of the change that ablating a cluster makes.
    pub(super) fn of(change: &Change) -> Self {
        let cells = &change
            .cells_db
            .map(|row| row.map(|db| db.map(|db| db.clamp(-GONE_DB, GONE_DB))));
        let columns: [Option<f64>; COLUMNS] =
            std::array::from_fn(|band| mean(cells.iter().filter_map(|row| row[band])));
        let parts = cells
            .iter()
            .filter_map(|row| mean(row.iter().flatten().copied()));
        let heard = columns
            .iter()
            .flatten()
            .copied()
            .chain(parts)
            .any(|db| db.abs() >= SLIGHT_DB);
        let strongest = columns
            .iter()
            .enumerate()
            .filter_map(|(band, db)| db.map(|db| (band, db)))
            // Of equals the lower band.
            .rev()
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
            .filter(|_| heard);
        let Some((band, db)) = strongest else {
            return Self {
                strongest_band: None,
                bands: 0..COLUMNS,
                part: Part::Level,
                adds: false,
                size_db: 0.0,
            };
        };
        let sign = db.signum();
        let size = columns.map(|db| db.map(|db| db * sign));
        let bands = run(&size, band);
        let rows: [Option<f64>; ROWS] = std::array::from_fn(|row| {
            mean(
                cells[row][bands.clone()]
                    .iter()
                    .flatten()
                    .map(|db| db * sign),
            )
        });
        Self {
            strongest_band: Some(band),
            part: part(&rows),
            adds: sign > 0.0,
            size_db: mean(size[bands.clone()].iter().flatten().copied()).unwrap_or(0.0),
            bands,
        }
    }
}

/// The bands about `strongest` that change at least half as much; silent ones do not part their neighbours.
fn run(size: &[Option<f64>; COLUMNS], strongest: usize) -> Range<usize> {
    let least = size[strongest].unwrap_or(0.0) * NEIGHBOUR_SHARE;
    let belongs = |band: &usize| size[*band].is_none_or(|db| db >= least);
    let heard = |band: &usize| size[*band].is_some();
    let last = (strongest..COLUMNS)
        .take_while(belongs)
        .filter(heard)
        .last();
    let first = (0..=strongest)
        .rev()
        .take_while(belongs)
        .filter(heard)
        .last();
    let bands = first.unwrap_or(strongest)..last.unwrap_or(strongest) + 1;
    let left_out = (0..COLUMNS)
        .filter(|band| heard(band) && !bands.contains(band))
        .count();
    match left_out <= MISSING_OF_ALL && bands.len() > 1 {
        true => 0..COLUMNS,
        false => bands,
    }
}

fn part(rows: &[Option<f64>; ROWS]) -> Part {
    let mut order: Vec<(usize, f64)> = rows
        .iter()
        .enumerate()
        .filter_map(|(row, db)| db.map(|db| (row, db)))
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    match order[..] {
        [(row, most), (_, next), ..] if stands_out(most, next) => {
            [Part::Attacks, Part::Body, Part::Tail][row]
        }
        [_, (_, next), (row, least)] if stands_out(next, least) => {
            // What is left out says what the other two are together.
            [Part::Sustain, Part::Level, Part::Hits][row]
        }
        _ => Part::Level,
    }
}

fn stands_out(more: f64, less: f64) -> bool {
    more - less >= CONTRAST_DB.max(CONTRAST_SHARE * more)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
