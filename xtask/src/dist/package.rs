//! What an archive holds: the plugins and programs as they were bundled, examples, licences, and the scripts of its system.

use anyhow::Result;

use super::entries::Entries;
use super::licences;
use crate::bundle::Bundles;
use crate::platform::Platform;
use crate::workspace::{VERSION, Workspace};

/// Scripts and page as they are kept, with gaps such as `@VERSION@`.
const INSTALL_SH: &str = include_str!("../../installer/install.sh");
const UNINSTALL_SH: &str = include_str!("../../installer/uninstall.sh");
const INSTALL_PS1: &str = include_str!("../../installer/install.ps1");
const UNINSTALL_PS1: &str = include_str!("../../installer/uninstall.ps1");
const README: &str = include_str!("../../installer/README.txt");

/// A preset and automation to begin with: in the archive where they are in the checkout, so that the pages' commands hold for both.
const EXAMPLES: &str = "docs/examples";

/// All that was bundled, and what goes with it.
///
/// # Errors
/// Where something is missing.
pub fn gather(workspace: &Workspace, platform: &Platform) -> Result<Entries> {
    let bundles = Bundles::of(workspace);
    let mut entries = Entries::default();
    let mut parts = vec![
        &bundles.clap,
        &bundles.vst3,
        &bundles.resources,
        &bundles.command_line,
        &bundles.standalone,
    ];
    if platform.system == "macos" {
        parts.push(&bundles.audio_unit);
    }
    for part in parts {
        let name = part.file_name().unwrap_or_default();
        entries.add(&name.display().to_string(), part)?;
    }
    entries.add(EXAMPLES, &workspace.root.join(EXAMPLES))?;
    licences::add(workspace, platform, &mut entries)?;
    add_scripts(platform, &mut entries);
    entries.add_checksums();
    Ok(entries)
}

/// Adds the scripts that install and uninstall, and the page that says so.
pub fn add_scripts(platform: &Platform, entries: &mut Entries) {
    let scripts = if platform.is_windows() {
        [
            ("install.ps1", INSTALL_PS1),
            ("uninstall.ps1", UNINSTALL_PS1),
        ]
    } else {
        [("install.sh", INSTALL_SH), ("uninstall.sh", UNINSTALL_SH)]
    };
    for (name, text) in scripts.into_iter().chain([("README.txt", README)]) {
        entries.add_text(name, fill(text, platform));
    }
}

fn fill(text: &str, platform: &Platform) -> String {
    let install = match platform.is_windows() {
        true => "    powershell -ExecutionPolicy Bypass -File install.ps1",
        false => "    sh install.sh",
    };
    let examples = match platform.is_windows() {
        true => r"%LOCALAPPDATA%\Programs\Netbend\docs\examples\",
        false => "~/.local/lib/netbend/docs/examples/",
    };
    let formats = match platform.system {
        "macos" => ", Audio Unit",
        _ => "",
    };
    text.replace("@VERSION@", VERSION)
        .replace("@SYSTEM@", platform.system)
        .replace("@PROCESSOR@", platform.processor)
        .replace("@INSTALL@", install)
        .replace("@EXAMPLES@", examples)
        .replace("@FORMATS@", formats)
}
