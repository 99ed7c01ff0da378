//! How much work a stride is worth while deadlines are near. Any thread.

use netbend_dsp::phase::{LOOK_AHEAD_FRAMES, PhaseSettings};

/// How much is done for a stride. Each level saves what the levels before it save, and none changes the latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Quality {
    /// Everything.
    #[default]
    Full = 0,
    /// Griffin-Lim runs one iteration and looks no further ahead than it must, and where controls move the network is asked half as often.
    Coarser = 1,
    /// The clean decode of the difference is estimated from the input, and decoded only now and then; nothing is decoded for loudness
    /// alone, and where controls move as little as follows them roughly.
    CachedClean = 2,
    /// The network is asked about every second stride; in between, the bend of the last one goes on.
    EverySecondStride = 3,
    /// The network is asked about every fourth stride, after that stride was sent: what it says is heard from the next one on.
    EveryFourthStride = 4,
}

impl Quality {
    /// Every level, the most work first.
    pub const ALL: [Self; 5] = [
        Self::Full,
        Self::Coarser,
        Self::CachedClean,
        Self::EverySecondStride,
        Self::EveryFourthStride,
    ];

    /// The level of that number; the last one beyond the last.
    pub fn at(index: usize) -> Self {
        Self::ALL
            .get(index)
            .copied()
            .unwrap_or(Self::EveryFourthStride)
    }

    /// Its number.
    pub fn index(self) -> usize {
        self as usize
    }

    /// What a frame that asks for `settings` gets: the same method, with fewer iterations.
    pub fn phase(self, settings: PhaseSettings) -> PhaseSettings {
        if self == Self::Full {
            return settings;
        }
        PhaseSettings {
            iterations: settings.iterations.min(1),
            look_ahead: settings.look_ahead.min(LOOK_AHEAD_FRAMES),
            ..settings
        }
    }

    /// Whether the clean decode of every stride is worth its time.
    pub fn decodes_clean(self) -> bool {
        self < Self::CachedClean
    }

    /// Whether whole windows may be decoded for their loudness alone.
    pub fn allows_surveys(self) -> bool {
        self < Self::CachedClean
    }

    /// The network is asked about one of so many strides.
    pub fn stride_period(self) -> usize {
        match self {
            Self::Full | Self::Coarser | Self::CachedClean => 1,
            Self::EverySecondStride => 2,
            Self::EveryFourthStride => 4,
        }
    }

    /// Whether a stride is sent before the network is asked about it.
    pub fn asks_afterwards(self) -> bool {
        self == Self::EveryFourthStride
    }
}

#[cfg(test)]
mod tests {
    use netbend_dsp::phase::PhaseMethod;

    use super::*;

    #[test]
    fn each_level_saves_what_the_levels_before_it_save() {
        for pair in Quality::ALL.windows(2) {
            let [more, less] = pair else { continue };
            assert!(more < less);
            assert!(more.decodes_clean() || !less.decodes_clean());
            assert!(more.allows_surveys() || !less.allows_surveys());
            assert!(more.stride_period() <= less.stride_period());
        }
        for (index, quality) in Quality::ALL.into_iter().enumerate() {
            assert_eq!((quality.index(), Quality::at(index)), (index, quality));
        }
        assert_eq!(Quality::at(99), Quality::EveryFourthStride);
    }

    #[test]
    fn the_phase_method_stays() {
        let asked = PhaseSettings {
            method: PhaseMethod::GriffinLim,
            iterations: 5,
            look_ahead: 3,
        };
        assert_eq!(Quality::Full.phase(asked), asked);
        for quality in Quality::ALL.into_iter().skip(1) {
            let given = quality.phase(asked);
            assert_eq!(given.method, asked.method);
            assert_eq!((given.iterations, given.look_ahead), (1, LOOK_AHEAD_FRAMES));
        }
        let none = PhaseSettings {
            iterations: 0,
            ..asked
        };
        assert_eq!(Quality::CachedClean.phase(none).iterations, 0);
    }
}
