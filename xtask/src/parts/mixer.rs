//! What the faders of the built plugins do to a part and to the rest of a mix.
//!
//! The plugin changes every bin of what it is given by a gain that the network says; with the sidechain on, the network hears another sound. So the
//! mix is put on the sidechain and one stem after the other on the input: what comes out is that stem as it is in the bent mix, and nothing need
//! be guessed from masks. That holds as far as the stems' outputs add up to the mix's, which is looked at. Phases are the input's, as *Auto* has
//! them wherever a bend scales what is there: iterated ones are no gain.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use netbend_tests::audio::Audio;
use netbend_tests::built::CLAP_ID;
use netbend_tests::hosted::Hosted;
use netbend_tests::measure::null_db;
use netbend_tests::{host, vst3};
use tempfile::TempDir;

use crate::bundle::Bundles;

/// Where the fader stands, as one types it.
pub const FADER: &str = "-12 dB";
const FADER_DB: f64 = -12.0;
/// A part plays in a pattern where it has more than this share of the mix's energy.
const AUDIBLE_SHARE: f64 = 1e-3;
/// How far the outputs of stems may be from that of their mix, in dB.
const SUM_NULL_DB: f64 = -80.0;
/// What passes dry is as loud as it was, to this.
const UNTOUCHED_DB: f64 = 1e-4;
/// What must hold of [`STRICT_PART`]: how near it comes to the fader, and how much the rest loses, in dB.
const STRICT_PART: &str = "hats";
const NEAR_DB: f64 = 3.0;
const REST_DB: f64 = 1.0;

const SETTINGS: [(&str, &str); 1] = [("phase", "Input")];

/// What a format's fader does to one part.
pub struct Faded {
    /// CLAP or VST3.
    pub format: &'static str,
    /// The part.
    pub part: String,
    /// Of each pattern in which it plays.
    pub patterns: Vec<Levels>,
}

/// How loud a part and the rest are with the fader down, against what they were, in dB of energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The part.
    pub part_db: f64,
    /// All others together.
    pub rest_db: f64,
}

impl Levels {
    /// Whether the fader has done nothing at all, to within what dry sound is exact.
    fn are_untouched(self) -> bool {
        self.part_db.abs().max(self.rest_db.abs()) < UNTOUCHED_DB
    }
}

impl Faded {
    /// The median of either.
    pub fn median(&self) -> Levels {
        let middle = |of: fn(&Levels) -> f64| self.sorted(of)[self.patterns.len() / 2];
        Levels {
            part_db: middle(|levels| levels.part_db),
            rest_db: middle(|levels| levels.rest_db),
        }
    }

    /// The patterns' figures from the lowest to the highest.
    pub fn sorted(&self, of: fn(&Levels) -> f64) -> Vec<f64> {
        let mut sorted: Vec<f64> = self.patterns.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

/// Moves each fader of both formats while every pattern in which its part plays comes by; `stems` have a channel for each part.
/// Both play `model`.
pub fn measure(
    bundles: &Bundles,
    model: &Path,
    names: &[&str],
    stems: &[Audio],
) -> Result<Vec<Faded>> {
    let resources = playing(bundles, model)?;
    // SAFETY: no other thread reads or writes the environment: nothing is running beside this but the plugins that come.
    unsafe { std::env::set_var("NETBEND_RESOURCES", resources.path()) };
    let mut clap = host::Bundle::open(&bundles.clap)?.create(CLAP_ID)?;
    clap.set_offline(true)?;
    let mut faded = faders(&mut clap, names, stems)?;
    drop(clap);
    let mut vst3 = vst3::Bundle::open(&bundles.vst3)?.create()?;
    faded.extend(faders(&mut vst3, names, stems)?);
    Ok(faded)
}

/// Netbend's resources, whose model is `model`.
fn playing(bundles: &Bundles, model: &Path) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for path in fs::read_dir(bundles.resources_in_use())? {
        let path = path?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            fs::copy(&path, folder.path().join(name))?;
        }
    }
    let models = folder.path().join("models");
    fs::create_dir(&models)?;
    fs::copy(model, models.join("drums.onnx"))?;
    Ok(folder)
}

/// What of the faders does not hold.
pub fn faults(faded: &[Faded]) -> Vec<String> {
    let strict = faded.iter().filter(|faded| faded.part == STRICT_PART);
    let mut faults = Vec::new();
    for faded in strict {
        let Levels { part_db, rest_db } = faded.median();
        if (part_db - FADER_DB).abs() > NEAR_DB {
            faults.push(format!(
                "{}: {STRICT_PART} by {part_db:.1} dB; expected {FADER_DB} ± {NEAR_DB}",
                faded.format
            ));
        }
        if rest_db.abs() > REST_DB {
            faults.push(format!(
                "{}: the rest by {rest_db:.1} dB; expected {REST_DB} at most",
                faded.format
            ));
        }
    }
    faults
}

fn faders<P: Hosted>(plugin: &mut P, names: &[&str], stems: &[Audio]) -> Result<Vec<Faded>> {
    for (id, text) in SETTINGS {
        plugin.set_text(id, text)?;
    }
    let mut worst_db = f64::NEG_INFINITY;
    let mut all = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let fader = format!("part_gain_{}", place + 1);
        plugin.set_text(&fader, FADER)?;
        let mut faded = Faded {
            format: P::FORMAT,
            part: (*name).to_owned(),
            patterns: Vec::new(),
        };
        for stems in stems {
            let Some(mix) = Mix::of(stems, place) else {
                continue;
            };
            let (levels, sum_db) = mix.play(plugin)?;
            worst_db = worst_db.max(sum_db);
            faded.patterns.push(levels);
        }
        plugin.set_text(&fader, "0 dB")?;
        if !faded.patterns.is_empty() {
            println!("    {} {name}: {:.1?}", P::FORMAT, faded.median());
            all.push(faded);
        }
    }
    println!(
        "    {}: stems add up to the mix but for {worst_db:.0} dB",
        P::FORMAT
    );
    let mut played = all.iter().flat_map(|faded| &faded.patterns);
    if played.all(|levels| levels.are_untouched()) {
        bail!(
            "no fader of the {} changes anything: its model has not loaded, or is another one",
            P::FORMAT
        );
    }
    if worst_db > SUM_NULL_DB {
        bail!("what stems become does not add up to what the mix becomes: {worst_db:.1} dB");
    }
    Ok(all)
}

/// A pattern, seen from one of its parts; one channel each.
struct Mix {
    part: Audio,
    rest: Audio,
    whole: Audio,
}

impl Mix {
    /// Nothing where the part does not play, or nothing else does.
    fn of(stems: &Audio, place: usize) -> Option<Self> {
        let sum = |wanted: &dyn Fn(usize) -> bool| {
            let mut sum = vec![0.0; stems.samples()];
            for (number, stem) in stems.channels.iter().enumerate() {
                if wanted(number) {
                    sum.iter_mut().zip(stem).for_each(|(sum, x)| *sum += x);
                }
            }
            Audio {
                sample_rate: stems.sample_rate,
                channels: vec![sum],
            }
        };
        let mix = Self {
            part: sum(&|number| number == place),
            rest: sum(&|number| number != place),
            whole: sum(&|_| true),
        };
        let least = AUDIBLE_SHARE * energy(&mix.whole);
        (energy(&mix.part) > least && energy(&mix.rest) > least).then_some(mix)
    }

    /// What becomes of part and rest; and how far both together are from what becomes of the mix, in dB.
    fn play<P: Hosted>(&self, plugin: &mut P) -> Result<(Levels, f64)> {
        plugin.set_text("sidechain", "Off")?;
        let whole = plugin.bounce(&self.whole)?;
        plugin.set_text("sidechain", "On")?;
        let part = plugin.bounce_beside(&self.part, &self.whole)?;
        let rest = plugin.bounce_beside(&self.rest, &self.whole)?;
        let mut sum = part.clone();
        for (sum, rest) in sum.channels.iter_mut().zip(&rest.channels) {
            sum.iter_mut().zip(rest).for_each(|(sum, x)| *sum += x);
        }
        let levels = Levels {
            part_db: 10.0 * (energy(&part) / energy(&self.part)).log10(),
            rest_db: 10.0 * (energy(&rest) / energy(&self.rest)).log10(),
        };
        Ok((levels, null_db(&whole, &sum)))
    }
}

fn energy(audio: &Audio) -> f64 {
    let samples = audio.channels.iter().flatten();
    samples.map(|&x| f64::from(x).powi(2)).sum()
}

#[cfg(test)]
pub fn example(format: &'static str, part: &str, levels: &[(f64, f64)]) -> Faded {
    let patterns = levels
        .iter()
        .map(|&(part_db, rest_db)| Levels { part_db, rest_db });
    Faded {
        format,
        part: part.to_owned(),
        patterns: patterns.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hats_must_follow_their_fader_and_leave_the_rest() {
        let faded = |part, levels| example("CLAP", part, &[levels]);
        assert!(faults(&[faded("hats", (-9.1, -0.9)), faded("kick", (-1.0, -5.0))]).is_empty());
        assert_eq!(faults(&[faded("hats", (-8.9, -1.1))]).len(), 2);
    }

    #[test]
    fn what_passes_dry_is_no_measurement() {
        let levels = |part_db, rest_db| Levels { part_db, rest_db };
        assert!(levels(1e-6, -1e-6).are_untouched());
        assert!(!levels(0.0, -0.01).are_untouched());
    }

    #[test]
    fn a_part_that_does_not_play_is_left_out() {
        let stems = Audio {
            sample_rate: 44_100,
            channels: vec![vec![0.5; 10], vec![0.0; 10], vec![0.1; 10]],
        };
        assert!(Mix::of(&stems, 1).is_none());
        let mix = Mix::of(&stems, 2).unwrap();
        assert_eq!(
            (mix.part.channels[0][3], mix.rest.channels[0][3]),
            (0.1, 0.5)
        );
        assert_eq!(mix.whole.channels[0][3], 0.6);
    }
}
