//! Transforms of maps of which only the last rows are there.

use super::{MAX_PARAMETERS, MapSize, Maps, Scratch, TransformKind};

impl TransformKind {
    /// As [`apply`](Self::apply), to `maps` that are the last rows of maps of `rows` rows. Right are the rows of the result that
    /// [read](Self::first_row_read) no others.
    ///
    /// # Real-time safety
    /// As [`apply`](Self::apply).
    pub fn apply_to_tail(
        self,
        maps: Maps<'_>,
        rows: usize,
        parameters: [f32; MAX_PARAMETERS],
        amount: f32,
        scratch: &mut Scratch,
    ) {
        let size = maps.size();
        let above = rows.saturating_sub(size.rows) * size.columns;
        if above == 0 || !self.knows_its_row(parameters) || maps.is_empty() {
            return self.apply(maps, parameters, amount, scratch);
        }
        let whole = MapSize { rows, ..size };
        let mut padded = std::mem::take(&mut scratch.whole);
        padded.clear();
        padded.resize(rows * size.columns, 0.0);
        maps.each(|map| {
            // What was bent before is still there: it is as good as any other.
            padded[above..].copy_from_slice(map);
            self.apply(
                Maps::single(&mut padded, whole),
                parameters,
                amount,
                scratch,
            );
            map.copy_from_slice(&padded[above..]);
        });
        scratch.whole = padded;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: MapSize = MapSize {
        rows: 20,
        columns: 9,
    };

    #[test]
    fn the_last_rows_are_bent_as_those_of_the_whole_map() {
        let map: Vec<f32> = (0..SIZE.rows * SIZE.columns)
            .map(|n| ((n * 37) % 101) as f32 / 101.0 - 0.3)
            .collect();
        for kind in TransformKind::ALL {
            for parameter in [-0.6, 0.0, 0.25, 0.8, 1.5, 3.0] {
                let parameters = [parameter, parameter];
                let mut scratch = Scratch::new();
                let mut expected = map.clone();
                let maps = Maps::single(&mut expected, SIZE);
                kind.apply(maps, parameters, 0.6, &mut scratch);
                for first in 0..SIZE.rows {
                    let from = kind.first_row_read(first, parameters, 0.6, SIZE);
                    let mut tail = map[from * SIZE.columns..].to_vec();
                    let size = MapSize {
                        rows: SIZE.rows - from,
                        ..SIZE
                    };
                    let maps = Maps::single(&mut tail, size);
                    kind.apply_to_tail(maps, SIZE.rows, parameters, 0.6, &mut scratch);
                    assert_eq!(
                        tail[(first - from) * SIZE.columns..],
                        expected[first * SIZE.columns..],
                        "{kind:?} {parameter} {first}"
                    );
                }
            }
        }
    }
}
