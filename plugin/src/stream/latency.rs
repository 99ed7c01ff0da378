//! Latency modes, and the one formula for the latency they cost.

use netbend_dsp::phase::LOOK_AHEAD_FRAMES;
use nice_plug::prelude::Enum;

/// How many frames are bent at a time. Constant until the user changes it.
#[derive(Debug, Enum, PartialEq, Eq, Clone, Copy, Default)]
pub enum LatencyMode {
    /// 4 frames: 70 ms at 44.1 kHz, for playing.
    #[id = "live"]
    #[name = "Live"]
    Live,
    /// 16 frames: 0.21 s, for mixing.
    #[default]
    #[id = "tight"]
    #[name = "Tight"]
    Tight,
    /// 64 frames, windows overlapping by 16: 0.86 s, least work per second of sound.
    #[id = "studio"]
    #[name = "Studio"]
    Studio,
    /// 2 frames: 46 ms at 44.1 kHz, for playing where the computer has time to spare. The last one here, so that what hosts keep as a
    /// number of the list means what it meant.
    #[id = "direct"]
    #[name = "Direct"]
    Direct,
}

impl LatencyMode {
    /// Every mode, the shortest latency first.
    pub const ALL: [Self; 4] = [Self::Direct, Self::Live, Self::Tight, Self::Studio];

    /// Frames between two inferences.
    pub const fn stride_frames(self) -> usize {
        match self {
            Self::Direct => 2,
            Self::Live => 4,
            Self::Tight => 16,
            Self::Studio => 64,
        }
    }

    /// Frames that are held back, so that two windows predict them and one fades into the other.
    pub const fn overlap_frames(self) -> usize {
        match self {
            Self::Direct | Self::Live | Self::Tight => 0,
            Self::Studio => 16,
        }
    }
}

/// Hops of a frame: the hop that it completes began so many hops before its end.
pub(crate) const WINDOW_HOPS: usize = 4;

/// Hops between a frame's completion and the start of the output it completes:
/// one stride to collect, one to compute, and the frames held back for the next window. With the window itself, whose last hop is counted twice, and
/// the phase method's look-ahead it is the latency.
///
/// Frame `k` is complete at the end of hop `k`; with the phase method's look-ahead it is emitted with
/// the stride whose newest frame is the first from `k + LOOK_AHEAD_FRAMES + overlap_frames` on, and its output hop starts
/// `delay_hops + 1` hops after hop `k`.
pub const fn delay_hops(stride_frames: usize, overlap_frames: usize) -> usize {
    2 * stride_frames + overlap_frames - 1 + LOOK_AHEAD_FRAMES
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_dsp::StftGeometry;

    fn samples(mode: LatencyMode) -> usize {
        let geometry = StftGeometry::for_sample_rate(44_100.0).unwrap();
        let delay = delay_hops(mode.stride_frames(), mode.overlap_frames());
        geometry.fft_size + delay * geometry.hop_samples
    }

    #[test]
    fn direct_stays_within_47_ms_at_44_1_khz() {
        assert_eq!(samples(LatencyMode::Direct), 1_024 + 2 * 2 * 256);
        assert!(samples(LatencyMode::Direct) as f32 / 44.1 <= 47.0);
    }

    #[test]
    fn live_stays_within_70_ms_at_44_1_khz() {
        assert_eq!(samples(LatencyMode::Live), 1_024 + 2 * 4 * 256);
        assert!(samples(LatencyMode::Live) as f32 / 44.1 <= 70.0);
    }

    #[test]
    fn what_studio_holds_back_is_part_of_its_latency() {
        assert_eq!(samples(LatencyMode::Tight), 1_024 + 2 * 16 * 256);
        assert_eq!(samples(LatencyMode::Studio), 1_024 + (2 * 64 + 16) * 256);
    }
}
