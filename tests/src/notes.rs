//! Notes as hosts play them.

/// A note begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// The sample at which it does.
    pub sample: usize,
    /// Which, 0–127.
    pub key: u8,
    /// How hard, 0–1; 0 ends it.
    pub velocity: f64,
}

impl Note {
    /// A note that begins.
    pub fn on(sample: usize, key: u8, velocity: f64) -> Self {
        Self {
            sample,
            key,
            velocity,
        }
    }

    /// A note that ends.
    pub fn off(sample: usize, key: u8) -> Self {
        Self::on(sample, key, 0.0)
    }

    /// Whether it begins.
    pub fn begins(&self) -> bool {
        self.velocity > 0.0
    }
}

/// Those of a block from sample `start` to before `end`, counted from its start.
pub fn of_block(notes: &[Note], start: usize, end: usize) -> Vec<Note> {
    let within = notes
        .iter()
        .filter(|note| (start..end).contains(&note.sample));
    within
        .map(|note| Note {
            sample: note.sample - start,
            ..*note
        })
        .collect()
}
