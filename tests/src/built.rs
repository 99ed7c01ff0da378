//! Where the bundles and programs under test are.

use std::path::{Path, PathBuf};

/// Netbend's CLAP id, which projects saved in hosts rely on.
pub const CLAP_ID: &str = "org.netbend.netbend";

/// The folder that `cargo xtask bundle` fills: `$NETBEND_BUNDLED`, else `bundled` in the build
/// folder of this program.
pub fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("NETBEND_BUNDLED") {
        return folder.into();
    }
    let program = std::env::current_exe().unwrap_or_default();
    // target/release/deps/this-program
    program
        .ancestors()
        .nth(3)
        .unwrap_or(Path::new("target"))
        .join("bundled")
}

/// The built CLAP plugin.
///
/// # Panics
/// If it has not been built: a test without its subject must not pass.
pub fn clap() -> PathBuf {
    present("Netbend.clap")
}

/// The built VST3 plugin.
///
/// # Panics
/// If it has not been built.
pub fn vst3() -> PathBuf {
    present("Netbend.vst3")
}

/// The built command line.
///
/// # Panics
/// If it has not been built.
pub fn command_line() -> PathBuf {
    present(&format!("netbend{}", std::env::consts::EXE_SUFFIX))
}

/// The built standalone program.
///
/// # Panics
/// If it has not been built.
pub fn standalone() -> PathBuf {
    present(&format!(
        "netbend-standalone{}",
        std::env::consts::EXE_SUFFIX
    ))
}

/// The folder with ONNX Runtime and the models.
///
/// # Panics
/// If it has not been gathered.
pub fn resources() -> PathBuf {
    present("Netbend.resources")
}

fn present(name: &str) -> PathBuf {
    let path = folder().join(name);
    assert!(
        path.exists(),
        "{} is missing; build it and run all tests with `cargo xtask test`",
        path.display()
    );
    path
}
