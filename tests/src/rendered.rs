//! What the built command line makes of a sound: what a bounce in a host is held against.

use std::ffi::OsStr;
use std::io;
use std::process::Command;

use crate::audio::Audio;
use crate::built;

/// The sound after `netbend render IN OUT` and these arguments.
///
/// # Errors
/// Where files cannot be written or read, or with what the command line said where it refused.
pub fn rendered(
    input: &Audio,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Audio, hound::Error> {
    let folder = tempfile::tempdir()?;
    let [dry, bent] = ["dry.wav", "bent.wav"].map(|name| folder.path().join(name));
    input.write_wav(&dry)?;
    let ran = Command::new(built::command_line())
        .env("NETBEND_RESOURCES", built::resources())
        .args([OsStr::new("render"), dry.as_os_str(), bent.as_os_str()])
        .args(arguments)
        .output()?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        return Err(io::Error::other(said).into());
    }
    Audio::read_wav(&bent)
}
