//! `fuzz_wav MINUTES SEED`: mutated WAV files (and their relatives) into the reader, from the seeds in `tests/corpora/wav`.
//! Stops at the first that panics, takes long or takes more memory than it may; the file is left as `fuzz-wav-SEED-N.wav`.

mod mutate;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use mutate::{Outcome, Seeds, trial};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let minutes: f64 = arguments.next().ok_or("expected MINUTES SEED")?.parse()?;
    let seed: u64 = arguments.next().ok_or("expected MINUTES SEED")?.parse()?;
    let seeds =
        Seeds::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/wav"))?;
    let end = Instant::now() + Duration::from_secs_f64(60.0 * minutes);
    let (mut number, mut read, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    while Instant::now() < end {
        let file = seeds.mutated(seed, number);
        match trial(&file) {
            Ok(Outcome { was_read, took }) => {
                read += u64::from(was_read);
                slowest = slowest.max(took);
            }
            Err(why) => {
                let name = format!("fuzz-wav-{seed}-{number}.wav");
                std::fs::write(&name, &file)?;
                return Err(format!("{name}: {why}").into());
            }
        }
        number += 1;
        if number % 100_000 == 0 {
            println!("{number} files, {read} of them read, slowest {slowest:?}");
        }
    }
    println!(
        "{number} files, {read} of them read, slowest {slowest:?}: no panic, none too slow or too large"
    );
    Ok(())
}
