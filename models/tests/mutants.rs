//! Some hundreds of structural mutants, loaded and run in this process: none ends it, none panics. `examples/fuzz_models.rs` tries as
//! many as one likes, each where it may take its process with it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

mod support;

use netbend_models::ModelError;
use support::mutants::{Outcome, mutant};
use support::runtime;

const MUTANTS: u64 = 400;

#[test]
fn no_mutant_of_a_model_does_more_than_fail_with_its_cause() {
    let (mut refused, mut ran) = (0, 0);
    for seed in 0..MUTANTS {
        let mutant = mutant(seed, None);
        let outcome = mutant.run(runtime());
        let as_it_must = !mutant.whole || matches!(outcome, Outcome::Ran);
        assert!(as_it_must, "seed {seed} is whole: {outcome:?}");
        match outcome {
            Outcome::Refused(error) => {
                assert!(
                    !matches!(error, ModelError::Stopped(_)),
                    "seed {seed}: {error}"
                );
                refused += 1;
            }
            Outcome::Unloadable(error) | Outcome::Failed(error) => {
                assert!(
                    !matches!(error, ModelError::Stopped(_)),
                    "seed {seed}: {error}"
                );
            }
            Outcome::Ran => ran += 1,
        }
    }
    assert!(
        refused > MUTANTS / 4 && ran > MUTANTS / 8,
        "{refused} refused, {ran} ran"
    );
}
