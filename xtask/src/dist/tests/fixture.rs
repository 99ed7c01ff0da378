//! A small archive, unpacked, and a home folder to install it into.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::dist::entries::Entries;
use crate::dist::package::add_scripts;
use crate::platform::Platform;

/// A folder with `archive`, which was unpacked, and the home folder.
pub struct Fixture {
    folder: TempDir,
    home: String,
}

impl Fixture {
    /// Version 1 unpacked, and an empty home folder of this name.
    pub fn new(home: &str) -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
            home: home.to_owned(),
        };
        fs::create_dir(fixture.home()).unwrap();
        fixture.unpack_here("1", &[]);
        fixture
    }

    /// Unpacks an archive for this machine in place of the one that is there.
    pub fn unpack_here(&self, version: &str, more: &[(&str, &str)]) {
        self.unpack(version, std::env::consts::OS, std::env::consts::ARCH, more);
    }

    /// Unpacks an archive for some machine.
    pub fn unpack(
        &self,
        version: &str,
        system: &'static str,
        processor: &'static str,
        more: &[(&str, &str)],
    ) {
        let platform = Platform {
            system,
            processor,
            targets: Vec::new(),
        };
        let mut entries = Entries::default();
        for (path, contents) in [
            ("Netbend.clap", "clap"),
            ("Netbend.vst3/Contents/Plugin", "vst3"),
            ("Netbend.resources/runtime", "runtime"),
            ("Netbend.resources/models/drums.onnx", "drums"),
            ("netbend", "#!/bin/sh\necho netbend"),
            ("netbend-standalone", "#!/bin/sh\necho standalone"),
            ("licences/one.txt", "licence"),
        ] {
            entries.add_text(path, format!("{contents} {version}"));
        }
        for (path, contents) in more {
            entries.add_text(path, *contents);
        }
        add_scripts(&platform, &mut entries);
        entries.add_checksums();
        entries.write_folder(&self.unpacked("")).unwrap();
    }

    /// A path in the unpacked archive.
    pub fn unpacked(&self, path: &str) -> PathBuf {
        self.folder.path().join("archive").join(path)
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join(&self.home)
    }

    /// A path in the home folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.home().join(path)
    }

    /// A path in the user's CLAP folder, from the home folder.
    pub fn clap(&self, path: &str) -> String {
        match cfg!(target_os = "macos") {
            true => format!("Library/Audio/Plug-Ins/CLAP/{path}"),
            false => format!(".clap/{path}"),
        }
    }

    /// A path in the user's VST3 folder, from the home folder.
    pub fn vst3(&self, path: &str) -> String {
        match cfg!(target_os = "macos") {
            true => format!("Library/Audio/Plug-Ins/VST3/{path}"),
            false => format!(".vst3/{path}"),
        }
    }

    /// Writes a file in the home folder.
    pub fn write(&self, path: &str, contents: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Reads a file in the home folder.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Whether there is something in the home folder.
    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// Runs `install.sh`.
    pub fn install(&self, options: &[&str]) -> Output {
        self.run("install.sh", options, "/usr/bin:/bin")
    }

    /// Runs `uninstall.sh` of the archive.
    pub fn uninstall(&self) -> Output {
        self.run("uninstall.sh", &[], "/usr/bin:/bin")
    }

    /// Runs `install.sh` where this call of a program, counted from 1, fails.
    pub fn install_with_fault(&self, program: &str, call: usize) -> Output {
        let path = self.stand_in_path(program, call);
        self.run("install.sh", &[], &path)
    }

    /// How often `install.sh` calls a program when nothing is installed yet.
    pub fn calls_of(program: &str) -> usize {
        let fixture = Self::new("home");
        let counted = fixture.install_with_fault(program, usize::MAX);
        assert!(counted.status.success(), "{}", said(&counted));
        let calls = fs::read_to_string(fixture.folder.path().join("calls")).unwrap();
        calls.lines().count()
    }

    /// A `PATH` with a stand-in for a program that counts its calls and fails at one.
    fn stand_in_path(&self, program: &str, fails_at: usize) -> String {
        let calls = self.folder.path().join("calls");
        let stand_ins = self.folder.path().join("stand-ins");
        fs::create_dir_all(&stand_ins).unwrap();
        fs::write(&calls, "").unwrap();
        let script = stand_ins.join(program);
        let text = format!(
            "#!/bin/sh\necho call >>'{calls}'\n[ \"$(wc -l <'{calls}')\" != {fails_at} ] || exit 1\nPATH=/usr/bin:/bin\nexec {program} \"$@\"\n",
            calls = calls.display(),
        );
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        format!("{}:/usr/bin:/bin", stand_ins.display())
    }

    fn run(&self, script: &str, options: &[&str], path: &str) -> Output {
        Command::new("sh")
            .arg(self.unpacked(script))
            .args(options)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", path)
            .current_dir("/")
            .output()
            .unwrap()
    }
}

/// All that a script printed.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// Everything below a folder: paths from there, with contents, `folder`, or where a link leads.
pub fn snapshot(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(inside) = open.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            let contents = if path.is_symlink() {
                format!("link to {}", fs::read_link(&path).unwrap().display())
            } else if path.is_dir() {
                open.push(path);
                "folder".to_owned()
            } else {
                fs::read_to_string(&path).unwrap()
            };
            found.insert(name, contents);
        }
    }
    found
}
