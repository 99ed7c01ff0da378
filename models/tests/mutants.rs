//! Some hundreds of structural mutants, loaded and run in this process: none ends it, none panics. `examples/fuzz_models.rs` tries as
//! many as one likes, each where it may take its process with it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use kit::mutants::{Kind, Mutant, Outcome, mutant, run};
use kit::runtime;
use netbend_models::ModelError;
use netbend_models::Package;

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

/// A file's name says what becomes of it.
#[test]
fn every_file_of_the_corpora_does_what_its_name_says() {
    for kind in [Kind::Model, Kind::Manifest] {
        for (name, content) in kind.corpus() {
            let package = Package::from_bytes("corpus.onnx".as_ref(), &kind.as_model(content));
            let outcome = run(package, runtime());
            let fits = match name.split('-').next() {
                Some("runs") => matches!(outcome, Outcome::Ran),
                Some("refused") => matches!(outcome, Outcome::Refused(_)),
                _ => false,
            };
            assert!(fits, "{name}: {outcome:?}");
        }
    }
}

#[test]
fn no_file_of_the_corpora_with_other_bytes_does_more_than_fail() {
    for kind in [Kind::Model, Kind::Manifest] {
        let corpus = kind.corpus();
        for seed in 0..MUTANTS {
            let mutant: Mutant = kind.mutant(&corpus, seed);
            let outcome = mutant.run(runtime());
            let stopped = |error: &ModelError| matches!(error, ModelError::Stopped(_));
            let (Outcome::Refused(error) | Outcome::Unloadable(error) | Outcome::Failed(error)) =
                outcome
            else {
                continue;
            };
            assert!(!stopped(&error), "seed {seed}: {error}");
        }
    }
}
