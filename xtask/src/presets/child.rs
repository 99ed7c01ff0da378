//! A program that is run to its end, and the time that processors worked for it.

use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

/// What became of a program.
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it said on standard error.
    pub said: String,
    /// The time that all its threads have worked, where the system says it.
    pub worked: Option<Duration>,
}

/// Runs the command; it is heard on standard error alone.
///
/// # Errors
/// Where it cannot be started.
pub fn run(command: &mut Command) -> Result<Ended> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("could not start {}", command.get_program().display()))?;
    let mut said = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_end(&mut said)?;
    }
    let (status, worked) = wait(child)?;
    Ok(Ended {
        status,
        said: String::from_utf8_lossy(&said).trim().to_owned(),
        worked,
    })
}

#[cfg(unix)]
fn wait(child: Child) -> Result<(ExitStatus, Option<Duration>)> {
    use std::os::unix::process::ExitStatusExt as _;

    let id = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    // SAFETY: a `rusage` is numbers alone, for which 0 is good.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both are valid places to write to, and the process is a child that nobody has waited for.
        let ended = unsafe { libc::wait4(id, &raw mut status, 0, &raw mut usage) };
        if ended == id {
            break;
        }
        let error = std::io::Error::last_os_error();
        if error.kind() != std::io::ErrorKind::Interrupted {
            return Err(error).context("could not wait for a program");
        }
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    let worked = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    Ok((
        ExitStatus::from_raw(status),
        Duration::try_from_secs_f64(worked).ok(),
    ))
}

#[cfg(not(unix))]
fn wait(mut child: Child) -> Result<(ExitStatus, Option<Duration>)> {
    Ok((child.wait()?, None))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_waited_for_and_what_it_said_is_kept() {
        let ended = run(Command::new("sh").args(["-c", "echo said >&2; exit 3"])).unwrap();
        assert_eq!(ended.status.code(), Some(3));
        assert_eq!(ended.said, "said");
        assert!(ended.worked.unwrap() < Duration::from_secs(5));
    }
}
