//! The last seconds of input and output as spectrograms for the editor.
//!
//! Written by the worker, read by the editor; the audio thread never touches it. Nothing is written
//! while no editor is open.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use netbend_dsp::number::{cut, nearest_f32};
use netbend_dsp::phase::LOOK_AHEAD_FRAMES;

use super::maps::Maps;

/// Columns (frames) kept.
pub const COLUMNS: usize = 512;
/// Rows (bands, logarithmic in frequency) kept.
pub const ROWS: usize = 96;
/// Frequency of the lowest and highest band in hertz.
pub const RANGE_HZ: (f32, f32) = (40.0, 18_000.0);
/// Decibels mapped to the darkest and brightest colour.
pub const RANGE_DB: (f32, f32) = (-80.0, 0.0);

/// Two scrolling spectrograms, input and output, and what the network between them does.
#[derive(Debug, Default)]
pub struct Scope {
    /// What the layers do.
    pub maps: Maps,
    open: AtomicBool,
    pictures: Mutex<Pictures>,
}

/// The spectrograms: a ring of columns of [`ROWS`] values in 0–1, lowest band first.
#[derive(Debug, Clone)]
pub struct Pictures {
    /// Input, `[column][row]`.
    pub input: Vec<[f32; ROWS]>,
    /// Output, `[column][row]`.
    pub output: Vec<[f32; ROWS]>,
    /// Index of the oldest column.
    pub next: usize,
    /// Columns ever written.
    pub written: u64,
    /// Columns of the input whose output is still to come, oldest first.
    ahead: [[f32; ROWS]; LOOK_AHEAD_FRAMES],
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            input: vec![[0.0; ROWS]; COLUMNS],
            output: vec![[0.0; ROWS]; COLUMNS],
            next: 0,
            written: 0,
            ahead: [[0.0; ROWS]; LOOK_AHEAD_FRAMES],
        }
    }
}

impl Scope {
    /// Called by the editor when it opens and closes.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }

    /// Whether columns are wanted.
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Adds a column: magnitudes (linear, full scale = 1) of an input frame, and of the output frame that comes with it, which is
    /// [`LOOK_AHEAD_FRAMES`] older; at `hz_per_bin`. What came in is kept until what became of it goes out, so that both stand at the
    /// same place.
    pub fn push(&self, input: &[f32], output: &[f32], hz_per_bin: f32) {
        let mut guard = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        let pictures = &mut *guard;
        let next = pictures.next;
        pictures.input[next] = pictures.ahead[0];
        pictures.ahead.rotate_left(1);
        column(
            input,
            hz_per_bin,
            &mut pictures.ahead[LOOK_AHEAD_FRAMES - 1],
        );
        column(output, hz_per_bin, &mut pictures.output[next]);
        pictures.next = (next + 1) % COLUMNS;
        pictures.written += 1;
    }

    /// Hands the pictures to `read`, briefly holding up the worker.
    pub fn read<T>(&self, read: impl FnOnce(&Pictures) -> T) -> T {
        read(&self.pictures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The largest magnitude of each band, as 0–1 over [`RANGE_DB`].
fn column(magnitudes: &[f32], hz_per_bin: f32, out: &mut [f32; ROWS]) {
    let edge = |row: usize| {
        let share = nearest_f32(row) / nearest_f32(ROWS);
        RANGE_HZ.0 * (RANGE_HZ.1 / RANGE_HZ.0).powf(share) / hz_per_bin
    };
    for (row, value) in out.iter_mut().enumerate() {
        let from = cut::<usize>(edge(row).round()).min(magnitudes.len().saturating_sub(1));
        let to =
            cut::<usize>(edge(row + 1).round()).clamp(from + 1, magnitudes.len().max(from + 1));
        let peak = magnitudes
            .get(from..to)
            .unwrap_or(&[])
            .iter()
            .fold(0.0_f32, |peak, &m| peak.max(m));
        let db = netbend_dsp::decibel::amplitude_to_db(peak);
        *value = ((db - RANGE_DB.0) / (RANGE_DB.1 - RANGE_DB.0)).clamp(0.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_stands_where_what_became_of_it_does() {
        let scope = Scope::default();
        let level = |frame: usize| 0.5_f32.powi((frame % 11) as i32);
        for frame in 0..3 * COLUMNS {
            let came_in = [level(frame); 513];
            let went_out = match frame.checked_sub(LOOK_AHEAD_FRAMES) {
                Some(older) => [level(older); 513],
                None => [0.0; 513],
            };
            scope.push(&came_in, &went_out, 43.0);
        }
        scope.read(|pictures| {
            assert_eq!(pictures.input, pictures.output);
            assert!(
                pictures
                    .input
                    .iter()
                    .any(|column| column != &pictures.input[0])
            );
        });
    }
}
