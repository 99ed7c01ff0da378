//! The four bytes that an MPEG audio frame begins with (ISO 11172-3, 13818-3).

const BITRATES: [[u16; 15]; 5] = [
    [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ],
    [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ],
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const RATES: [u32; 3] = [44_100, 48_000, 32_000];

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Halvings of the sample rate: 0 for MPEG-1, 1 for MPEG-2, 2 for MPEG-2.5.
    pub(super) halvings: u32,
    pub(super) layer: u8,
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// Samples per channel.
    pub(super) samples: usize,
    /// Bits per second.
    pub(super) bitrate: usize,
    /// Bytes of the whole frame.
    pub(super) bytes: usize,
}

impl Header {
    pub(super) fn parse(frame: &[u8]) -> Option<Self> {
        let bytes = frame.get(..4)?;
        if bytes[0] != 0xff || bytes[1] & 0xe0 != 0xe0 {
            return None;
        }
        let halvings = match bytes[1] >> 3 & 3 {
            0 => 2,
            2 => 1,
            3 => 0,
            _ => return None,
        };
        let layer = match bytes[1] >> 1 & 3 {
            0 => return None,
            code => 4 - code,
        };
        let bitrates = match (halvings, layer) {
            (0, 1) => &BITRATES[0],
            (0, 2) => &BITRATES[1],
            (0, _) => &BITRATES[2],
            (_, 1) => &BITRATES[3],
            _ => &BITRATES[4],
        };
        // Zero stands for a bitrate of one's own, which nobody uses.
        let bitrate = match bitrates.get(usize::from(bytes[2] >> 4)) {
            Some(&kilobits) if kilobits > 0 => usize::from(kilobits) * 1_000,
            _ => return None,
        };
        let rate = RATES.get(usize::from(bytes[2] >> 2 & 3))? >> halvings;
        let padding = usize::from(bytes[2] >> 1 & 1);
        // The emphasis that is reserved is a sure sign of something else.
        if bytes[3] & 3 == 2 {
            return None;
        }
        let (samples, bytes_of_frame) = match (layer, halvings) {
            (1, _) => (384, (12 * bitrate / rate as usize + padding) * 4),
            (3, 1 | 2) => (576, 72 * bitrate / rate as usize + padding),
            _ => (1_152, 144 * bitrate / rate as usize + padding),
        };
        Some(Self {
            halvings,
            layer,
            rate,
            channels: if bytes[3] >> 6 == 3 { 1 } else { 2 },
            samples,
            bitrate,
            bytes: bytes_of_frame,
        })
    }

    /// Whether a frame like this may follow one like `first`.
    pub(super) fn continues(&self, first: &Self) -> bool {
        (self.halvings, self.layer, self.rate) == (first.halvings, first.layer, first.rate)
    }
}
