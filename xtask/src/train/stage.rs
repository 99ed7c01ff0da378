//! A step of a run that makes a file, and is not repeated where that is there.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::step::step;

/// A step that makes `file`, left out where `file` is newer than all of `made_from`.
pub(super) fn stage(
    name: &str,
    file: &Path,
    made_from: &[&Path],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    step(name, || {
        if is_newer(file, made_from) {
            println!("    all there");
            return Ok(());
        }
        work()
    })
}

fn is_newer(file: &Path, made_from: &[&Path]) -> bool {
    let Some(made) = modified(file) else {
        return false;
    };
    made_from
        .iter()
        .all(|source| modified(source).is_some_and(|time| time <= made))
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|found| found.modified()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_stage_is_repeated_where_its_file_is_missing_or_older_than_its_sources() {
        let folder = tempfile::tempdir().unwrap();
        let (source, made) = (folder.path().join("source"), folder.path().join("made"));
        let at = |file: &Path, seconds| {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            fs::File::create(file).unwrap().set_modified(time).unwrap();
        };
        at(&source, 1000);
        assert!(!is_newer(&made, &[&source]));
        at(&made, 999);
        assert!(!is_newer(&made, &[&source]));
        at(&made, 1001);
        assert!(is_newer(&made, &[&source]));
        assert!(!is_newer(&made, &[&source, &folder.path().join("absent")]));
    }
}
