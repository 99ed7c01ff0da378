//! Tests that need a process of their own: one with another environment.

use std::path::Path;
use std::process::Command;

/// Set in the child to the name of the test it is for.
const CHILD: &str = "NETBEND_TEST_ALONE";

/// Runs the body of the test called `name` (with its modules) in a process of its own, where
/// `resources` is all that Netbend finds.
///
/// The first call starts this test program again for that one test; the call in the new process
/// runs `body`.
///
/// # Panics
/// If the test fails there, or cannot be started.
pub fn with_resources(name: &str, resources: &Path, body: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some_and(|child| child == name) {
        return body();
    }
    let program = std::env::current_exe().unwrap_or_default();
    let output = Command::new(program)
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, name)
        .env("NETBEND_RESOURCES", resources)
        // Models of the user's own must not stand in for what is missing.
        .envs(["HOME", "XDG_DATA_HOME", "APPDATA"].map(|variable| (variable, resources)))
        .output();
    match output {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            let warned = String::from_utf8_lossy(&output.stderr);
            assert!(
                said.contains("1 passed"),
                "{name} failed alone:\n{said}\n{warned}"
            );
        }
        Err(error) => panic!("{name} could not be started alone: {error}"),
    }
}
