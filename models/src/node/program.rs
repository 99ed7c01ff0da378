//! The control tensor of `netbend.Bend`: what to do to which feature at which time step.
//!
//! A program is a flat list of `f32` words, one tensor for the whole decoder, so that everything about
//! a bend is run-time data and no session is ever rebuilt. Word 0 is the number of entries; each entry
//! is
//!
//! ```text
//! layer, item, transform, amount, parameter × 2, features, feature[features]
//! ```
//!
//! Entries of one layer apply in order. Integers are exact: none exceeds 2²⁴. Where something is watched, the number of watches follows, and
//! six words of each ([`Watch`]).
//!
//! Controls are constant over a window. What moves in time is decoded at several moments, as items of
//! one batch, and read frame by frame from the item whose controls are the frame's own: a layer's rows
//! span up to 16 frames, so controls that varied along the rows would smear by as much.

pub mod builder;

pub use builder::ProgramBuilder;

use netbend_dsp::number::{cut, nearest_f32};

use crate::bends::transform::MAX_PARAMETERS;
use crate::bends::transform::TransformKind;
use crate::node::activity::{self, Watch};

const HEADER_WORDS: usize = 5 + MAX_PARAMETERS;

/// A packed program.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    words: Vec<f32>,
    /// Words of the watches, their number included; 0 where there is none.
    watching: usize,
}

impl Default for Program {
    fn default() -> Self {
        Self::new()
    }
}

impl Program {
    /// The program that does nothing.
    pub fn new() -> Self {
        Self {
            words: vec![0.0],
            watching: 0,
        }
    }

    /// Whether no entry is held: the bent decode equals the clean one.
    pub fn is_empty(&self) -> bool {
        self.words[0] == 0.0
    }

    /// The words, as handed to the graph.
    pub fn words(&self) -> &[f32] {
        &self.words
    }

    /// Removes every entry; keeps the memory.
    pub fn clear(&mut self) {
        self.words.clear();
        self.words.push(0.0);
        self.watching = 0;
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: &Entry<'_>) {
        let watches = self.words.split_off(self.words.len() - self.watching);
        self.words[0] += 1.0;
        self.words.extend([
            nearest_f32(entry.layer),
            nearest_f32(entry.item),
            f32::from(entry.transform as u8),
            entry.amount,
        ]);
        self.words.extend(entry.parameters);
        self.words.push(nearest_f32(entry.features.len()));
        self.words.extend_from_slice(entry.features);
        self.words.extend(watches);
    }

    /// Appends a watch. It bends nothing, and is no entry.
    pub fn watch(&mut self, watch: Watch) {
        if self.watching == 0 {
            self.words.push(0.0);
            self.watching = 1;
        }
        let number = self.words.len() - self.watching;
        self.words[number] += 1.0;
        self.words.extend(watch.words());
        self.watching += activity::WORDS;
    }

    /// Appends the entries and watches of `other` for items that lie `items` further on.
    pub fn append(&mut self, other: &Self, items: usize) {
        for entry in Self::entries(&other.words) {
            self.push(&Entry {
                item: entry.item + items,
                ..entry
            });
        }
        for watch in Self::watches(&other.words) {
            self.watch(Watch {
                item: watch.item + items,
                ..watch
            });
        }
    }

    /// Reads the entries of packed words. Stops at the first that is malformed, so that no input can
    /// make it read out of bounds.
    pub fn entries(words: &[f32]) -> Entries<'_> {
        let remaining = words.first().map_or(0, |count| cut::<usize>(*count));
        Entries {
            remaining,
            words: words.get(1..).unwrap_or(&[]),
        }
    }

    /// Reads the watches of packed words: none where an entry is malformed, and up to the first watch that is.
    pub fn watches(words: &[f32]) -> impl Iterator<Item = Watch> + '_ {
        let mut entries = Self::entries(words);
        let count = entries.remaining;
        let rest = match entries.by_ref().count() == count {
            true => entries.words,
            false => &[],
        };
        let watches = rest.first().map_or(0, |count| cut::<usize>(*count));
        let words = rest.get(1..).unwrap_or(&[]);
        words
            .chunks_exact(activity::WORDS)
            .take(watches)
            .map_while(Watch::from_words)
    }
}

/// One entry, borrowed from a program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    /// 1-based layer, or [`LATENT_LAYER`](crate::bends::LATENT_LAYER).
    pub layer: usize,
    /// Index in the batch.
    pub item: usize,
    /// The transform.
    pub transform: TransformKind,
    /// Mix of bent and untouched activation, 0–1.
    pub amount: f32,
    /// The transform's parameters.
    pub parameters: [f32; MAX_PARAMETERS],
    /// Feature indices: whole numbers held as `f32`.
    pub features: &'a [f32],
}

/// Iterator over packed entries.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    remaining: usize,
    words: &'a [f32],
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        self.remaining = self.remaining.checked_sub(1)?;
        let (header, rest) = self.words.split_at_checked(HEADER_WORDS)?;
        let (features, rest) = rest.split_at_checked(cut::<usize>(header[HEADER_WORDS - 1]))?;
        let entry = Entry {
            layer: cut::<usize>(header[0]),
            item: cut::<usize>(header[1]),
            transform: TransformKind::from_code(cut::<u8>(header[2]))?,
            amount: header[3],
            parameters: [header[4], header[5]],
            features,
        };
        self.words = rest;
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry<'static> {
        Entry {
            layer: 2,
            item: 1,
            transform: TransformKind::ScalarMultiply,
            amount: 0.25,
            parameters: [2.0, 3.0],
            features: &[5.0, 0.0, 2.0],
        }
    }

    #[test]
    fn entries_come_back_as_they_were_pushed() {
        let mut program = Program::new();
        assert!(program.is_empty());
        program.push(&entry());
        program.push(&entry());
        let read: Vec<_> = Program::entries(program.words()).collect();
        assert_eq!(read, [entry(), entry()]);
        program.clear();
        assert!(program.is_empty());
        assert_eq!(Program::entries(program.words()).count(), 0);
    }

    #[test]
    fn appended_entries_belong_to_later_items() {
        let mut first = Program::new();
        first.push(&entry());
        let mut both = first.clone();
        both.append(&first, 3);
        let items: Vec<_> = Program::entries(both.words()).map(|e| e.item).collect();
        assert_eq!(items, [1, 4]);
    }

    #[test]
    fn watches_stay_behind_the_entries_and_move_with_their_items() {
        let watch = Watch {
            number: 9,
            item: 1,
            frames: 128,
            end: 125,
            columns: 4,
            column_frames: 4,
        };
        let mut program = Program::new();
        assert_eq!(Program::watches(program.words()).count(), 0);
        program.push(&entry());
        program.watch(watch);
        program.push(&entry());
        program.watch(watch);
        assert_eq!(Program::entries(program.words()).count(), 2);
        let read: Vec<_> = Program::watches(program.words()).collect();
        assert_eq!(read, [watch, watch]);
        let mut both = program.clone();
        both.append(&program, 3);
        let items: Vec<_> = Program::watches(both.words()).map(|w| w.item).collect();
        assert_eq!(items, [1, 1, 4, 4]);
        assert_eq!(Program::entries(both.words()).count(), 4);
        for length in 0..program.words().len() {
            let _ = Program::watches(&program.words()[..length]).count();
        }
        program.clear();
        assert_eq!(program.words(), [0.0]);
    }

    #[test]
    fn truncated_words_end_the_iteration_and_never_panic() {
        let mut program = Program::new();
        program.push(&entry());
        for length in 0..program.words().len() {
            assert_eq!(
                Program::entries(&program.words()[..length]).count(),
                0,
                "{length}"
            );
        }
        for wrong in [f32::NAN, f32::INFINITY, -1.0, 1e30] {
            for position in 0..program.words().len() {
                let mut words = program.words().to_vec();
                words[position] = wrong;
                let _ = Program::entries(&words).count();
            }
        }
    }
}
