//! Presets as files of the VST3 (`.vstpreset`), which hosts list themselves. Main thread.
//!
//! A plugin without programs leaves presets to its host: each is a file in a folder that the format prescribes, with a state of the component
//! in it. Lengths and places are little-endian; the layout is the format's own ("Preset Format" in Steinberg's documentation).

use std::path::PathBuf;

use netbend_dsp::number::signed;
use netbend_models::Preset;
use nice_plug::prelude::{Plugin as _, Vst3Plugin as _};

use crate::engine::preset::settle;
use crate::error::{Error, Origin};
use crate::host::boundary::state;
use crate::host::plugin::Netbend;
use crate::params::NetbendParams;
use crate::resources::Resources;
use crate::resources::library::{self, Library};

/// What the name of such a file ends with.
pub const ENDING: &str = "vstpreset";

const VERSION: i32 = 1;
const HEADER_BYTES: usize = 48;
const NUMBERED: std::ops::Range<usize> = 2..1_000;

/// A file for a folder of presets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vst3PresetFile {
    /// What it is called, with its ending.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The presets that come with Netbend as files of the VST3, each under another name, and what is wrong with those that cannot be.
pub fn vst3_preset_files(resources: &Resources) -> (Vec<Vst3PresetFile>, Vec<String>) {
    let library = Library::of(resources);
    library.scan();
    let entries = library.entries();
    let shipped = entries
        .iter()
        .filter(|entry| entry.origin == Origin::Shipped);
    let (mut files, mut problems) = (Vec::<Vst3PresetFile>::new(), Vec::new());
    for entry in shipped {
        let bytes = library::load(&entry.path)
            .map_err(|error| error.to_string())
            .and_then(|preset| {
                vst3_preset(&preset, resources)
                    .map_err(|error| format!("{}: {error}", entry.path.display()))
            });
        match bytes {
            Ok(bytes) => {
                let name = free_name(entry.name(), &files);
                files.push(Vst3PresetFile { name, bytes });
            }
            Err(problem) => problems.push(problem),
        }
    }
    (files, problems)
}

/// The folder of the user's in which hosts look for them; `None` where the system names no home.
pub fn vst3_preset_folder() -> Option<PathBuf> {
    let (home, folder) = match std::env::consts::OS {
        "windows" => ("USERPROFILE", "Documents/VST3 Presets"),
        "macos" => ("HOME", "Library/Audio/Presets"),
        _ => ("HOME", ".vst3/presets"),
    };
    let home = std::env::var_os(home).filter(|home| !home.is_empty())?;
    let folder = PathBuf::from(home).join(folder);
    Some(folder.join(Netbend::VENDOR).join(Netbend::NAME))
}

/// A preset as the VST3 keeps it: what a new instance is once the preset is loaded, output gain and latency mode as at first.
///
/// # Errors
/// Where the preset asks for what the parameters cannot hold.
pub fn vst3_preset(preset: &Preset, resources: &Resources) -> Result<Vec<u8>, Error> {
    let params = NetbendParams::default();
    settle(preset, &params, resources)?.snapshot.put(&params);
    Ok(file(&state::snapshot(&params)))
}

/// A file with one chunk, the state of the component.
fn file(state: &[u8]) -> Vec<u8> {
    let class_id: String = Netbend::VST3_CLASS_ID
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    let [begin, length] = [HEADER_BYTES, state.len()].map(signed);
    [
        b"VST3",
        &VERSION.to_le_bytes()[..],
        class_id.as_bytes(),
        &(begin + length).to_le_bytes(),
        state,
        b"List",
        &1i32.to_le_bytes(),
        b"Comp",
        &begin.to_le_bytes(),
        &length.to_le_bytes(),
    ]
    .concat()
}

/// A file name for the preset called `name` that none of `files` has, in whatever case.
fn free_name(name: &str, files: &[Vst3PresetFile]) -> String {
    let plain = library::plain(name).unwrap_or_else(|| "Preset".to_owned());
    let is_free = |name: &String| {
        let name = name.to_lowercase();
        files.iter().all(|file| file.name.to_lowercase() != name)
    };
    let numbered = NUMBERED.map(|number| format!("{plain} {number}.{ENDING}"));
    let first = format!("{plain}.{ENDING}");
    let found = std::iter::once(first.clone()).chain(numbered).find(is_free);
    found.unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_laid_out_as_the_format_has_it() {
        let bytes = file(b"{state}");
        let expected = [
            &b"VST3\x01\0\0\0"[..],
            b"4E657462656E644E657442656E644678",
            &[55, 0, 0, 0, 0, 0, 0, 0],
            b"{state}",
            b"List\x01\0\0\0Comp",
            &[48, 0, 0, 0, 0, 0, 0, 0],
            &[7, 0, 0, 0, 0, 0, 0, 0],
        ];
        assert_eq!(bytes, expected.concat());
    }

    #[test]
    fn no_two_files_have_one_name() {
        let mut files = Vec::new();
        for (name, expected) in [
            ("Drift", "Drift.vstpreset"),
            ("drift", "drift 2.vstpreset"),
            ("a/b", "a-b.vstpreset"),
            ("DRIFT", "DRIFT 3.vstpreset"),
            ("", "Preset.vstpreset"),
        ] {
            let name = free_name(name, &files);
            assert_eq!(name, expected);
            files.push(Vst3PresetFile {
                name,
                bytes: Vec::new(),
            });
        }
    }
}
