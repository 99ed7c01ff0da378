//! Netbend as a program of its own, which remembers its settings and devices. Main thread, and one that saves.
//!
//! What was set and with which arguments (audio system, devices, rate) lies in `standalone.json` in the user's folder, written a second
//! after a change and when the window closes. The next start without arguments is like the last one; arguments take the place of
//! those remembered, and `--forget` of everything.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use netbend_atomic_file::replace;
use nice_plug::prelude::nice_export_standalone_with_args;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::host::boundary::state;
use crate::host::hosted::{self, Hosted};
use crate::host::plugin::Netbend;
use crate::resources::user_folder;

const FILE: &str = "standalone.json";
/// How soon a change is saved.
const PAUSE: Duration = Duration::from_secs(1);
/// A program that ends sooner and says that it failed could not start; later, its window was lost.
const START: Duration = Duration::from_secs(3);
/// Starts as if for the first time.
const FORGET: &str = "--forget";
/// What only prints and ends is nothing to remember.
const PRINTING: [&str; 4] = ["--help", "-h", "--version", "-V"];

/// What is remembered.
#[derive(Default, Serialize, Deserialize)]
struct Memory {
    /// Behind the program's name.
    #[serde(default)]
    arguments: Vec<String>,
    /// As a host would keep it.
    #[serde(default)]
    state: Option<Box<RawValue>>,
}

/// Runs the program with its command line's arguments, its name first; whether it could start.
pub fn run(arguments: impl IntoIterator<Item = String>) -> bool {
    let mut arguments = arguments.into_iter();
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
        .map(|folder| folder.join(FILE))
        .filter(|_| !prints)
    else {
        return start(&given);
    };

    let memory = if forgets {
        Memory::default()
    } else {
        remembered(&file)
    };
    let is_repeat = given.is_empty() && !memory.arguments.is_empty();
    let arguments = if given.is_empty() {
        memory.arguments
    } else {
        given
    };
    let (end, ended) = channel();
    let saver = welcome(file, arguments.clone(), memory.state, ended);
    let begin = Instant::now();
    let mut has_started = start(&arguments);
    if !has_started && is_repeat && begin.elapsed() < START {
        eprintln!(
            "netbend-standalone: could not start as last time (`{}`); starting without",
            arguments.join(" ")
        );
        has_started = start(&[]);
    }
    drop(end);
    let _ = saver.join();
    has_started
}

/// Has the next instance on this thread take up `state`, and then saved until the sender of `ended` is gone.
fn welcome(
    file: PathBuf,
    arguments: Vec<String>,
    state: Option<Box<RawValue>>,
    ended: Receiver<()>,
) -> std::thread::JoinHandle<()> {
    let (came, instances): (Sender<Arc<Hosted>>, _) = channel();
    hosted::on_each(move |hosted| {
        if let Some(state) = &state {
            let notices = state::restore(state.get().as_bytes(), &hosted.params);
            let notices = notices.unwrap_or_else(|error| vec![error.to_string()]);
            hosted.status.set_notices(notices);
        }
        let _ = came.send(Arc::clone(hosted));
    });
    std::thread::spawn(move || {
        let (mut hosted, mut saved) = (None, Vec::new());
        loop {
            let is_over = ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected);
            hosted = instances.try_iter().last().or(hosted);
            if let Some(hosted) = &hosted {
                save(&file, &arguments, hosted, &mut saved);
            }
            if is_over {
                return;
            }
        }
    })
}

/// What lies in `file`. What cannot be read is put aside and said.
fn remembered(file: &Path) -> Memory {
    let Ok(text) = std::fs::read(file) else {
        return Memory::default();
    };
    serde_json::from_slice(&text).unwrap_or_else(|error| {
        let aside = file.with_extension("json.broken");
        let kept = std::fs::rename(file, &aside).is_ok();
        let kept = if kept {
            format!("; it is {} now", aside.display())
        } else {
            String::new()
        };
        eprintln!(
            "netbend-standalone: {} cannot be read ({error}){kept}; starting anew",
            file.display()
        );
        Memory::default()
    })
}

/// Writes what changed since `saved`.
fn save(file: &Path, arguments: &[String], hosted: &Hosted, saved: &mut Vec<u8>) {
    let memory = Memory {
        arguments: arguments.to_vec(),
        state: String::from_utf8(state::snapshot(&hosted.params))
            .ok()
            .and_then(|state| RawValue::from_string(state).ok()),
    };
    let Ok(text) = serde_json::to_vec(&memory) else {
        return;
    };
    if text == *saved {
        return;
    }
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = match folder {
        Ok(()) => replace(file, &text).map_err(|error| format!("{}: {error}", file.display())),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = written {
        eprintln!("netbend-standalone: settings could not be saved: {error}");
    }
    // Said once for each change.
    *saved = text;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;
    use crate::params::NetbendParams;

    #[test]
    fn what_was_saved_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("netbend").join(FILE);
        let hosted = Hosted::default();
        crate::params::preset::set(&hosted.params.mix, 0.25);
        let arguments = ["--output-device".to_owned(), "Speakers".to_owned()];
        save(&file, &arguments, &hosted, &mut Vec::new());
        let memory = remembered(&file);
        assert_eq!(memory.arguments, arguments);
        let params = NetbendParams::default();
        let state = memory.state.unwrap();
        assert!(
            state::restore(state.get().as_bytes(), &params)
                .unwrap()
                .is_empty()
        );
        assert_eq!(params.mix.value(), 0.25);
    }

    #[test]
    fn what_cannot_be_read_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, "{\"arguments\": 3}").unwrap();
        assert!(remembered(&file).arguments.is_empty());
        assert!(!file.exists());
        assert!(folder.path().join("standalone.json.broken").exists());
    }
}
