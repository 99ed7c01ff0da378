//! A home folder, and what is installed into it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Where the user's plugins and programs lie, from the home folder.
#[cfg(target_os = "linux")]
mod places {
    pub const CLAP: &str = ".clap";
    pub const VST3: &str = ".vst3";
    pub const COMMANDS: &str = ".local/bin";
    pub const PROGRAMS: &str = ".local/lib/netbend";
}
#[cfg(target_os = "macos")]
mod places {
    pub const CLAP: &str = "Library/Audio/Plug-Ins/CLAP";
    pub const VST3: &str = "Library/Audio/Plug-Ins/VST3";
    pub const COMMANDS: &str = ".local/bin";
    pub const PROGRAMS: &str = ".local/lib/netbend";
}
#[cfg(target_os = "windows")]
mod places {
    pub const CLAP: &str = "Programs/Common/CLAP";
    pub const VST3: &str = "Programs/Common/VST3";
    pub const COMMANDS: &str = "Programs/Netbend";
    pub const PROGRAMS: &str = "Programs/Netbend";
}

/// Variables that say where a user's things are.
const HOME_VARIABLES: [&str; 4] = ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];
/// What a process keeps of our environment: what it runs by, and nothing that leads to the checkout.
const KEPT_VARIABLES: [&str; 5] = ["SystemRoot", "ComSpec", "PATHEXT", "TEMP", "TMP"];

/// A home folder.
pub struct Home {
    folder: PathBuf,
    /// Where the archive was unpacked, elsewhere. It lives as long as this.
    unpacked: PathBuf,
    _owned: Option<(TempDir, TempDir)>,
}

impl Home {
    /// An empty folder, and the archive unpacked beside it.
    pub fn empty() -> Self {
        let [home, elsewhere] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let archive = archive();
        let unpacking = Command::new("tar")
            .arg("-xf")
            .arg(&archive)
            .current_dir(elsewhere.path())
            .output()
            .unwrap();
        assert!(unpacking.status.success(), "{}", said(&unpacking));
        let name = archive.file_name().unwrap().to_str().unwrap();
        let name = name.trim_end_matches(".zip").trim_end_matches(".tar.gz");
        Self {
            folder: home.path().canonicalize().unwrap(),
            unpacked: elsewhere.path().join(name),
            _owned: Some((home, elsewhere)),
        }
    }

    /// The current folder.
    pub fn here() -> Self {
        Self {
            folder: std::env::current_dir().unwrap(),
            unpacked: PathBuf::new(),
            _owned: None,
        }
    }

    /// A path in the home folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The installed CLAP plugin.
    pub fn clap(&self) -> PathBuf {
        self.path(places::CLAP).join("Netbend.clap")
    }

    /// The installed VST3 plugin.
    pub fn vst3(&self) -> PathBuf {
        self.path(places::VST3).join("Netbend.vst3")
    }

    /// Everything in the folder, as paths.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut open = vec![self.folder.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    open.push(path.clone());
                }
                found.insert(path);
            }
        }
        found
    }

    /// Runs the archive's script that installs.
    ///
    /// # Panics
    /// If it fails.
    pub fn install(&self) {
        self.run_script(&self.unpacked.join(script("install")));
    }

    /// Runs the installed script that uninstalls.
    ///
    /// # Panics
    /// If it fails.
    pub fn uninstall(&self) {
        self.run_script(&self.path(places::PROGRAMS).join(script("uninstall")));
    }

    /// The commands that the archive's page tells to type.
    pub fn commands_of_readme(&self) -> Vec<String> {
        let page = self.path(places::PROGRAMS).join("README.txt");
        let page = std::fs::read_to_string(page).unwrap();
        let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
        let commands: Vec<_> = lines
            .filter(|line| line.starts_with("netbend "))
            .map(str::to_owned)
            .collect();
        assert!(!commands.is_empty(), "{page}");
        commands
    }

    /// An installed file of the examples, as a word of the command line.
    ///
    /// # Panics
    /// If it is not there.
    pub fn example(&self, name: &str) -> String {
        let folder = self.path(places::PROGRAMS).join("docs/examples");
        let path = folder.join(name);
        assert!(path.is_file(), "{} is missing", path.display());
        format!("\"{}\"", path.display())
    }

    /// Runs a line as one types it: programs are found by their names alone, and must not look for their things by these.
    ///
    /// # Panics
    /// If it fails.
    pub fn shell(&self, line: &str) {
        let mut command = if cfg!(windows) {
            let mut shell = Command::new("cmd");
            shell.args(["/d", "/c", line]);
            shell
        } else {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]);
            shell
        };
        self.run(&mut command);
    }

    /// Runs this test once more in a process that sees the home folder only, with a variable that says what it is.
    ///
    /// # Panics
    /// If it fails.
    pub fn this_test(&self, name: &str, variable: &str, value: &str) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([name, "--exact", "--nocapture"]);
        self.prepare(&mut command).env(variable, value);
        let output = command.output().unwrap();
        let said = said(&output);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{value}: {said}"
        );
    }

    /// Asserts that the ONNX Runtime this process has loaded lies in the home folder.
    ///
    /// # Panics
    /// If it does not, or there is none. Where the system does not say, nothing is asserted.
    pub fn assert_runtime_is_from_here(&self) {
        let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else {
            return;
        };
        let loaded: BTreeSet<_> = maps
            .lines()
            .filter(|line| line.contains("onnxruntime"))
            .filter_map(|line| line.find('/').map(|start| &line[start..]))
            .collect();
        assert!(!loaded.is_empty(), "no ONNX Runtime is loaded");
        for library in loaded {
            assert!(
                Path::new(library).starts_with(&self.folder),
                "{library} is loaded"
            );
        }
    }

    fn run_script(&self, script: &Path) {
        let mut command = if cfg!(windows) {
            let mut powershell = Command::new("powershell");
            powershell.args(["-NoProfile", "-ExecutionPolicy", "Bypass", "-File"]);
            powershell
        } else {
            Command::new("sh")
        };
        self.run(command.arg(script));
    }

    fn run(&self, command: &mut Command) {
        let output = self.prepare(command).output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", said(&output));
    }

    /// Leaves a process nothing of this one's surroundings but the home folder.
    fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let kept = KEPT_VARIABLES
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        let kept: Vec<_> = kept.collect();
        let commands = self.path(places::COMMANDS);
        let path = match std::env::var_os("SystemRoot").map(PathBuf::from) {
            Some(system) => std::env::join_paths([
                commands,
                system.join("System32"),
                system.join("System32/WindowsPowerShell/v1.0"),
            ]),
            None => std::env::join_paths([commands, "/usr/bin".into(), "/bin".into()]),
        };
        command
            .env_clear()
            .envs(kept)
            .envs(HOME_VARIABLES.map(|name| (name, &self.folder)))
            .env("PATH", path.unwrap())
            .current_dir(&self.folder)
    }
}

/// The archive for this system, in the folder that `cargo xtask test` names.
fn archive() -> PathBuf {
    let folder = std::env::var_os("NETBEND_ARCHIVES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| netbend_tests::built::folder().with_file_name("dist"));
    let start = format!(
        "netbend-{}-{}-",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS
    );
    let entries = std::fs::read_dir(&folder).into_iter().flatten();
    let mut archives = entries.map(|entry| entry.unwrap().path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&start))
    });
    archives.next().unwrap_or_else(|| {
        panic!(
            "no {start}* in {}; make it with `cargo xtask dist`, or run all tests with `cargo xtask test`",
            folder.display()
        )
    })
}

fn script(name: &str) -> String {
    format!("{name}.{}", if cfg!(windows) { "ps1" } else { "sh" })
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}
