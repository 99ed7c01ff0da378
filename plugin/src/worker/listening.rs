//! What the encoder hears at a frame, as its controls say. Any thread.

use crate::stream::controls::{Controls, StereoMode};

/// What the encoder hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Listening {
    /// All channels of the input as one.
    #[default]
    Linked,
    /// Each channel of the input by itself.
    Dual,
    /// All channels of the sidechain as one.
    Sidechain,
}

impl Listening {
    /// What `controls` ask for in a stream of `channels` channels.
    pub(super) fn of(controls: &Controls, channels: usize) -> Self {
        match controls.stereo {
            _ if controls.sidechain => Self::Sidechain,
            StereoMode::Dual if channels > 1 => Self::Dual,
            _ => Self::Linked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_heard_as_its_controls_say() {
        let mut controls = Controls::default();
        assert_eq!(Listening::of(&controls, 2), Listening::Linked);
        controls.stereo = StereoMode::Dual;
        assert_eq!(Listening::of(&controls, 2), Listening::Dual);
        assert_eq!(Listening::of(&controls, 1), Listening::Linked);
        controls.sidechain = true;
        for channels in [1, 2] {
            assert_eq!(Listening::of(&controls, channels), Listening::Sidechain);
        }
    }
}
