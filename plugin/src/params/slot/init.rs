//! What slots are set to before anybody sets them: eight bends that differ, each clearly heard and none much louder or quieter than the sound.

use netbend_models::bends::transform::TransformKind;

/// One slot's beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Init {
    pub(super) layer: i32,
    pub(super) transform: TransformKind,
    /// What stands in the transform's formula, where there is something.
    value: f32,
    /// The share of features.
    pub(super) percentage: f32,
}

impl Init {
    /// The knob's position.
    pub(super) fn parameter(&self) -> f32 {
        let ranges = self.transform.parameters();
        ranges.first().map_or(0.5, |range| range.unit(self.value))
    }
}

const fn init(layer: i32, transform: TransformKind, value: f32, percentage: f32) -> Init {
    Init {
        layer,
        transform,
        value,
        percentage,
    }
}

const SLOTS: [Init; 8] = [
    init(2, TransformKind::ScalarMultiply, 4.0, 0.25),
    init(3, TransformKind::BinaryThresh, 2.0, 0.5),
    init(3, TransformKind::Rotate, 60.0, 0.4),
    init(4, TransformKind::Translate, 0.15, 0.4),
    init(2, TransformKind::Erode, 1.5, 0.5),
    init(3, TransformKind::Dilate, 1.0, 0.3),
    init(4, TransformKind::FlipHorizontal, 0.0, 0.1),
    init(1, TransformKind::Ablate, 0.0, 0.2),
];

/// The beginning of slot `number`, counted from 1.
pub(super) fn slot(number: usize) -> Init {
    SLOTS[number.saturating_sub(1) % SLOTS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_slots_begin_alike() {
        for (place, one) in SLOTS.iter().enumerate() {
            for other in &SLOTS[..place] {
                assert!((one.layer, one.transform) != (other.layer, other.transform));
            }
        }
        assert!((slot(1).parameter() - 0.816).abs() < 0.001);
    }
}
