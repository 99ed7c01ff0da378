//! Bends that change everything at once, window after window.

use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::bends::{BendFrame, BendTarget};

/// Numbers that look random: Vigna's splitmix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// One of `0..count`.
    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// 0–1, both ends among them.
    fn unit(&mut self) -> f32 {
        self.below(101) as f32 / 100.0
    }
}

/// What is asked for in one window.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The bends of the first slots.
    pub bends: [BendFrame; 3],
    /// The voice, 0–1.
    pub voice: f32,
}

/// The change of window `number` for a model of `layers` layers: other transforms, layers (the latent too), selections, shares,
/// inversions, amounts and parameters than those of its neighbours.
pub fn of_window(number: u64, layers: usize) -> Change {
    let mut numbers = Numbers(number);
    Change {
        bends: std::array::from_fn(|_| bend(&mut numbers, layers)),
        voice: numbers.unit(),
    }
}

/// A slot's state of which anything may be anything.
fn bend(numbers: &mut Numbers, layers: usize) -> BendFrame {
    const SELECTIONS: [SelectionKind; 5] = [
        SelectionKind::All,
        SelectionKind::Random,
        SelectionKind::Cluster,
        SelectionKind::SoundCluster,
        SelectionKind::Part,
    ];
    let transform = TransformKind::ALL[numbers.below(TransformKind::ALL.len())];
    let mut parameters = [0.0; 2];
    for (value, range) in parameters.iter_mut().zip(transform.parameters()) {
        *value = range.value(numbers.unit());
    }
    BendFrame {
        target: BendTarget {
            layer: numbers.below(layers + 1) as u16,
            transform,
            relative: numbers.below(2) == 0,
            selection: SELECTIONS[numbers.below(SELECTIONS.len())],
            cluster: numbers.below(6) as u16,
            part: None,
            inverted: numbers.below(3) == 0,
            seed: numbers.below(65_536) as u32,
            drift: Default::default(),
        },
        share: numbers.unit(),
        amount: numbers.unit(),
        parameters,
    }
}

/// A weight slot's state of which anything may be anything.
pub fn weight(number: u64) -> WeightFrame {
    let mut numbers = Numbers(number);
    let transform = WeightTransform::ALL[numbers.below(WeightTransform::ALL.len())];
    WeightFrame {
        layer: numbers.below(20) as u16,
        transform,
        seed: numbers.below(65_536) as u32,
        share: numbers.unit(),
        amount: (2.0 * numbers.unit() - 1.0) * transform.amount_limit(),
    }
}
