//! A moment of what the example `fuzz_files` (`longer.rs`) does for as long as one likes.

mod fuzzing;

use fuzzing::{Findings, Kind, Trial};

/// Files of each kind.
const FILES: u64 = 1_500;

#[test]
fn no_spoilt_text_file_does_harm() {
    for kind in Kind::ALL {
        let trial = Trial::new(kind).unwrap();
        let mut findings = Findings::default();
        for seed in 0..FILES {
            if let Err(harm) = trial.read_one(seed, &mut findings) {
                panic!("{harm}");
            }
        }
        // Spoilt a little, some of them are still whole.
        assert!(findings.taken > FILES / 100, "{kind:?}: {findings:?}");
        assert!(findings.refused > FILES / 100, "{kind:?}: {findings:?}");
    }
}
