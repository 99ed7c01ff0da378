//! The size of a host's blocks is nobody's business.

use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};
use netbend_tests::measure;

use crate::fixture;

const LONGEST: usize = 4_096;

/// A loop under a moving bend and a moving voice, in these blocks.
fn render(blocks: Blocks) -> Audio {
    let input = fixture::drums(48_000, 2, 1.5);
    let moves = Automation::default()
        .curve("slot_amount_1", input.samples(), 311, |t| 1.0 - t)
        .curve("voice", input.samples(), 1_009, |t| t);
    fixture::bending(&[("slot_layer_1", "3")])
        .render(&input, blocks, &moves)
        .unwrap()
}

#[test]
fn blocks_of_any_size_give_the_same_samples() {
    let reference = render(Blocks::Fixed(512));
    assert!(measure::rms_db(&reference) > -60.0);
    let sizes = [1, 64, 255, 1_000, LONGEST].map(Blocks::Fixed);
    let random = [1, 2].map(|seed| Blocks::Random {
        longest: LONGEST,
        seed,
    });
    for blocks in sizes.into_iter().chain(random) {
        let difference = measure::first_difference(&reference, &render(blocks), 0.0);
        assert_eq!(
            difference, None,
            "{blocks:?}: the first sample that differs"
        );
    }
}
