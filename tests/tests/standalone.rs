//! The built standalone program with a loop and without an audio device, on a virtual screen; left out where there is none.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers fail the way tests do

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::built;
use netbend_tests::display::Screen;

/// How long a loop may take to be seen.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where the spectrograms of input and output lie in the window as it opens: left, right, and top and bottom of each.
const COLUMNS: (u32, u32) = (560, 1_060);
const INPUT: (u32, u32) = (95, 190);
const OUTPUT: (u32, u32) = (220, 315);
/// The middle of *Record*.
const RECORD: (i16, i16) = (1_020, 61);
/// The button that keeps one bar.
const KEEP_A_BAR: (i16, i16) = (881, 61);

/// The program, with a folder of its own for what it remembers. It ends when this is dropped.
struct Running(Child);

impl Running {
    fn start(screen: &Screen, home: &Path, arguments: &[&str]) -> Self {
        let child = Command::new(built::standalone())
            .args(arguments)
            .env("DISPLAY", screen.name())
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NETBEND_RESOURCES", built::resources())
            .env("HOME", home)
            .env("XDG_DATA_HOME", home)
            // Whatever audio the machine has is not found.
            .env("ALSA_CONFIG_PATH", "/nowhere")
            .env("JACK_DEFAULT_SERVER", "nowhere")
            .env("JACK_NO_START_SERVER", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn screen(test: &str) -> Option<Screen> {
    match Screen::start() {
        Ok(screen) => Some(screen),
        Err(reason) => {
            // Not swallowed by the test program, as `eprintln!` would be.
            let _ = writeln!(std::io::stderr(), "LEFT OUT: {test}: {reason}");
            None
        }
    }
}

/// Which share of the pixels between these rows is bright.
fn bright(screen: &Screen, rows: (u32, u32)) -> f64 {
    let (width, _, colours) = screen.picture().unwrap();
    let pixel = |x: u32, y: u32| {
        let first = ((y * width + x) * 3) as usize;
        colours[first..first + 3].iter().any(|&value| value > 140)
    };
    let all = (rows.0..rows.1).flat_map(|y| (COLUMNS.0..COLUMNS.1).map(move |x| (x, y)));
    let lit = all.filter(|&(x, y)| pixel(x, y)).count();
    lit as f64 / f64::from((rows.1 - rows.0) * (COLUMNS.1 - COLUMNS.0))
}

/// Waits until `is_so`.
fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn sounds(screen: &Screen) -> bool {
    bright(screen, INPUT) > 0.1 && bright(screen, OUTPUT) > 0.1
}

fn drums(folder: &Path) -> PathBuf {
    let path = folder.join("drums.wav");
    let channels = drum_loop_stereo(44_100.0, 2.0, 3).into();
    let audio = Audio {
        sample_rate: 44_100,
        channels,
    };
    audio.write_wav(&path).unwrap();
    path
}

#[test]
fn a_loop_is_seen_recorded_and_remembered_without_an_audio_device() {
    let Some(screen) = screen("a_loop_is_seen_recorded_and_remembered_without_an_audio_device")
    else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let path = drums(home.path());
    let memory = home.path().join("netbend/standalone.json");

    let running = Running::start(
        &screen,
        home.path(),
        &["-b", "dummy", path.to_str().unwrap()],
    );
    wait("the loop is not seen", || sounds(&screen));

    let folder = home.path().join("netbend/recordings");
    screen.click(RECORD.0, RECORD.1).unwrap();
    wait("nothing is recorded", || folder.exists());
    std::thread::sleep(Duration::from_secs(2));
    screen.click(RECORD.0, RECORD.1).unwrap();
    let recorded = folder.join("drums bent 1.wav");
    wait("the recording is not there", || recorded.exists());
    let recorded = Audio::read_wav(&recorded).unwrap();
    assert_eq!(recorded.sample_rate, 48_000);
    let peak = recorded.channels[0]
        .iter()
        .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    assert!(peak > 0.1 && peak.is_finite(), "{peak}");

    let folder = home.path().join("netbend/Kept");
    wait("nothing was kept", || {
        screen.click(KEEP_A_BAR.0, KEEP_A_BAR.1).unwrap();
        std::thread::sleep(Duration::from_secs(1));
        let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        names.any(|name| name.starts_with("drums ") && name.ends_with(" bent.wav"))
    });

    wait("nothing is remembered", || {
        let text = std::fs::read_to_string(&memory).unwrap_or_default();
        text.contains("drums.wav")
    });
    drop(running);
    wait("the window has not gone", || !sounds(&screen));

    let again = Running::start(&screen, home.path(), &[]);
    wait("the loop is not seen again", || sounds(&screen));
    drop(again);
}

#[test]
fn the_very_first_start_plays_the_demo_loop_through_a_preset() {
    let Some(screen) = screen("the_very_first_start_plays_the_demo_loop_through_a_preset") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let memory = home.path().join("netbend/standalone.json");
    for arguments in [&[][..], &["--forget"]] {
        let running = Running::start(&screen, home.path(), arguments);
        wait("the demo loop is not seen", || sounds(&screen));
        wait("the preset is not remembered", || {
            let text = std::fs::read_to_string(&memory).unwrap_or_default();
            text.contains("Rising Smoke")
        });
        drop(running);
        wait("the window has not gone", || !sounds(&screen));
    }
}

#[test]
fn a_signal_finishes_the_recording_and_saves_before_the_program_ends() {
    let Some(screen) = screen("a_signal_finishes_the_recording_and_saves_before_the_program_ends")
    else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let path = drums(home.path());
    let loop_file = path.to_str().unwrap();
    let mut running = Running::start(&screen, home.path(), &["-b", "dummy", loop_file]);
    wait("the loop is not seen", || sounds(&screen));
    let folder = home.path().join("netbend/recordings");
    screen.click(RECORD.0, RECORD.1).unwrap();
    wait("nothing is recorded", || folder.exists());
    std::thread::sleep(Duration::from_secs(1));

    let id = running.0.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success());
    let mut ended = None;
    wait("the program goes on", || {
        ended = running.0.try_wait().unwrap();
        ended.is_some()
    });
    assert!(ended.unwrap().success(), "{ended:?}");
    let recorded = Audio::read_wav(&folder.join("drums bent 1.wav")).unwrap();
    let peak = recorded.channels[0]
        .iter()
        .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    assert!(peak > 0.1 && peak.is_finite(), "{peak}");
    let memory = std::fs::read_to_string(home.path().join("netbend/standalone.json")).unwrap();
    assert!(memory.contains("drums.wav"), "{memory}");
}
