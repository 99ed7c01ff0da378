//! Netbend as a program of its own, with the system's audio. It remembers its settings and devices.
//!
//! What was set and with which arguments (audio system, devices, rate) lies in `standalone.json` in the user's folder, written a second
//! after a change and when the window closes. The next start without arguments is like the last one; arguments take the place of
//! those remembered, and `--forget` of everything.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `memory` | any | what is remembered, as a file |
//! | `saver` | one of its own | gives an instance its settings back, and saves them |

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

mod memory;
mod saver;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use netbend::{Netbend, user_folder};
use nice_plug::prelude::nice_export_standalone_with_args;

use memory::Memory;
use saver::Saver;

/// A program that ends sooner and says that it failed could not start; later, its window was lost.
const START: Duration = Duration::from_secs(3);
/// Starts as if for the first time.
const FORGET: &str = "--forget";
/// What only prints and ends is nothing to remember.
const PRINTING: [&str; 4] = ["--help", "-h", "--version", "-V"];

fn main() -> ExitCode {
    match run(std::env::args()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Runs the program with its command line's arguments, its name first; whether it could start.
fn run(mut arguments: impl Iterator<Item = String>) -> bool {
    let program = arguments
        .next()
        .unwrap_or_else(|| "netbend-standalone".to_owned());
    let mut given: Vec<_> = arguments.collect();
    let forgets = given.iter().any(|argument| argument == FORGET);
    given.retain(|argument| argument != FORGET);
    let start = |arguments: &[String]| {
        let line = std::iter::once(&program).chain(arguments).cloned();
        nice_export_standalone_with_args::<Netbend, _>(line)
    };
    let prints = given
        .iter()
        .any(|argument| PRINTING.contains(&argument.as_str()));
    let Some(file) = user_folder()
        .map(|folder| folder.join(memory::FILE))
        .filter(|_| !prints)
    else {
        return start(&given);
    };

    let memory = if forgets {
        Memory::default()
    } else {
        Memory::read(&file)
    };
    let is_repeat = given.is_empty() && !memory.arguments.is_empty();
    let arguments = if given.is_empty() {
        memory.arguments
    } else {
        given
    };
    let saver = Saver::start(file, arguments.clone(), memory.state);
    let begin = Instant::now();
    let mut has_started = start(&arguments);
    if !has_started && is_repeat && begin.elapsed() < START {
        eprintln!(
            "netbend-standalone: could not start as last time (`{}`); starting without",
            arguments.join(" ")
        );
        has_started = start(&[]);
    }
    saver.end();
    has_started
}
