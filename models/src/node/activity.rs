//! Small pictures of activation maps, which bend nodes take on their way: what a network does at this moment, for people to look at.
//!
//! A [`Watch`] in a program asks for the pictures of one item of the batch. Each bend node that the item passes then adds the picture of its
//! layer, as it is bent, to those of the thread that decodes ([`take`]). Sound is not touched, and a program without watches is read as
//! ever.

use std::cell::RefCell;

use netbend_dsp::number::{cut, nearest_f32};

/// Values of a column: bands of the layer's columns, equally wide, the lowest first. A layer of fewer columns repeats them.
pub const BANDS: usize = 8;
/// Pictures that wait to be taken, at most: of a few decodes.
const MOST_WAITING: usize = 256;

/// What is to be pictured of an item: columns of time that end with the newest frame that reaches the latent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Whose pictures they are, below 2²⁴: whoever asks takes those that bear it.
    pub number: u32,
    /// Index in the batch.
    pub item: usize,
    /// Frames of a whole window.
    pub frames: usize,
    /// The frame of the window that comes after the last column.
    pub end: usize,
    /// How many columns.
    pub columns: usize,
    /// Frames that a column lasts.
    pub column_frames: usize,
}

/// Words of a watch.
pub(super) const WORDS: usize = 6;

impl Watch {
    pub(super) fn words(self) -> [f32; WORDS] {
        let Self {
            number,
            item,
            frames,
            end,
            columns,
            column_frames,
        } = self;
        let number = usize::try_from(number).unwrap_or(0);
        [number, item, frames, end, columns, column_frames].map(nearest_f32)
    }

    /// What six words say; `None` where a window is said to have no frames.
    pub(super) fn from_words(words: &[f32]) -> Option<Self> {
        let [number, item, frames, end, columns, column_frames] = *words.first_chunk::<WORDS>()?;
        let watch = Self {
            number: cut(number),
            item: cut(item),
            frames: cut(frames),
            end: cut(end),
            columns: cut(columns),
            column_frames: cut(column_frames),
        };
        (watch.frames > 0 && watch.end <= watch.frames && watch.columns <= watch.frames)
            .then_some(watch)
    }
}

/// What the features of one layer did.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// The [watch's](Watch::number).
    pub number: u32,
    /// 1-based layer, or 0 for the latent.
    pub layer: usize,
    /// How many features the layer has.
    pub features: usize,
    /// Root mean squares of the row in each column's middle, `[column][feature][band]`, in the layer's own units.
    pub values: Vec<f32>,
}

thread_local! {
    static TAKEN: RefCell<Vec<Activity>> = const { RefCell::new(Vec::new()) };
}

/// The pictures that were taken on this thread since this was asked last, in the order of the layers.
pub fn take() -> Vec<Activity> {
    TAKEN.with_borrow_mut(std::mem::take)
}

/// Takes the pictures that the watches of a program ask for, of maps shaped `[batch, feature, time, frequency]` that are the last rows of
/// maps of `whole_rows` rows. Of time that lies before the maps there is the nearest.
pub(super) fn picture(
    layer: usize,
    watches: impl Iterator<Item = Watch>,
    shape: [usize; 4],
    whole_rows: usize,
    maps: &[f32],
) {
    let [batch, features, rows, columns] = shape;
    let values = features * rows * columns;
    for watch in watches.filter(|watch| watch.item < batch && values > 0) {
        let Some(maps) = maps.get(watch.item * values..(watch.item + 1) * values) else {
            continue;
        };
        let mut activity = Activity {
            number: watch.number,
            layer,
            features,
            values: Vec::with_capacity(watch.columns * features * BANDS),
        };
        let mut last_row = None;
        for column in (1..=watch.columns).rev() {
            let end = watch.end.saturating_sub((column - 1) * watch.column_frames);
            let middle = end.saturating_sub(watch.column_frames.div_ceil(2));
            let row = (middle * whole_rows / watch.frames + rows).saturating_sub(whole_rows);
            let row = row.min(rows - 1);
            // A row of a deep layer lasts several columns.
            if last_row.replace(row) == Some(row) {
                let before = activity.values.len() - features * BANDS;
                activity.values.extend_from_within(before..);
                continue;
            }
            for map in maps.chunks_exact(rows * columns) {
                let row = map.get(row * columns..(row + 1) * columns).unwrap_or(&[]);
                activity.values.extend(bands(row));
            }
        }
        TAKEN.with_borrow_mut(|taken| {
            if taken.len() < MOST_WAITING {
                taken.push(activity);
            }
        });
    }
}

/// The bands of one row of a map.
fn bands(row: &[f32]) -> [f32; BANDS] {
    let level = |sum: f32, count: usize| {
        let mean = sum / nearest_f32(count.max(1));
        if mean.is_finite() { mean.sqrt() } else { 0.0 }
    };
    if let [value] = row {
        return [level(value * value, 1); BANDS];
    }
    std::array::from_fn(|band| {
        let from = (band * row.len() / BANDS).min(row.len().saturating_sub(1));
        let until = ((band + 1) * row.len() / BANDS).max(from + 1);
        let of_band = row.get(from..until).unwrap_or(&[]);
        level(square_sum(of_band), of_band.len())
    })
}

/// The sum of squares, in four sums side by side.
fn square_sum(values: &[f32]) -> f32 {
    let (fours, rest) = values.as_chunks::<4>();
    let mut sums = [0.0_f32; 4];
    for four in fours {
        for (sum, value) in sums.iter_mut().zip(four) {
            *sum += value * value;
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|value| value * value).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(item: usize, columns: usize) -> Watch {
        Watch {
            number: 7,
            item,
            frames: 16,
            end: 14,
            columns,
            column_frames: 4,
        }
    }

    #[test]
    fn words_come_back_as_they_were() {
        let watch = watch(3, 2);
        assert_eq!(Watch::from_words(&watch.words()), Some(watch));
        for place in 0..WORDS {
            for wrong in [f32::NAN, f32::INFINITY, -1.0, 1e30] {
                let mut words = watch.words();
                words[place] = wrong;
                if let Some(read) = Watch::from_words(&words) {
                    assert!(read.frames > 0 && read.columns <= read.frames);
                }
            }
        }
        assert_eq!(Watch::from_words(&watch.words()[1..]), None);
    }

    #[test]
    fn a_column_is_the_level_of_its_rows_in_bands() {
        // Two items of one feature: 8 rows for 16 frames, 16 columns; of the second item each row says its number.
        let (rows, columns) = (8, 16);
        let mut maps = vec![9.0; 2 * rows * columns];
        for row in 0..rows {
            let start = (rows + row) * columns;
            maps[start..start + columns].fill(row as f32);
        }
        // Frames 6 to 9 are rows 3 and 4, frames 10 to 13 rows 5 and 6; their middles begin with frames 8 and 12.
        picture(
            2,
            [watch(1, 2)].into_iter(),
            [2, 1, rows, columns],
            rows,
            &maps,
        );
        // The same from the last five rows alone.
        let tail = [&maps[3 * columns..8 * columns], &maps[11 * columns..]].concat();
        picture(
            2,
            [watch(1, 2)].into_iter(),
            [2, 1, 5, columns],
            rows,
            &tail,
        );
        let taken = take();
        assert_eq!(taken.len(), 2);
        for activity in taken {
            assert_eq!(
                (activity.number, activity.layer, activity.features),
                (7, 2, 1)
            );
            let (first, second) = activity.values.split_at(BANDS);
            assert_eq!((first, second), (&[4.0; BANDS][..], &[6.0; BANDS][..]));
        }
        assert!(take().is_empty());
    }

    #[test]
    fn values_without_maps_and_items_that_are_not_there_do_no_harm() {
        picture(
            0,
            [watch(0, 1), watch(5, 1)].into_iter(),
            [1, 3, 1, 1],
            1,
            &[1.0, -2.0, f32::NAN],
        );
        let [latent] = <[Activity; 1]>::try_from(take()).unwrap();
        assert_eq!(latent.features, 3);
        let firsts: Vec<_> = latent.values.chunks(BANDS).map(|bands| bands[0]).collect();
        assert_eq!(firsts, [1.0, 2.0, 0.0]);
        picture(1, [watch(0, 4)].into_iter(), [0, 3, 0, 1], 1, &[]);
        assert!(take().is_empty());
    }
}
