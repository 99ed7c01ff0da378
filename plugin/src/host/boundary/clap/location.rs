//! Which file a host speaks of, and texts for hosts. Any thread but the audio thread.

use std::ffi::{CStr, CString, c_char};
use std::path::{Path, PathBuf};

use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_LOCATION_FILE, CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN,
    clap_preset_discovery_location_kind,
};

/// The file at the location that a host passed.
///
/// # Errors
/// Why it is none.
///
/// # Safety
/// `location` is a string, or null.
pub(super) unsafe fn file(
    kind: clap_preset_discovery_location_kind,
    location: *const c_char,
) -> Result<PathBuf, String> {
    if kind != CLAP_PRESET_DISCOVERY_LOCATION_FILE {
        return Err(format!(
            "a location of kind {kind} was found; expected a file: all presets of Netbend are files"
        ));
    }
    if location.is_null() {
        return Err("no location was found; expected the path of a file".to_owned());
    }
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(location) };
    let path = path.to_str().map_err(|_| {
        let path = path.to_string_lossy();
        format!("`{path}` is not UTF-8; expected the path of a file as CLAP has it")
    })?;
    let path = PathBuf::from(path);
    match path.is_absolute() {
        true => Ok(path),
        false => Err(format!(
            "`{}` was found; expected an absolute path",
            path.display()
        )),
    }
}

/// Whether there is a location of that kind in CLAP, whatever lies there.
pub(super) fn is_one(kind: clap_preset_discovery_location_kind, location: *const c_char) -> bool {
    match kind {
        CLAP_PRESET_DISCOVERY_LOCATION_FILE => !location.is_null(),
        kind => kind == CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN,
    }
}

/// The system's own number of what is wrong with the file at `path`; 0 where the system can read it.
pub(super) fn system_error(path: &Path) -> i32 {
    let opened = std::fs::File::open(path);
    let error = opened.err().and_then(|error| error.raw_os_error());
    error.unwrap_or(0)
}

/// A text for a host.
pub(super) fn text(text: &str) -> CString {
    // No text of ours has a zero in it; one of a file may.
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: u32, location: Option<&CStr>) -> Result<PathBuf, String> {
        // SAFETY: a string, or null.
        unsafe { file(kind, location.map_or(std::ptr::null(), CStr::as_ptr)) }
    }

    #[test]
    fn whatever_a_host_passes_is_a_file_or_refused() {
        let absolute = if cfg!(windows) {
            c"C:\\Größe 1\\a b.yaml"
        } else {
            c"/Größe 1/a b.yaml"
        };
        let kept = absolute.to_str().map(PathBuf::from);
        assert_eq!(found(0, Some(absolute)).ok(), kept.ok());
        for (kind, location) in [
            (0, None),
            (0, Some(c"")),
            (0, Some(c"presets/a.yaml")),
            (0, Some(c"/\xff.yaml")),
            (1, None),
            (1, Some(absolute)),
            (7, Some(absolute)),
        ] {
            let refused = found(kind, location);
            assert!(refused.is_err(), "{kind}, {location:?}: {refused:?}");
        }
        assert_eq!(text("a\0b").as_bytes(), b"ab");
    }

    #[test]
    fn the_system_says_what_is_wrong() {
        assert_ne!(system_error(Path::new("/there/is/no/such/file")), 0);
        assert!(std::env::current_exe().is_ok_and(|program| system_error(&program) == 0));
    }
}
