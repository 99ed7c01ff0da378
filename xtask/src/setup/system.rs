//! The system packages a Linux build needs: the standalone's ALSA and JACK, found by pkg-config.
//! (X11 and OpenGL are loaded at run time and need nothing to build.) And what the tests open editors on.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::run_command;

/// A library that a build script asks pkg-config for, and the packages that bring it.
struct Library {
    pkg_config: &'static str,
    apt: &'static str,
}

const LIBRARIES: [Library; 2] = [
    Library {
        pkg_config: "alsa",
        apt: "libasound2-dev",
    },
    Library {
        pkg_config: "jack",
        apt: "libjack-jackd2-dev",
    },
];

/// Installs what is missing with apt where we may, else says the line to type.
pub fn install_missing() -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("    none needed here");
        return Ok(());
    }
    let missing = missing_packages();
    if missing.is_empty() {
        println!("    all there");
        return Ok(());
    }

    let Some(apt) = Apt::find() else {
        bail!(
            "these are needed to build and are missing: {list}\n\
             Debian, Ubuntu: sudo apt-get install {list}\n\
             Fedora: sudo dnf install pkgconf alsa-lib-devel jack-audio-connection-kit-devel\n\
             Arch: sudo pacman -S pkgconf alsa-lib jack2\n\
             Then run `cargo xtask setup` again.",
            list = missing.join(" ")
        );
    };
    println!("    installing {}", missing.join(" "));
    if apt.install(&missing).is_err() {
        println!("    apt-get could not; trying again with fresh package lists");
        apt.update().context("apt-get update failed")?;
        apt.install(&missing).context("apt-get install failed")?;
    }
    match missing_packages() {
        still if still.is_empty() => Ok(()),
        still => bail!(
            "apt-get succeeded, but pkg-config still misses {}",
            still.join(" ")
        ),
    }
}

/// Installs the virtual screen that tests open editors on, where we may. Returns why there is none.
pub fn install_screen() -> Option<String> {
    /// The screen, and what a window loads at run time.
    const PACKAGES: [&str; 6] = [
        "xvfb",
        "libgl1",
        "libx11-xcb1",
        "libxcursor1",
        "libxkbcommon0",
        "libxkbcommon-x11-0",
    ];
    const LIBRARIES: [&str; 4] = [
        "libGL.so.1",
        "libX11-xcb.so.1",
        "libXcursor.so.1",
        "libxkbcommon-x11.so.0",
    ];
    let is_there = || {
        let known = Command::new("ldconfig").arg("-p").output();
        let known = known.map_or_else(|_| Vec::new(), |output| output.stdout);
        let known = String::from_utf8_lossy(&known);
        // Where there is no ldconfig to ask, the tests will say what they miss.
        let has_libraries = known.is_empty() || LIBRARIES.iter().all(|name| known.contains(name));
        has_libraries && succeeds(Command::new("Xvfb").arg("-help"))
    };
    if !cfg!(target_os = "linux") {
        return None;
    }
    install(
        &PACKAGES,
        is_there,
        "no virtual screen, or a library is missing",
    )
}

/// Installs ffmpeg and flac, by which the tests judge what is read and written of audio files. Returns why they are not there.
pub fn install_decoders() -> Option<String> {
    let is_there = || {
        succeeds(Command::new("ffmpeg").arg("-version"))
            && succeeds(Command::new("flac").arg("--version"))
    };
    install(&["ffmpeg", "flac"], is_there, "ffmpeg or flac is missing")
}

/// Installs `packages` where we may, unless what they bring is there. Returns why it is not.
fn install(packages: &[&str], is_there: impl Fn() -> bool, missing: &str) -> Option<String> {
    if is_there() {
        return None;
    }
    let list = packages.join(" ");
    let Some(apt) = Apt::find() else {
        return Some(format!(
            "{missing}; on Debian and Ubuntu: sudo apt-get install {list}"
        ));
    };
    println!("    installing {list}");
    let installed = apt.install(packages).or_else(|_| {
        apt.update()?;
        apt.install(packages)
    });
    match installed {
        Ok(()) if is_there() => None,
        Ok(()) => Some(format!(
            "{list} are installed, and something is still missing"
        )),
        Err(error) => Some(format!("{list}: {error:#}")),
    }
}

fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !succeeds(Command::new("pkg-config").arg("--version")) {
        missing.push("pkg-config");
    }
    let absent = |library: &&Library| {
        !succeeds(Command::new("pkg-config").args(["--exists", library.pkg_config]))
    };
    missing.extend(LIBRARIES.iter().filter(absent).map(|library| library.apt));
    missing
}

/// apt-get, as root or through a sudo that asks for no password.
struct Apt {
    sudo: bool,
}

impl Apt {
    fn find() -> Option<Self> {
        if !succeeds(Command::new("apt-get").arg("--version")) {
            return None;
        }
        let root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|id| id.stdout == b"0\n");
        if root {
            return Some(Self { sudo: false });
        }
        succeeds(Command::new("sudo").args(["-n", "true"])).then_some(Self { sudo: true })
    }

    fn update(&self) -> Result<()> {
        run_command(self.command().args(["-qq", "update"]))
    }

    fn install(&self, packages: &[&str]) -> Result<()> {
        let options = ["-qq", "install", "--no-install-recommends", "--yes"];
        run_command(
            self.command()
                .args(options)
                .args(packages)
                .stdout(Stdio::null()),
        )
    }

    fn command(&self) -> Command {
        let mut command = Command::new(if self.sudo { "sudo" } else { "env" });
        if self.sudo {
            command.args(["-n", "env"]);
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    }
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
