//! The editor's own copy of the scope's columns: what a held picture goes on showing, and what the cursor reads.

use netbend_dsp::number::signed;

use crate::report::scope::{COLUMNS, Pictures, ROWS, Scope};

/// Columns of one run, lowest band first, and the same run of the other picture.
type Pair = [Vec<[f32; ROWS]>; 2];

/// The rings of both pictures, `[column][row]`, 0–1 over the scope's decibels.
pub struct Columns {
    /// What came in, and what went out.
    levels: Pair,
    /// Columns written when the copy was last brought up to date.
    written: u64,
    /// Where in the rings the column of that number goes.
    next: usize,
}

impl Columns {
    /// Silence.
    pub fn new() -> Self {
        Self {
            levels: [(); 2].map(|()| vec![[0.0; ROWS]; COLUMNS]),
            written: 0,
            next: 0,
        }
    }

    /// Columns ever written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Where in the rings the next column goes.
    pub fn next(&self) -> usize {
        self.next
    }

    /// Takes over what is new in `scope`. Returns where it lies in the rings, as runs.
    pub fn update(&mut self, scope: &Scope) -> Vec<std::ops::Range<usize>> {
        scope.read(|pictures| {
            let runs = fresh(pictures, self.written);
            for run in &runs {
                for (to, from) in self
                    .levels
                    .iter_mut()
                    .zip([&pictures.input, &pictures.output])
                {
                    to[run.clone()].copy_from_slice(&from[run.clone()]);
                }
            }
            (self.written, self.next) = (pictures.written, pictures.next % COLUMNS);
            runs
        })
    }

    /// The levels in and out of the columns of `run`.
    pub fn run(&self, run: std::ops::Range<usize>) -> [&[[f32; ROWS]]; 2] {
        [0, 1].map(|way| &self.levels[way][run.clone()])
    }

    /// The levels in and out of a column and row; `column` counts from the ring's first and goes round it.
    pub fn level(&self, column: i64, row: usize) -> [f32; 2] {
        let column = usize::try_from(column.rem_euclid(signed(COLUMNS))).unwrap_or(0);
        [0, 1].map(|way: usize| self.levels[way][column][row.min(ROWS - 1)])
    }
}

/// Where the columns lie that were written since `seen` were: runs that lie together in the ring.
fn fresh(pictures: &Pictures, seen: u64) -> Vec<std::ops::Range<usize>> {
    // A smaller count than before means that the scope began anew.
    let fresh = pictures.written.checked_sub(seen).unwrap_or(COLUMNS as u64);
    let fresh = usize::try_from(fresh).unwrap_or(COLUMNS).min(COLUMNS);
    let first = (pictures.next % COLUMNS + COLUMNS - fresh) % COLUMNS;
    let end = first + fresh;
    [first..end.min(COLUMNS), 0..end.saturating_sub(COLUMNS)]
        .into_iter()
        .filter(|run| !run.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope_with(columns: usize) -> Scope {
        let scope = Scope::default();
        for _ in 0..columns {
            scope.push(&[1.0; 513], &[0.0; 513], 43.0);
        }
        scope
    }

    #[test]
    fn only_new_columns_are_taken() {
        let scope = scope_with(10);
        let taken = |seen: u64| {
            let runs = scope.read(|p| fresh(p, seen));
            runs.into_iter().flatten().collect::<Vec<_>>()
        };
        assert_eq!(taken(7), [7, 8, 9]);
        assert!(taken(10).is_empty());
    }

    #[test]
    fn a_run_over_the_rings_end_is_two_runs() {
        let scope = scope_with(COLUMNS + 3);
        let seen = COLUMNS as u64 - 2;
        assert_eq!(scope.read(|p| fresh(p, seen)), [COLUMNS - 2..COLUMNS, 0..3]);
    }

    #[test]
    fn a_long_absence_or_a_new_scope_takes_the_ring_once() {
        let taken = |columns: usize, seen: u64| {
            let runs = scope_with(columns).read(|p| fresh(p, seen));
            runs.iter().map(ExactSizeIterator::len).sum::<usize>()
        };
        assert_eq!(taken(2 * COLUMNS + 7, 1), COLUMNS);
        assert_eq!(taken(5, 1_000), COLUMNS);
    }

    #[test]
    fn the_copy_is_the_scopes_own_whatever_it_missed() {
        let scope = Scope::default();
        let mut columns = Columns::new();
        for count in [3, COLUMNS - 1, 2 * COLUMNS + 5, 1] {
            for step in 0..count {
                let level = 1.0 / (1 + step) as f32;
                scope.push(&[level; 513], &[level * 0.1; 513], 43.0);
            }
            let _ = columns.update(&scope);
            scope.read(|pictures| {
                assert_eq!(
                    columns.run(0..COLUMNS),
                    [&pictures.input[..], &pictures.output[..]]
                );
                let newest = i64::try_from(columns.next()).unwrap_or(0) - 1;
                let last = (pictures.next + COLUMNS - 1) % COLUMNS;
                assert_eq!(
                    columns.level(newest, 7),
                    [pictures.input[last][7], pictures.output[last][7]]
                );
            });
        }
    }
}
