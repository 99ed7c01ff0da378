//! Plays a file through whatever player the system has.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Players and what goes before the file, the likeliest first.
const PLAYERS: [(&str, &[&str]); 5] = [
    ("afplay", &[]),
    ("pw-play", &[]),
    ("paplay", &[]),
    ("aplay", &["--quiet"]),
    ("ffplay", &["-nodisp", "-autoexit", "-loglevel", "error"]),
];

/// Plays the file to its end where somebody sits at a terminal, and returns whether it was played.
pub fn listen(file: &Path) -> bool {
    if !std::io::stdout().is_terminal() {
        return false;
    }
    if cfg!(windows) {
        let script = "(New-Object Media.SoundPlayer $args[0]).PlaySync()";
        return played(
            Command::new("powershell")
                .args(["-NoProfile", "-Command", &format!("& {{{script}}}")])
                .arg(file),
        );
    }
    PLAYERS
        .iter()
        .any(|(player, before)| played(Command::new(player).args(*before).arg(file)))
}

fn played(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
