//! Archives that are the same bytes whenever they are made of the same files.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::date;
use super::entries::Entries;

/// Writes the entries, inside a folder of this name, as `.tar.gz`. Files with the same contents are there once: the others are hard links.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_tar_gz(path: &Path, folder: &str, entries: &Entries, seconds: u64) -> Result<()> {
    let file = create(path)?;
    let packed = GzBuilder::new().write(file, Compression::best());
    let mut archive = Builder::new(packed);
    let mut written: HashMap<(&[u8], bool), String> = HashMap::new();
    for (name, entry) in entries.iter() {
        let name = format!("{folder}/{name}");
        let mut header = Header::new_gnu();
        header.set_mode(if entry.is_program { 0o755 } else { 0o644 });
        header.set_mtime(seconds);
        header.set_uid(0);
        header.set_gid(0);
        let contents = (entry.bytes.as_slice(), entry.is_program);
        if let Some(first) = written.get(&contents) {
            header.set_entry_type(EntryType::Link);
            header.set_size(0);
            archive.append_link(&mut header, &name, first)?;
        } else {
            header.set_entry_type(EntryType::Regular);
            header.set_size(entry.bytes.len() as u64);
            archive.append_data(&mut header, &name, entry.bytes.as_slice())?;
            written.insert(contents, name);
        }
    }
    flush(archive.into_inner()?.finish()?)
        .with_context(|| format!("could not write {}", path.display()))
}

/// Writes the entries, inside a folder of this name, as `.zip`.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_zip(path: &Path, folder: &str, entries: &Entries, seconds: u64) -> Result<()> {
    let mut archive = ZipWriter::new(create(path)?);
    for (name, entry) in entries.iter() {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(date::zip_time(seconds)?)
            .unix_permissions(if entry.is_program { 0o755 } else { 0o644 });
        archive.start_file(format!("{folder}/{name}"), options)?;
        archive.write_all(&entry.bytes)?;
    }
    flush(archive.finish()?).with_context(|| format!("could not write {}", path.display()))
}

fn create(path: &Path) -> Result<io::BufWriter<File>> {
    let file = File::create(path);
    let file = file.with_context(|| format!("could not create {}", path.display()))?;
    Ok(io::BufWriter::new(file))
}

fn flush(mut file: io::BufWriter<File>) -> io::Result<()> {
    file.flush()?;
    file.get_ref().sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn entries() -> Entries {
        let mut entries = Entries::default();
        entries.add_text("b/program", "#!/bin/sh\n");
        entries.add_text("a", "the same");
        entries.add_text(&format!("c/{}", "long".repeat(40)), "the same");
        entries.add_checksums();
        entries
    }

    #[test]
    fn the_same_files_make_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["1", "2"] {
            write_tar_gz(&path(name), "n", &entries(), 1_700_000_000).unwrap();
            write_zip(
                &path(&format!("{name}.zip")),
                "n",
                &entries(),
                1_700_000_000,
            )
            .unwrap();
        }
        for (a, b) in [("1", "2"), ("1.zip", "2.zip")] {
            assert_eq!(
                std::fs::read(path(a)).unwrap(),
                std::fs::read(path(b)).unwrap()
            );
        }
    }

    #[test]
    fn a_tar_unpacks_to_what_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tar.gz");
        write_tar_gz(&path, "n", &entries(), 1_700_000_000).unwrap();
        let packed = flate2::read::GzDecoder::new(File::open(&path).unwrap());
        tar::Archive::new(packed).unpack(folder.path()).unwrap();
        let mut unpacked = Entries::default();
        for entry in crate::files::read_folder(&folder.path().join("n")).unwrap() {
            unpacked
                .add(entry.file_name().to_str().unwrap(), &entry.path())
                .unwrap();
        }
        assert_eq!(unpacked, entries());
    }

    #[test]
    fn a_zip_holds_what_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        write_zip(&path, "n", &entries(), 1_700_000_000).unwrap();
        let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
        assert_eq!(archive.len(), entries().iter().count());
        for (name, entry) in entries().iter() {
            let mut bytes = Vec::new();
            let mut file = archive.by_name(&format!("n/{name}")).unwrap();
            file.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, entry.bytes, "{name}");
        }
    }
}
