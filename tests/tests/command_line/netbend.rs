//! Running the program, and the files it works on.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::built;
use tempfile::TempDir;

/// A folder for one test's files.
pub struct Workbench {
    folder: TempDir,
}

impl Workbench {
    /// An empty folder.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a drum loop and gives its path and sound.
    pub fn drums(&self, sample_rate: u32, channels: usize) -> (PathBuf, Audio) {
        let loop_ = drum_loop_stereo(sample_rate as f32, 1.37, 11);
        let audio = Audio {
            sample_rate,
            channels: loop_[..channels].to_vec(),
        };
        let path = self.path(&format!("drums-{sample_rate}-{channels}.wav"));
        audio.write_wav(&path).unwrap();
        (path, audio)
    }

    /// Runs `netbend render IN OUT OPTIONS` and reads what it wrote.
    ///
    /// # Panics
    /// If it fails.
    pub fn render(&self, input: &Path, options: &[&str]) -> Audio {
        let output = self.path("output.wav");
        let paths = [OsStr::new("render"), input.as_os_str(), output.as_os_str()];
        let ran = run(
            paths.into_iter().chain(options.iter().map(OsStr::new)),
            &built::resources(),
        );
        assert!(ran.status.success(), "{}", said(&ran));
        Audio::read_wav(&output).unwrap()
    }
}

/// Runs `netbend` with only these resources to be found.
pub fn run<'a>(arguments: impl IntoIterator<Item = &'a OsStr>, resources: &Path) -> Output {
    Command::new(built::command_line())
        .args(arguments)
        .env("NETBEND_RESOURCES", resources)
        .envs(["HOME", "XDG_DATA_HOME", "APPDATA"].map(|variable| (variable, resources)))
        .output()
        .unwrap()
}

/// All that a run printed.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}
