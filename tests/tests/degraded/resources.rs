//! Resource folders that lack something.

use std::fs;
use std::path::{Path, PathBuf};

use netbend_tests::built;
use tempfile::TempDir;

/// The bytes that are left of a truncated model.
const TRUNCATED_BYTES: usize = 100_000;

/// Nothing at all.
pub fn empty() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The models, but no ONNX Runtime.
pub fn without_runtime() -> TempDir {
    let folder = empty();
    let models = folder.path().join("models");
    fs::create_dir(&models).unwrap();
    for model in files(&built::resources().join("models")) {
        fs::copy(&model, models.join(model.file_name().unwrap())).unwrap();
    }
    folder
}

/// ONNX Runtime, but no model.
pub fn without_models() -> TempDir {
    let folder = empty();
    for library in files(&built::resources()) {
        fs::copy(&library, folder.path().join(library.file_name().unwrap())).unwrap();
    }
    fs::create_dir(folder.path().join("models")).unwrap();
    folder
}

/// ONNX Runtime, and models of which only the beginning is left.
pub fn with_truncated_models() -> TempDir {
    let folder = without_models();
    for model in files(&built::resources().join("models")) {
        let mut bytes = fs::read(&model).unwrap();
        bytes.truncate(TRUNCATED_BYTES);
        fs::write(
            folder
                .path()
                .join("models")
                .join(model.file_name().unwrap()),
            bytes,
        )
        .unwrap();
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

/// Whole resources, but for ONNX Runtime's library, whose bytes `spoil` changes. Nothing says what it should be.
pub fn with_library(spoil: impl FnOnce(&mut Vec<u8>)) -> TempDir {
    let folder = without_runtime();
    let mut bytes = fs::read(built::resources().join(LIBRARY)).unwrap();
    spoil(&mut bytes);
    fs::write(folder.path().join(LIBRARY), bytes).unwrap();
    folder
}

/// ONNX Runtime's library.
pub const LIBRARY: &str = if cfg!(target_os = "windows") {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};
