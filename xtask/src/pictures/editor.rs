//! The pictures of the editor in the README: the built CLAP's, on a screen of its own, while a loop plays in real time.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::built::CLAP_ID;
use netbend_tests::display::{Screen, Window};
use netbend_tests::host::{Bundle, Half};
use netbend_tests::sounding::Sounding;
use netbend_tests::state::State;

use super::film::Film;
use super::{PARTS_MODEL, SAMPLE_RATE, SEED};
use crate::bundle::Bundles;

/// The pictures of the editor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The spectrograms and the first slot.
    Editor,
    /// The network's page.
    Network,
    /// The network's page, moving.
    Moving,
}

impl Page {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Editor, Self::Network, Self::Moving];

    /// What it is called among the other pictures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Editor => "editor",
            Self::Network => "network",
            Self::Moving => "moving",
        }
    }

    /// Its file below `docs`.
    pub fn file(self) -> String {
        let ending = if self == Self::Moving { "gif" } else { "png" };
        format!("{}.{ending}", self.name())
    }
}

/// The film's width in pixels, hundredths of a second a frame, and frames: two bars of the loop, or nearly.
const FILM: (u32, u16, u64) = (640, 12, 28);
/// The tab of the network's page, in points.
const NETWORK_TAB: (i16, i16) = (924, 68);

const BLOCK: usize = 256;
const LOOP_SECONDS: f32 = 8.0;
/// How long it plays before the picture is taken: the spectrograms show two seconds.
const PLAYED: Duration = Duration::from_secs(6);

/// What is set: three slots, the first one shown in full.
const SETTINGS: [(&str, &str); 18] = [
    ("latency", "Tight"),
    ("voice", "35 %"),
    ("transient_lock", "60 %"),
    ("band_low", "120 Hz"),
    ("slot_on_1", "On"),
    ("slot_layer_1", "1"),
    ("slot_transform_1", "Multiply"),
    ("slot_selection_1", "Cluster"),
    ("slot_cluster_1", "3"),
    ("slot_on_2", "On"),
    ("slot_layer_2", "2"),
    ("slot_transform_2", "Ablate"),
    ("slot_selection_2", "Cluster"),
    ("slot_cluster_2", "1"),
    ("slot_on_3", "On"),
    ("slot_layer_3", "3"),
    ("slot_transform_3", "Threshold"),
    ("slot_amount_3", "60 %"),
];

/// Takes the picture in a process of its own, which has that screen; `bundled` is the folder with the plugin.
pub fn draw(bundled: &Path, page: Page, picture: &Path) -> Result<()> {
    let screen = Screen::start().map_err(|reason| anyhow!("no picture of the editor: {reason}"))?;
    let status = Command::new(std::env::current_exe()?)
        .args(["pictures", "--shown"])
        .arg(picture)
        .args(["--page", page.name(), "--bundled"])
        .arg(bundled)
        .env("DISPLAY", screen.name())
        .status()?;
    if !status.success() {
        bail!("no picture of the editor ({status}): see above");
    }
    Ok(())
}

/// Opens the editor on the screen there is, and writes what it shows.
pub fn show(bundles: &Bundles, page: &str, picture: &Path) -> Result<()> {
    let window = Window::open().map_err(|error| anyhow!("{error}"))?;
    let mut plugin = Bundle::open(&bundles.clap)?.create(CLAP_ID)?;
    for (param, text) in SETTINGS {
        plugin
            .set_text(param, text)
            .with_context(|| format!("{param}={text}"))?;
    }
    let page = Page::ALL
        .into_iter()
        .find(|known| known.name() == page)
        .context("no such page")?;
    let is_network = page != Page::Editor;
    if is_network {
        let mut state = State::parse(&plugin.save()?)?;
        state.json["fields"]["model"] = format!("\"{PARTS_MODEL}\"").into();
        state.json["fields"]["model-sha256"] = "\"\"".into();
        plugin.load(&state.bytes())?;
        for (param, text) in [
            ("slot_selection_1", "Part"),
            ("slot_part_1", "3"),
            ("slot_cluster_2", "0"),
        ] {
            plugin.set_text(param, text)?;
        }
    }
    plugin.activate(f64::from(SAMPLE_RATE), BLOCK as u32)?;
    let playing = Playing::begin(plugin.lend().context("the plugin is not active")?)?;
    plugin.open_editor(window.id())?;
    let begun = Instant::now();
    let mut is_turned = !is_network;
    while begun.elapsed() < PLAYED {
        if !is_turned && begun.elapsed() > PLAYED / 3 {
            is_turned = true;
            let (x, y) = NETWORK_TAB;
            window.click(x, y).map_err(|error| anyhow!("{error}"))?;
        }
        plugin.pump()?;
        std::thread::sleep(Duration::from_millis(5));
    }
    let (width, hundredths, frames) = FILM;
    let mut film = Film::new(width);
    let last = if page == Page::Moving { frames } else { 1 };
    let begun = Instant::now();
    let mut still = None;
    for frame in 0..last {
        while begun.elapsed() < Duration::from_millis(10 * frame * u64::from(hundredths)) {
            plugin.pump()?;
            std::thread::sleep(Duration::from_millis(5));
        }
        let (width, height, pixels) = window.picture().map_err(|error| anyhow!("{error}"))?;
        if page == Page::Moving {
            film.add((width, height), pixels)?;
        } else {
            still = Some((width, height, pixels));
        }
    }
    plugin.close_editor()?;
    plugin.take_back(playing.end()?);
    let Some((width, height, pixels)) = still else {
        return Ok(std::fs::write(picture, film.to_gif(hundredths)?)?);
    };
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Best);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(std::fs::write(picture, bytes)?)
}

/// A thread that plays the loop at its own pace.
struct Playing {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Half>>,
}

impl Playing {
    fn begin(mut half: Half) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let sound = drum_loop_stereo(SAMPLE_RATE as f32, LOOP_SECONDS, SEED);
        let thread = std::thread::Builder::new()
            .name("audio".into())
            .spawn(move || {
                let begun = Instant::now();
                let length = sound[0].len() / BLOCK;
                for block in 0_u64.. {
                    if stopped.load(Ordering::Relaxed) {
                        break;
                    }
                    let from = block as usize % length * BLOCK;
                    let [left, right] = &sound;
                    let mut output = [[0.0; BLOCK]; 2];
                    let [out_left, out_right] = &mut output;
                    let (mut in_left, mut in_right) = (
                        left[from..from + BLOCK].to_vec(),
                        right[from..from + BLOCK].to_vec(),
                    );
                    half.play([&mut in_left, &mut in_right], [out_left, out_right], &[])?;
                    let due = (block + 1) as f64 * BLOCK as f64 / f64::from(SAMPLE_RATE);
                    let rest = Duration::from_secs_f64(due).saturating_sub(begun.elapsed());
                    std::thread::sleep(rest);
                }
                Ok(half)
            })?;
        Ok(Self { stop, thread })
    }

    fn end(self) -> Result<Half> {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.join();
        ended.map_err(|_| anyhow!("the audio thread panicked"))?
    }
}
