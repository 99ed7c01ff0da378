//! Tests that need a process of their own: one with another environment, or one that may die.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// Set in the child to the name of the test it is for.
const CHILD: &str = "NETBEND_TEST_ALONE";

/// Runs the body of the test called `name` (with its modules) in a process of its own, so that a
/// plugin that takes its process down fails this test and no other.
///
/// The first call starts this test program again for that one test; the call in the new process
/// runs `body`.
///
/// # Panics
/// If the test fails there, or cannot be started.
pub fn apart(name: &str, body: impl FnOnce()) {
    run(name, &[], body);
}

/// As [`apart`], where `resources` is all that Netbend finds.
///
/// # Panics
/// If the test fails there, or cannot be started.
pub fn with_resources(name: &str, resources: &Path, body: impl FnOnce()) {
    // Models of the user's own must not stand in for what is missing.
    let variables = ["NETBEND_RESOURCES", "HOME", "XDG_DATA_HOME", "APPDATA"];
    run(
        name,
        &variables.map(|variable| (variable, resources.as_os_str())),
        body,
    );
}

/// As [`apart`], with the built resources and `home` as the user's folder, in which models and presets of the user's own lie.
///
/// # Panics
/// If the test fails there, or cannot be started.
pub fn with_user(name: &str, home: &Path, body: impl FnOnce()) {
    let resources = crate::built::resources();
    let homes = ["HOME", "XDG_DATA_HOME", "APPDATA"].map(|variable| (variable, home.as_os_str()));
    let variables = [&homes[..], &[("NETBEND_RESOURCES", resources.as_os_str())]];
    run(name, &variables.concat(), body);
}

/// As [`apart`], with a virtual screen to open editors on. Without one it is left out, and says so.
///
/// All threads share one pool of memory there, so that what the process holds says what has been given back: by
/// default glibc keeps a pool for every thread there has been at once.
///
/// # Panics
/// If the test fails there, or cannot be started.
#[cfg(target_os = "linux")]
pub fn with_screen(name: &str, body: impl FnOnce()) {
    with_screen_and(name, &[], body);
}

/// As [`with_screen`], with more variables in the environment.
///
/// # Panics
/// If the test fails there, or cannot be started.
#[cfg(target_os = "linux")]
pub fn with_screen_and(name: &str, more: &[(&str, &OsStr)], body: impl FnOnce()) {
    if is_child(name) {
        return body();
    }
    match crate::display::Screen::start() {
        Ok(screen) => {
            let variables = [("DISPLAY", screen.name()), ("MALLOC_ARENA_MAX", "1")];
            let variables = variables.map(|(name, value)| (name, OsStr::new(value)));
            run(name, &[&variables[..], more].concat(), body);
        }
        // Not swallowed by the test program, as `eprintln!` would be.
        Err(reason) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "LEFT OUT: {name}: {reason}");
        }
    }
}

/// Whether this is the process that was started for the test called `name`.
fn is_child(name: &str) -> bool {
    std::env::var_os(CHILD).is_some_and(|child| child == name)
}

fn run(name: &str, variables: &[(&str, &OsStr)], body: impl FnOnce()) {
    if is_child(name) {
        return body();
    }
    let program = std::env::current_exe().unwrap_or_default();
    let output = Command::new(program)
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, name)
        .envs(variables.iter().copied())
        .output();
    match output {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            let warned = String::from_utf8_lossy(&output.stderr);
            assert!(
                said.contains("1 passed"),
                "{name} failed alone ({}):\n{said}\n{warned}",
                output.status
            );
        }
        Err(error) => panic!("{name} could not be started alone: {error}"),
    }
}
