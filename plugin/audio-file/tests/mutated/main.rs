//! A short, seeded run of the example `fuzz_wav` (`longer.rs`).

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod mutate;

use std::path::Path;
use std::time::Duration;

use mutate::{Outcome, Seeds, trial};

const FILES: u64 = 10_000;
const SEED: u64 = 13;

#[test]
fn mutated_files_are_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/wav");
    let seeds = Seeds::load(&folder).unwrap();
    let (mut read, mut slowest) = (0, Duration::ZERO);
    for number in 0..FILES {
        let Outcome { was_read, took } = trial(&seeds.mutated(SEED, number))
            .unwrap_or_else(|why| panic!("file {number} of seed {SEED}: {why}"));
        read += u64::from(was_read);
        slowest = slowest.max(took);
    }
    println!("{read} of {FILES} were read, slowest {slowest:?}");
    // Mutations that leave nothing to read try nothing.
    assert!(read > FILES / 4, "{read}");
}
