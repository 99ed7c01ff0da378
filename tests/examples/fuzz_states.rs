//! Loads many spoilt states into both formats of the built plugin: `fuzz_states [STATES] [SEED] [EVERY]`.
//!
//! Ends with the first that does harm, and says its seed: run it again from there with `fuzz_states 1 SEED 1`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::arguments::number;
use netbend_tests::audio::Audio;
use netbend_tests::fuzz::{Findings, Plan, fuzz};
use netbend_tests::hosted::Hosted;
use netbend_tests::{host, measure, vst3};

const RATE: u32 = 44_100;
/// The peak of what goes in, as a factor: −6 dBFS.
const PEAK: f32 = 0.501;
/// How many states there are between two signs of life.
const PROGRESS: u64 = 100;

fn main() -> ExitCode {
    let plan = Plan {
        states: number(1, 100_000),
        seed: number(2, 1),
        every: number(3, 200),
    };
    let done = run::<host::Plugin>(plan).and_then(|()| run::<vst3::Plugin>(plan));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(harm) => {
            eprintln!("\n{harm}");
            ExitCode::FAILURE
        }
    }
}

fn run<P: Hosted>(plan: Plan) -> Result<(), String> {
    let start = Instant::now();
    let say = |done: u64, findings: &Findings| {
        let Findings {
            taken,
            refused,
            loudest_db,
            slowest,
        } = findings;
        let loudest_db = loudest_db.unwrap_or(f64::NEG_INFINITY);
        print!(
            "\r{}: {done} of {}, {taken} taken, {refused} refused, at most {loudest_db:.1} dBFS, \
             the slowest load {slowest:.1?}, {:.0} s ",
            P::FORMAT,
            plan.states,
            start.elapsed().as_secs_f64()
        );
        let _ = std::io::stdout().flush();
    };
    let findings = fuzz::<P>(plan, &drums(), |done, findings| {
        if done % PROGRESS == 0 {
            say(done, findings);
        }
    })?;
    say(plan.states, &findings);
    println!();
    Ok(())
}

fn drums() -> Audio {
    let mut audio = Audio {
        sample_rate: RATE,
        channels: drum_loop_stereo(RATE as f32, 0.25, 3).to_vec(),
    };
    let scale = PEAK / measure::peak(&audio);
    audio
        .channels
        .iter_mut()
        .flatten()
        .for_each(|x| *x *= scale);
    audio
}
