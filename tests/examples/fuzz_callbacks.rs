//! Calls `process` of both formats very often, with all that hosts do around it, and counts what is not to be done there:
//! `fuzz_callbacks [CALLS] [SEED]`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use netbend_tests::arguments::number;
use netbend_tests::callbacks::{Callable, Plan, fuzz};
use netbend_tests::guard::{self, Seen};
use netbend_tests::{host, vst3};

netbend_tests::watch_library!();

/// How many calls there are between two signs of life.
const PROGRESS: u64 = 5_000;

fn main() -> ExitCode {
    let plan = Plan {
        calls: number(1, 1_000_000),
        seed: number(2, 1),
    };
    let done = run::<host::Plugin>(plan).and_then(|()| run::<vst3::Plugin>(plan));
    let seen = Seen::now();
    println!("{seen:?}");
    match done {
        Ok(()) if seen.violations() == 0 => ExitCode::SUCCESS,
        Ok(()) => {
            eprintln!("{}", guard::traces());
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run<P: Callable>(plan: Plan) -> Result<(), String> {
    let begun = Instant::now();
    let done = fuzz::<P>(plan, |calls| {
        if calls.is_multiple_of(PROGRESS) {
            print!(
                "\r{}: {calls} of {}, {} violations, {:.0} s ",
                P::FORMAT,
                plan.calls,
                Seen::now().violations(),
                begun.elapsed().as_secs_f64()
            );
            let _ = std::io::stdout().flush();
        }
    });
    println!();
    done
}
