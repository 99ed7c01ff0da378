//! Reads many spoilt text files as Netbend reads them: `fuzz_files KIND MINUTES SEED`.
//!
//! KIND is preset, clusters, sidecar, state, automation, manifest, or all, which shares the time. Ends with the first file that does harm:
//! its seed is said (`fuzz_files KIND 0 SEED` reads that one again) and the file is printed.

mod fuzzing;

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use fuzzing::{Findings, Kind, Trial};

/// Files between two signs of life.
const PROGRESS: u64 = 2_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |index: usize| arguments.get(index).map_or("", String::as_str);
    let kinds: Vec<Kind> = match argument(0) {
        "all" => Kind::ALL.to_vec(),
        name => Kind::ALL
            .into_iter()
            .filter(|kind| kind.name() == name)
            .collect(),
    };
    let (Some(minutes), Ok(seed)) = (
        argument(1)
            .parse()
            .ok()
            .filter(|minutes: &f64| (0.0..1e5).contains(minutes)),
        argument(2).parse(),
    ) else {
        eprintln!("expected KIND MINUTES SEED");
        return ExitCode::FAILURE;
    };
    if kinds.is_empty() {
        let names = Kind::ALL.map(Kind::name).join(", ");
        eprintln!(
            "kind `{}` found; expected all or one of {names}",
            argument(0)
        );
        return ExitCode::FAILURE;
    }
    let time = Duration::from_secs_f64(60.0 * minutes / kinds.len() as f64);
    for kind in kinds {
        if let Err(harm) = run(kind, time, seed) {
            eprintln!("\n{harm}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(kind: Kind, time: Duration, seed: u64) -> Result<(), String> {
    let trial = Trial::new(kind)?;
    let mut findings = Findings::default();
    let start = Instant::now();
    for index in 0.. {
        trial.read_one(seed + index, &mut findings)?;
        let is_over = start.elapsed() >= time;
        if index % PROGRESS == 0 || is_over {
            let Findings {
                taken,
                refused,
                slowest,
                ..
            } = findings;
            print!(
                "\r{:10} {} files, {taken} taken, {refused} refused, the slowest {slowest:.1?}, {:.0} s ",
                kind.name(),
                taken + refused,
                start.elapsed().as_secs_f64()
            );
            let _ = std::io::stdout().flush();
        }
        if is_over {
            break;
        }
    }
    println!();
    Ok(())
}
