//! What an archive is for: system and processor.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// The processors of a universal binary of macOS, as Rust calls them.
pub const UNIVERSAL: [&str; 2] = ["aarch64-apple-darwin", "x86_64-apple-darwin"];

/// A system and a processor, as the archive's name says them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// `linux`, `macos` or `windows`.
    pub system: &'static str,
    /// Such as `x86_64`; `universal` for both of macOS.
    pub processor: &'static str,
    /// Rust's names for it.
    pub targets: Vec<String>,
}

impl Platform {
    /// That of this machine, or macOS on both processors.
    ///
    /// # Errors
    /// Where `universal` is asked for on another system, or rustc does not say what it builds for.
    pub fn here(universal: bool) -> Result<Self> {
        let system = std::env::consts::OS;
        if universal {
            if system != "macos" {
                bail!("--universal is for macOS, and this is {system}");
            }
            return Ok(Self {
                system,
                processor: "universal",
                targets: UNIVERSAL.map(String::from).to_vec(),
            });
        }
        Ok(Self {
            system,
            processor: std::env::consts::ARCH,
            targets: vec![rustc_host()?],
        })
    }

    /// Whether scripts and archives are those of Windows.
    pub fn is_windows(&self) -> bool {
        self.system == "windows"
    }

    /// `netbend-VERSION-SYSTEM-PROCESSOR`: the archive's name before its ending, and the folder in it.
    pub fn archive_name(&self, version: &str) -> String {
        format!("netbend-{version}-{}-{}", self.system, self.processor)
    }
}

/// The target that rustc builds for unless told otherwise.
fn rustc_host() -> Result<String> {
    let rustc = Command::new("rustc").arg("-vV").output();
    let said = String::from_utf8(rustc.context("could not start rustc")?.stdout)?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}
