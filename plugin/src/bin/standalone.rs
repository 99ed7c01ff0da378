//! Netbend as a program of its own, with the system's audio.

use std::process::ExitCode;

fn main() -> ExitCode {
    match netbend::standalone::run(std::env::args()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
