//! The `netbend` command line: the plugin's processor without a host ([`netbend::offline`]), on models and audio files.

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

mod audio_file;
mod automation;
mod bench;
mod cluster;
mod cluster_table;
mod export;
mod idle;
mod inspect;
mod meaning;
mod notes;
mod parameters;
mod print;
mod render;
mod replace;
mod sidechain;
mod trial;
mod variations;
mod vst3_presets;
mod whole;
mod windows;

use std::process::ExitCode;

pub use automation::Automation;
pub use parameters::ParameterSet;

use crate::print::{note, told};
use clap::{Parser, Subcommand};

/// Bends a neural network while audio plays through it.
#[derive(Parser)]
#[command(name = "netbend", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bends an audio file exactly as the plugin would.
    Render(render::Arguments),
    /// Makes many variations of a preset, each as a sound and a preset, and a sheet of pictures.
    Variations(variations::Arguments),
    /// Prints a model's manifest, layers, sizes and hash.
    Inspect(inspect::Arguments),
    /// Finds clusters of features that act alike and writes them into a model.
    Cluster(cluster::Arguments),
    /// Writes a bent model as plain ONNX that any runtime runs.
    Export(export::Arguments),
    /// Lists the parameters that --set and --automate know, with their ranges.
    Parameters(parameters::ListArguments),
    /// Writes the presets that come with Netbend for hosts that list those of a VST3 themselves.
    Vst3Presets(vst3_presets::Arguments),
    /// Measures how fast Netbend is on this machine.
    Bench(bench::Arguments),
}

/// Runs the command line with the process's arguments.
pub fn main() -> ExitCode {
    end_with_the_pipe();
    hear_of_limits();
    leave_nothing_when_interrupted();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return answered(&answer),
    };
    let result = match arguments.command {
        Command::Render(arguments) => render::run(&arguments),
        Command::Variations(arguments) => variations::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Cluster(arguments) => cluster::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Parameters(arguments) => parameters::list(&arguments),
        Command::Vst3Presets(arguments) => vst3_presets::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note!("netbend: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// Prints the help or the version that was asked for, or what is wrong with the arguments.
fn answered(answer: &clap::Error) -> ExitCode {
    match answer.print() {
        Err(error) if !answer.use_stderr() => {
            note!("netbend: standard output cannot be written: {error}");
            ExitCode::FAILURE
        }
        _ => u8::try_from(answer.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
    }
}

/// Lets `netbend inspect | head` end quietly: Rust programs ignore the signal of a closed pipe, and then they complain.
fn end_with_the_pipe() {
    #[cfg(unix)]
    // SAFETY: the process has one thread yet, and the default disposition is always valid.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}

/// Makes a limit of a file's size an error like a full disk: its signal would end the program in the middle of a file.
fn hear_of_limits() {
    #[cfg(unix)]
    // SAFETY: the process has one thread yet, and a signal may always be ignored.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// Ctrl-C in the middle of writing leaves the old file and nothing beside it.
fn leave_nothing_when_interrupted() {
    // Where it cannot be arranged, an interrupted run may leave a file that begins with `.netbend-`.
    let _ = ctrlc::set_handler(|| {
        netbend_atomic_file::remove_unfinished();
        end_at_once();
    });
}

/// What a shell expects of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Ends without unwinding: other threads are at work.
fn end_at_once() {
    #[cfg(unix)]
    // SAFETY: ends the process, whatever its threads do.
    unsafe {
        libc::_exit(INTERRUPTED);
    }
    #[cfg(not(unix))]
    std::process::exit(INTERRUPTED);
}
