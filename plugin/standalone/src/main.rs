//! Netbend as a program of its own, with the system's audio and a loop of its own to play. It remembers its settings, loop and devices.
//!
//! What was set, what plays and with which arguments (audio system, devices, rate) lies in `standalone.json` in the user's folder, written a
//! second after a change and when the window closes. The next start without arguments is like the last one; arguments take the place of
//! those remembered, a sound's path that of the loop, and `--forget` of everything. The very first start plays the demo loop through a preset.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `arguments` | main | what the command line says |
//! | `memory` | any | what is remembered, as a file |
//! | `ears` | any | hears that no audio device could be opened |
//! | `turning` | operator | sounds as loops at the stream's rate |
//! | `recording` | operator | a recording on its way to a file |
//! | `operator` | one of its own | does what is wished of the player |
//! | `saver` | one of its own | saves what is set |
//! | `times` | one of its own | prints how long pictures take |

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

mod arguments;
mod ears;
mod leaving;
mod memory;
mod operator;
mod recording;
mod saver;
mod times;
mod turning;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use netbend::{Instance, Netbend, user_folder};
use nice_plug::prelude::nice_export_standalone_with_args;
use serde_json::value::RawValue;

use arguments::{Arguments, dpi_scale, wants_no_device};
use leaving::Leaving;
use memory::{Memory, Played};
use operator::Operator;
use saver::Saver;

/// A program that ends sooner and says that it failed could not start; later, its window was lost.
const START: Duration = Duration::from_secs(3);
/// What the demo loop is heard through at the very first start, among the presets that ship.
const FIRST_PRESET: &str = "space/rising-smoke.yaml";

fn main() -> ExitCode {
    match run(std::env::args_os()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Runs the program with its command line's arguments, its name first; whether it could start.
fn run(mut arguments: impl Iterator<Item = OsString>) -> bool {
    ears::open();
    times::start();
    let program = arguments.next().map_or_else(
        || "netbend-standalone".to_owned(),
        |program| program.to_string_lossy().into_owned(),
    );
    let given = Arguments::new(arguments);
    let start = |arguments: &[String]| {
        ears::forget();
        let line = std::iter::once(&program).chain(arguments).cloned();
        nice_export_standalone_with_args::<Netbend, _>(line)
    };
    if given.prints {
        return start(&given.rest);
    }

    let file = user_folder().map(|folder| folder.join(memory::FILE));
    let remembered = match &file {
        Some(file) if !given.forgets => Memory::read(file),
        _ => None,
    };
    let is_first = remembered.is_none() && given.rest.is_empty() && given.turning.is_none();
    let memory = remembered.unwrap_or_default();
    let is_repeat = given.rest.is_empty() && !memory.arguments.is_empty();
    let arguments = match given.rest.is_empty() {
        true => memory.arguments,
        false => given.rest,
    };
    let mut played = memory.player.unwrap_or_default();
    if let Some(turning) = given.turning {
        played.file = Some(std::path::absolute(&turning).unwrap_or(turning));
        played.plays = true;
    }
    played.plays |= is_first;

    let operator = Operator::start();
    let greeting = Greeting {
        state: memory.state,
        played,
        is_first,
        wants_silence: wants_no_device(&arguments),
        scale: dpi_scale(&arguments),
        instances: operator.instances(),
    };
    let greet = move |instance: &Instance| greeting.greet(instance);
    let saver = match file {
        Some(file) => Some(Saver::start(file, arguments.clone(), greet)),
        None => {
            Instance::on_each(greet);
            None
        }
    };
    let leaving = Leaving::listen();
    leaving.put(move || {
        operator.end();
        if let Some(saver) = saver {
            saver.end();
        }
    });
    let begin = Instant::now();
    let mut has_started = start(&arguments);
    if !has_started && is_repeat && begin.elapsed() < START {
        eprintln!(
            "netbend-standalone: could not start as last time (`{}`); starting without",
            arguments.join(" ")
        );
        has_started = start(&[]);
    }
    leaving.leave();
    has_started
}

/// What an instance begins with.
struct Greeting {
    state: Option<Box<RawValue>>,
    played: Played,
    is_first: bool,
    wants_silence: bool,
    scale: Option<f64>,
    instances: Sender<Instance>,
}

impl Greeting {
    fn greet(&self, instance: &Instance) {
        if let Some(state) = &self.state {
            instance.restore(state.get().as_bytes());
        } else if self.is_first {
            // Where it is missing, the loop is heard as it is.
            instance.load_factory_preset(Path::new(FIRST_PRESET));
        }
        if let Some(scale) = self.scale
            && !instance.set_scale(scale)
        {
            eprintln!(
                "netbend-standalone: `--dpi-scale {scale}` is none from 0.25 to 8; the system's holds"
            );
        }
        let player = instance.player();
        self.played.put(&player);
        let silence = match ears::silence() {
            Some(reason) => {
                player.say(format!(
                    "No audio device could be opened, so nothing is heard: {}. \
                     `netbend-standalone --help` says how to choose one. The loop is bent and shown all the same.",
                    reason.trim_end_matches('.')
                ));
                reason
            }
            None if self.wants_silence => "started with `--backend dummy`".to_owned(),
            None => String::new(),
        };
        player.show(|shown| shown.silence = silence);
        let _ = self.instances.send(instance.clone());
    }
}
