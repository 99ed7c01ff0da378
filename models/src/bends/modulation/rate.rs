//! How fast a modulator runs, and from when its time counts.

/// Slowest and fastest rate in hertz.
pub const HERTZ_RANGE: (f32, f32) = (0.01, 40.0);

/// Lengths of notes by their names, in beats (quarter notes).
const LENGTHS: [(&str, f64); 9] = [
    ("8/1", 32.0),
    ("4/1", 16.0),
    ("2/1", 8.0),
    ("1/1", 4.0),
    ("1/2", 2.0),
    ("1/4", 1.0),
    ("1/8", 0.5),
    ("1/16", 0.25),
    ("1/32", 0.125),
];

/// What becomes of a note's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Feel {
    /// It stays.
    #[default]
    Straight,
    /// Half as long again.
    Dotted,
    /// Two thirds.
    Triplet,
}

impl Feel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Straight, Self::Dotted, Self::Triplet];

    /// What stands behind a note's name.
    fn suffix(self) -> &'static str {
        match self {
            Self::Straight => "",
            Self::Dotted => "d",
            Self::Triplet => "t",
        }
    }
}

/// The length of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteValue {
    /// Its place in [`LENGTHS`].
    length: usize,
    feel: Feel,
}

impl NoteValue {
    /// A quarter note.
    pub const QUARTER: Self = Self::straight(5);
    /// A sixteenth.
    pub const SIXTEENTH: Self = Self::straight(7);
    /// A whole note.
    pub const WHOLE: Self = Self::straight(3);

    const fn straight(length: usize) -> Self {
        Self {
            length,
            feel: Feel::Straight,
        }
    }

    /// Every note value, long ones first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..LENGTHS.len())
            .flat_map(|length| Feel::ALL.into_iter().map(move |feel| Self { length, feel }))
    }

    /// Its length in beats.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub fn beats(self) -> f64 {
        let (_, beats) = LENGTHS.get(self.length).copied().unwrap_or(("", 1.0));
        match self.feel {
            Feel::Straight => beats,
            Feel::Dotted => 1.5 * beats,
            Feel::Triplet => beats * 2.0 / 3.0,
        }
    }

    /// As presets say it: `1/8`, dotted `1/8d`, as a triplet `1/8t`.
    pub fn name(self) -> String {
        let (name, _) = LENGTHS.get(self.length).copied().unwrap_or(("1/4", 1.0));
        format!("{name}{}", self.feel.suffix())
    }

    /// The note value called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|note| note.name() == name)
    }
}

/// How long a cycle or a step is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// A note.
    Note(NoteValue),
    /// So many in a second, within [`HERTZ_RANGE`].
    Hertz(f32),
}

/// From when a modulator's time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retrigger {
    /// From the song's beginning; while the transport stands still, as [`Free`](Self::Free).
    #[default]
    Transport,
    /// From the stream's beginning.
    Free,
    /// From the last attack heard; before the first one as [`Transport`](Self::Transport).
    Attack,
    /// From the last note that began; before the first one as [`Transport`](Self::Transport). A sequencer goes one step on with each note, and
    /// with nothing else.
    Note,
}

impl Retrigger {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Transport, Self::Free, Self::Attack, Self::Note];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Free => "free",
            Self::Attack => "attack",
            Self::Note => "note",
        }
    }

    /// The one called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_values_go_by_their_names() {
        let beats = |name: &str| NoteValue::from_name(name).map(NoteValue::beats);
        assert_eq!(beats("1/4"), Some(1.0));
        assert_eq!(beats("1/16"), Some(0.25));
        assert_eq!(beats("1/8d"), Some(0.75));
        assert_eq!(beats("1/4t"), Some(2.0 / 3.0));
        assert_eq!((beats("1/5"), beats("1/4x"), beats("")), (None, None, None));
        assert_eq!(NoteValue::all().count(), 27);
        assert_eq!(NoteValue::QUARTER.name(), "1/4");
        assert_eq!(NoteValue::SIXTEENTH.name(), "1/16");
        assert_eq!(NoteValue::WHOLE.name(), "1/1");
    }
}
