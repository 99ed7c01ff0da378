//! Plays presets at once, as many as there are cores, until all are played or Ctrl-C is pressed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use anyhow::{Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use netbend_dsp::metrics::BandLevels;
use netbend_tests::audio::Audio;

use super::Options;
use super::bank::{Bank, Preset};
use super::figures::{Figures, Measured};
use super::player::Player;
use super::sounds::Sounds;
use super::store::Store;
use super::{limits, tune};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// What each preset of the bank does, `None` for those that cannot be played, of which is said why.
///
/// # Errors
/// Where it was interrupted, or what was played cannot be measured.
pub fn measure(
    bank: &Bank,
    sounds: &Sounds,
    player: &Player,
    store: &Store,
    options: &Options,
) -> Result<Vec<Option<Measured>>> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))?;
    let work = Work {
        sounds,
        player,
        store,
        tunes: options.tune,
        idle_seconds: OnceLock::new(),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.unwrap_or(cores).clamp(1, bank.presets.len());
    let bar = ProgressBar::new(bank.presets.len() as u64).with_style(ProgressStyle::with_template(
        "    {bar:40} {pos}/{len}  {elapsed} elapsed, {eta} left  {msg}",
    )?);
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for job in 0..jobs {
            let (work, bar, next, found) = (&work, &bar, &next, &found);
            scope.spawn(move || {
                while !INTERRUPTED.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(preset) = bank.presets.get(index) else {
                        break;
                    };
                    bar.set_message(preset.head.name.clone());
                    let measured = work.measure(preset, job);
                    if let Ok(mut found) = found.lock() {
                        found.push((index, measured));
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    if INTERRUPTED.load(Ordering::Relaxed) {
        bail!("interrupted; what was measured is kept");
    }
    let mut found = found.into_inner().map_err(|_| anyhow!("a job panicked"))?;
    found.sort_by_key(|(index, _)| *index);
    let said = |(index, measured): (usize, Result<Measured>)| match measured {
        Ok(measured) => Some(measured),
        Err(error) => {
            println!("    {}: {error:#}", bank.presets[index].path.display());
            None
        }
    };
    Ok(found.into_iter().map(said).collect())
}

/// The time for a render of next to nothing, where the system says it.
fn idle_seconds(sounds: &Sounds, player: &Player) -> Option<f64> {
    let input = player.file("nothing.wav");
    let first = &sounds.all.first()?.dry;
    let nothing = Audio::silence(first.sample_rate, first.channels.len(), 1);
    nothing.write_wav(&input).ok()?;
    let times = (0..3).map(|_| player.play(&input, None, "idle.wav").ok()?.1);
    times.flatten().min_by(f64::total_cmp)
}

struct Work<'a> {
    sounds: &'a Sounds,
    player: &'a Player,
    store: &'a Store,
    tunes: bool,
    /// Seconds that processors work to begin and end a render; measured when something is to be played.
    idle_seconds: OnceLock<Option<f64>>,
}

impl Work<'_> {
    fn measure(&self, preset: &Preset, job: usize) -> Result<Measured> {
        if let Some(known) = self.store.find(preset)
            && !(self.tunes && self.is_beyond(preset, &known.figures))
        {
            return Ok(known);
        }
        let idle = self
            .idle_seconds
            .get_or_init(|| idle_seconds(self.sounds, self.player));
        let (bent, load) = self.play(preset, job, *idle)?;
        let mut measured = Measured {
            figures: Vec::new(),
            levels: Vec::new(),
            load,
            advice: None,
        };
        for (sound, bent) in self.sounds.all.iter().zip(&bent) {
            let levels = BandLevels::of(&bent.channels, bent.sample_rate as f32)?;
            measured.figures.push(Figures::of(sound, bent, &levels)?);
            measured.levels.push(levels);
        }
        self.store.keep(preset, &measured)?;
        if self.tunes && self.is_beyond(preset, &measured.figures) {
            measured.advice = Some(tune::advise(preset, self.sounds, &bent)?);
        }
        Ok(measured)
    }

    fn is_beyond(&self, preset: &Preset, figures: &[Figures]) -> bool {
        let mut all = self.sounds.all.iter().zip(figures);
        all.any(|(sound, figures)| !limits::keeps(preset, sound, figures))
    }

    /// What becomes of each loop, and the share of a core that it took, without the `idle` seconds of every render.
    fn play(
        &self,
        preset: &Preset,
        job: usize,
        idle: Option<f64>,
    ) -> Result<(Vec<Audio>, Option<f64>)> {
        let mut bent = Vec::new();
        let (mut worked, mut played) = (Some(0.0), 0.0);
        let lead = preset.lead();
        for group in self.sounds.groups(lead) {
            let input = self.player.file(&format!("in-{job}.wav"));
            let joined = self.sounds.joined(&group, lead);
            joined.write_wav(&input)?;
            let name = format!("out-{job}.wav");
            let (sound, seconds) = self.player.play(&input, Some(&preset.path), &name)?;
            if sound.samples() != joined.samples() {
                bail!(
                    "{} samples found; expected {}",
                    sound.samples(),
                    joined.samples()
                );
            }
            bent.extend(self.sounds.parted(&group, &sound));
            played += joined.seconds();
            worked = worked
                .zip(seconds)
                .zip(idle)
                .map(|((sum, seconds), idle)| sum + (seconds - idle).max(0.0));
        }
        bent.sort_by_key(|(index, _)| *index);
        let bent = bent.into_iter().map(|(_, audio)| audio).collect();
        Ok((bent, worked.map(|worked| worked / played)))
    }
}
