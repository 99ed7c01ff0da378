//! Which channels the buses have. Main thread.

use vst3::Steinberg::Vst::{SpeakerArr, SpeakerArrangement};

/// What the host and the plugin agreed on: one or two speakers for input and output alike; none, one or two for the sidechain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrangement {
    main: SpeakerArrangement,
    sidechain: SpeakerArrangement,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self {
            main: SpeakerArr::kStereo,
            sidechain: SpeakerArr::kStereo,
        }
    }
}

impl Arrangement {
    /// This arrangement with what the host asks for; a sidechain that it does not speak of stays. `None` where the plugin cannot play
    /// that.
    pub(super) fn with(
        self,
        inputs: &[SpeakerArrangement],
        outputs: &[SpeakerArrangement],
    ) -> Option<Self> {
        let (main, sidechain) = match *inputs {
            [main] => (main, self.sidechain),
            [main, sidechain] => (main, sidechain),
            _ => return None,
        };
        let is_playable = outputs == [main]
            && (1..=2).contains(&main.count_ones())
            && sidechain.count_ones() <= 2;
        is_playable.then_some(Self { main, sidechain })
    }

    /// Channels of the main input and output.
    pub(super) fn channels(self) -> usize {
        self.main.count_ones() as usize
    }

    /// The speakers of a bus.
    pub(super) fn of_bus(self, is_input: bool, index: i32) -> Option<SpeakerArrangement> {
        match (is_input, index) {
            (_, 0) => Some(self.main),
            (true, 1) => Some(self.sidechain),
            _ => None,
        }
    }

    /// What nice-plug is told: the sidechain like the main input, since it knows no other layouts.
    pub(super) fn for_plugin(self) -> ([SpeakerArrangement; 2], [SpeakerArrangement; 1]) {
        let main = match self.channels() {
            1 => SpeakerArr::kMono,
            _ => SpeakerArr::kStereo,
        };
        ([main; 2], [main])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONO: SpeakerArrangement = SpeakerArr::kMono;
    const STEREO: SpeakerArrangement = SpeakerArr::kStereo;

    #[test]
    fn what_is_taken_is_kept_as_it_was_asked_for() {
        let first = Arrangement::default();
        for main in [MONO, STEREO, 1 << 6] {
            for sidechain in [SpeakerArr::kEmpty, MONO, STEREO] {
                let taken = first.with(&[main, sidechain], &[main]).unwrap();
                assert_eq!(taken.of_bus(true, 0), Some(main));
                assert_eq!(taken.of_bus(true, 1), Some(sidechain));
                assert_eq!(taken.of_bus(false, 0), Some(main));
                assert_eq!(taken.of_bus(false, 1), None);
            }
        }
        assert_eq!(
            first.with(&[MONO], &[MONO]).unwrap().of_bus(true, 1),
            Some(STEREO)
        );
    }

    #[test]
    fn what_cannot_be_played_is_refused() {
        let first = Arrangement::default();
        for (inputs, outputs) in [
            (&[MONO, MONO][..], &[STEREO][..]),
            (&[STEREO, STEREO], &[MONO]),
            (&[SpeakerArr::k51, STEREO], &[SpeakerArr::k51]),
            (&[STEREO, SpeakerArr::k51], &[STEREO]),
            (&[SpeakerArr::kEmpty, STEREO], &[SpeakerArr::kEmpty]),
            (&[], &[STEREO]),
            (&[STEREO, STEREO], &[]),
            (&[STEREO, STEREO, STEREO], &[STEREO]),
            (&[STEREO, STEREO], &[STEREO, STEREO]),
        ] {
            assert_eq!(first.with(inputs, outputs), None, "{inputs:?} {outputs:?}");
        }
    }
}
