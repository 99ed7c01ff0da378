//! Ardour's programs without a window: the plugin scanner, the Lua interpreter that makes a session, the exporter.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use netbend_tests::audio::Audio;

use crate::files;

/// Name of the session and of its folder.
const NAME: &str = "netbend";
/// How often an export is tried. Ardour 7.3's exporter now and then overwrites its own memory, also in a session without any plugin: it ends by a signal, or single
/// samples are of the order of 10²⁰.
const ATTEMPTS: usize = 20;
/// No sample of an export that is whole is as loud.
const LOUDEST: f32 = 8.0;
const COPY_AGES: Duration = Duration::from_secs(2);
const BEATS_PER_SECOND: f64 = 2.0;

/// One session of Ardour, and a home folder that is only for it.
pub struct Exporter {
    folder: PathBuf,
    script: PathBuf,
    ardour: String,
}

impl Exporter {
    /// A session in `folder`, made by the Lua script, with Ardour of this major version.
    pub fn new(folder: &Path, script: &Path, major: u32) -> Self {
        Self {
            folder: folder.to_owned(),
            script: script.to_owned(),
            ardour: format!("ardour{major}"),
        }
    }

    /// Lets Ardour look at the plugin.
    pub fn scan(&self, plugin: &Path) -> Result<()> {
        let plugins = self.home().join(".vst3");
        let installed = plugins.join("Netbend.vst3");
        files::create_folder(&plugins)?;
        files::mirror_folder(plugin, &installed)?;
        // What was scanned within the second in which the plugin was copied counts as out of date.
        std::thread::sleep(COPY_AGES);
        let library = Path::new("/usr/lib").join(&self.ardour);
        let mut scanner = self.command(&library.join("ardour-vst3-scanner"));
        scanner
            .env("LD_LIBRARY_PATH", &library)
            .env("ARDOUR_DLL_PATH", &library)
            .env(
                "ARDOUR_DATA_PATH",
                Path::new("/usr/share").join(&self.ardour),
            )
            .env("ARDOUR_CONFIG_PATH", Path::new("/etc").join(&self.ardour))
            .args(["-f", "-q"])
            .arg(&installed);
        succeed(&mut scanner)
    }

    /// Makes the session: the sound on a track with Netbend, slot 1's amount stepping from one of `(seconds, amount)` to the next.
    pub fn make_session(&self, sound: &Audio, amounts: &[(f64, f64)]) -> Result<()> {
        let points: Vec<_> = amounts
            .iter()
            .map(|(seconds, amount)| format!("{}={amount}", seconds * BEATS_PER_SECOND))
            .collect();
        let mut lua = self.command(Path::new(&format!("{}-lua", self.ardour)));
        lua.arg(&self.script)
            .arg(self.session())
            .args([NAME, &sound.sample_rate.to_string()])
            .args([&sound.samples().to_string(), "Discrete", &points.join(",")]);
        succeed(&mut lua)?;
        let files = self.session().join("interchange").join(NAME);
        for (name, channel) in ["left", "right"].iter().zip(&sound.channels) {
            let file = files.join("audiofiles").join(format!("{name}.wav"));
            Audio::same(sound.sample_rate, 1, channel).write_wav(&file)?;
        }
        Ok(())
    }

    /// The session's export, tried again where Ardour breaks it.
    pub fn export(&self) -> Result<Audio> {
        let file = self.folder.join("export.wav");
        let mut said = String::new();
        for attempt in 1..=ATTEMPTS {
            files::remove(&file)?;
            let mut export = self.command(Path::new(&format!("{}-export", self.ardour)));
            export.args(["-b", "float", "-o"]).arg(&file);
            export.arg(self.session()).arg(NAME);
            let output = run(&mut export)?;
            if output.status.success() {
                let exported = Audio::read_wav(&file)?;
                let mut samples = exported.channels.iter().flatten();
                if samples.all(|sample| sample.abs() < LOUDEST) {
                    return Ok(exported);
                }
                said = String::from("samples that are none");
            } else {
                said = format!("{}: {}", output.status, tail(&output));
            }
            println!("    attempt {attempt}: Ardour broke its export");
        }
        bail!("Ardour broke {ATTEMPTS} exports; the last ended with {said}");
    }

    fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    fn session(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("HOME", self.home())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("VST3_PATH")
            // The plugin is to find what lies in its own bundle.
            .env_remove("NETBEND_RESOURCES");
        command
    }
}

fn run(command: &mut Command) -> Result<Output> {
    let name = command.get_program().display().to_string();
    command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start {name}; on Debian install `ardour`"))
}

/// Runs a program of Ardour's whose output only matters where it fails. Its Lua interpreter ends well whatever the script did, so it is asked for its errors, too.
fn succeed(command: &mut Command) -> Result<()> {
    let output = run(command)?;
    let failed = !output.status.success()
        || [&output.stdout, &output.stderr]
            .iter()
            .any(|said| String::from_utf8_lossy(said).contains("Error:"));
    if failed {
        let name = command.get_program().display();
        bail!("{name} failed ({}): {}", output.status, tail(&output));
    }
    Ok(())
}

/// The end of what a program said.
fn tail(output: &Output) -> String {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<_> = said.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
