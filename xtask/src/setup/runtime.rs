//! ONNX Runtime's shared library, taken from its PyPI wheel by the user's own pip.
//!
//! pip checks the wheel against `runtime-wheels.txt`; we check the library we unpack, and check it
//! again on every run, so that a damaged one is fetched anew.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use zip::ZipArchive;

use crate::files;
use crate::workspace::{Workspace, run_command};

const VERSION: &str = "1.31.1";
const WHEELS: &str = include_str!("../../runtime-wheels.txt");

/// What goes with the library wherever it goes: its licence and those of what it is made of, by their paths in the wheel, and their names beside it.
pub const NOTICES: [(&str, &str); 2] = [
    ("onnxruntime/LICENSE", "onnxruntime-LICENSE.txt"),
    (
        "onnxruntime/ThirdPartyNotices.txt",
        "onnxruntime-ThirdPartyNotices.txt",
    ),
];

/// The ONNX Runtime of one platform.
struct Runtime {
    /// pip's name of the platform.
    platform: &'static str,
    /// The library's path inside the wheel.
    in_wheel: &'static str,
    /// The name the engine looks for.
    library: &'static str,
    /// The library's SHA-256.
    sha256: &'static str,
}

/// Makes `Netbend.resources` hold the pinned ONNX Runtime.
pub fn fetch(workspace: &Workspace) -> Result<()> {
    let runtime = Runtime::of_this_machine()?;
    let library = workspace.resources().join(runtime.library);
    let notices = NOTICES.map(|(in_wheel, name)| (in_wheel, workspace.resources().join(name)));
    let are_there = notices.iter().all(|(_, notice)| notice.is_file());
    if are_there && library.exists() && files::sha256(&library)? == runtime.sha256 {
        runtime.record(&library)?;
        println!("    {VERSION} is there");
        return Ok(());
    }

    files::create_folder(&workspace.resources())?;
    println!("    fetching {VERSION} with pip (about 20 MB)");
    let download = tempfile::tempdir_in(&workspace.target)?;
    let wheel = download_wheel(runtime.platform, download.path())?;
    for (in_wheel, notice) in &notices {
        unpack(&wheel, in_wheel, notice)?;
    }
    unpack(&wheel, runtime.in_wheel, &library)?;
    let found = files::sha256(&library)?;
    if found != runtime.sha256 {
        files::remove(&library)?;
        bail!(
            "the {} in ONNX Runtime's wheel has SHA-256 {found}, expected {}",
            runtime.in_wheel,
            runtime.sha256
        );
    }
    runtime.record(&library)?;
    println!("    {}", workspace.show(&library));
    Ok(())
}

impl Runtime {
    /// Writes the digest beside the library, for Netbend to find a damaged one before the system loads it.
    fn record(&self, library: &Path) -> Result<()> {
        let mut path = library.as_os_str().to_owned();
        path.push(".sha256");
        fs::write(path, format!("{}  {}\n", self.sha256, self.library))?;
        Ok(())
    }

    fn of_this_machine() -> Result<Self> {
        match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => Ok(Self {
                platform: "manylinux_2_28_x86_64",
                in_wheel: "onnxruntime/capi/libonnxruntime.so.1.31.1",
                library: "libonnxruntime.so",
                sha256: "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
            }),
            ("linux", "aarch64") => Ok(Self {
                platform: "manylinux_2_28_aarch64",
                in_wheel: "onnxruntime/capi/libonnxruntime.so.1.31.1",
                library: "libonnxruntime.so",
                sha256: "8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467",
            }),
            ("macos", "aarch64") => Ok(Self {
                platform: "macosx_14_0_arm64",
                in_wheel: "onnxruntime/capi/libonnxruntime.1.31.1.dylib",
                library: "libonnxruntime.dylib",
                sha256: "f8b06155feece624e55e49124340eea279da812529ae6fbc46a9f2be9c9cad2e",
            }),
            ("windows", "x86_64") => Ok(Self {
                platform: "win_amd64",
                in_wheel: "onnxruntime/capi/onnxruntime.dll",
                library: "onnxruntime.dll",
                sha256: "8482d2ee174e28504f99730fb01d6861575870283de4ed3a897ad39170d9a9b9",
            }),
            (os, architecture) => bail!(
                "ONNX Runtime {VERSION} has no wheel for {os} on {architecture}; expected Linux \
                 (x86_64, aarch64), macOS (aarch64) or Windows (x86_64)"
            ),
        }
    }
}

fn download_wheel(platform: &str, folder: &Path) -> Result<PathBuf> {
    let requirements = folder.join("wheels.txt");
    fs::write(&requirements, WHEELS)?;
    let mut pip = python()?;
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
    ])
    .args(["--no-deps", "--only-binary=:all:", "--require-hashes"])
    .args([
        "--python-version",
        "3.11",
        "--implementation",
        "cp",
        "--abi",
        "cp311",
    ])
    .args(["--platform", platform])
    .arg("--dest")
    .arg(folder)
    .arg("--requirement")
    .arg(&requirements);
    run_command(&mut pip).context(
        "pip could not fetch ONNX Runtime: see its message above (a network, a proxy or a package \
         index set in pip's configuration may be in the way)",
    )?;
    files::read_folder(folder)?
        .iter()
        .map(fs::DirEntry::path)
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("pip reported success but left no wheel")
}

/// A Python that has pip.
fn python() -> Result<Command> {
    for name in ["python3", "python"] {
        let probe = Command::new(name).args(["-m", "pip", "--version"]).output();
        if probe.is_ok_and(|output| output.status.success()) {
            return Ok(Command::new(name));
        }
    }
    bail!(
        "found no Python 3 with pip, which fetches ONNX Runtime; install it (Debian, Ubuntu: \
         apt-get install python3-pip) and run `cargo xtask setup` again"
    )
}

fn unpack(wheel: &Path, name: &str, to: &Path) -> Result<()> {
    let mut archive = ZipArchive::new(File::open(wheel)?)?;
    let mut packed = archive
        .by_name(name)
        .with_context(|| format!("no {name} in the wheel"))?;
    let fresh = to.with_extension("new");
    io::copy(&mut packed, &mut File::create(&fresh)?)?;
    fs::rename(&fresh, to)?;
    Ok(())
}
