//! The loops that presets are judged with: one that Netbend synthesises, and those of a folder.
//!
//! Each is preceded by its own end, as it is where a loop goes round, so that the network's window is full when it begins; for presets that hold
//! what they hear first, by its own beginning, as it is where a host begins to play. Loops of one rate and number of channels are played one after
//! the other, as it takes longer to load a model than to play a loop.

use std::path::Path;

use anyhow::{Context, Result};
use netbend_dsp::metrics::BandLevels;
use netbend_dsp::signal::{DrumLoop, drum_loop_stereo};
use netbend_tests::audio::Audio;

use super::figures::{loudness, peak_db};
use super::player::Player;
use crate::files;

const SAMPLE_RATE: u32 = 44_100;
/// The loop of `cargo xtask pictures`: kicks, snares, closed hats and an open one.
const SEED: u64 = 7;
const BEATS: f64 = 8.0;
/// How much of a loop is played before it: more than the network's window and what auto gain remembers.
const LEAD_SECONDS: f64 = 1.0;

/// A loop, and what it is like.
pub struct Sound {
    /// What it is called.
    pub name: String,
    /// The loop.
    pub dry: Audio,
    /// Its critical bands.
    pub levels: BandLevels,
    /// In LUFS.
    pub loudness: f64,
    /// Its loudest sample, in dBFS.
    pub peak_db: f64,
}

impl Sound {
    fn new(name: String, dry: Audio) -> Result<Self> {
        Ok(Self {
            name,
            levels: BandLevels::of(&dry.channels, dry.sample_rate as f32)?,
            loudness: loudness(&dry)?,
            peak_db: peak_db(&dry),
            dry,
        })
    }

    /// Samples that are played before it.
    pub fn lead(&self) -> usize {
        (LEAD_SECONDS * f64::from(self.dry.sample_rate)) as usize
    }

    /// The loop with its lead: its own end, or its own beginning.
    fn led(&self, lead: Lead) -> Audio {
        let (length, count) = (self.dry.samples(), self.lead());
        let from = match lead {
            Lead::End => length - count % length,
            Lead::Beginning => 0,
        };
        let led = |channel: &Vec<f32>| {
            let before = channel.iter().copied().cycle().skip(from).take(count);
            before.chain(channel.iter().copied()).collect()
        };
        Audio {
            sample_rate: self.dry.sample_rate,
            channels: self.dry.channels.iter().map(led).collect(),
        }
    }
}

/// What is played before a loop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// Its own end.
    End,
    /// Its own beginning, and each loop is played alone.
    Beginning,
}

/// The loops.
pub struct Sounds {
    /// The synthesised one first.
    pub all: Vec<Sound>,
}

impl Sounds {
    /// The synthesised loop and the sound files of a folder, which the command line reads: what nothing bends comes out as it is.
    ///
    /// # Errors
    /// Where a file of the folder cannot be read.
    pub fn gather(folder: Option<&Path>, player: &Player) -> Result<Self> {
        let seconds = BEATS * 60.0 / DrumLoop::new(SEED).bpm;
        let synthesised = Audio {
            sample_rate: SAMPLE_RATE,
            channels: drum_loop_stereo(SAMPLE_RATE as f32, seconds as f32, SEED).into(),
        };
        let mut all = vec![Sound::new(String::from("synthesised"), synthesised)?];
        for entry in folder
            .map(files::read_folder)
            .transpose()?
            .unwrap_or_default()
        {
            let path = entry.path();
            let (dry, _) = player
                .play(&path, None, "dry.wav")
                .with_context(|| path.display().to_string())?;
            let name = path.file_stem().unwrap_or_default();
            all.push(Sound::new(name.to_string_lossy().into_owned(), dry)?);
        }
        for sound in &all {
            println!(
                "    {}: {:.1} s, {:.1} LUFS, peak {:.1} dB",
                sound.name,
                sound.dry.seconds(),
                sound.loudness,
                sound.peak_db
            );
        }
        Ok(Self { all })
    }

    /// Which sounds are played in one go.
    pub fn groups(&self, lead: Lead) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let kind = |index: usize| {
            let dry = &self.all[index].dry;
            (dry.sample_rate, dry.channels.len())
        };
        for index in 0..self.all.len() {
            let joins =
                |group: &&mut Vec<usize>| lead == Lead::End && kind(group[0]) == kind(index);
            match groups.iter_mut().find(joins) {
                Some(group) => group.push(index),
                None => groups.push(vec![index]),
            }
        }
        groups
    }

    /// The sounds of a group with their leads, one after the other.
    pub fn joined(&self, group: &[usize], lead: Lead) -> Audio {
        let mut parts = group.iter().map(|index| self.all[*index].led(lead));
        let nothing = || Audio::silence(SAMPLE_RATE, 2, 0);
        let mut joined = parts.next().unwrap_or_else(nothing);
        for part in parts {
            for (channel, more) in joined.channels.iter_mut().zip(part.channels) {
                channel.extend(more);
            }
        }
        joined
    }

    /// What became of each sound of a group, without the leads.
    pub fn parted(&self, group: &[usize], played: &Audio) -> Vec<(usize, Audio)> {
        let mut start = 0;
        let part = |index: &usize| {
            let sound = &self.all[*index];
            let from = start + sound.lead();
            start = from + sound.dry.samples();
            let channels = played.channels.iter();
            let channels = channels.map(|channel| channel[from..start].to_vec());
            let audio = Audio {
                sample_rate: played.sample_rate,
                channels: channels.collect(),
            };
            (*index, audio)
        };
        group.iter().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(rate: u32, first: f32, samples: usize) -> Sound {
        let channel: Vec<f32> = (0..samples).map(|n| first + n as f32).collect();
        Sound::new(String::new(), Audio::same(rate, 1, &channel)).unwrap()
    }

    #[test]
    fn a_loop_is_led_by_its_end_and_comes_back_without() {
        let sounds = Sounds {
            all: vec![
                sound(8_000, 0.0, 10_000),
                sound(8_000, 0.5, 3_000),
                sound(9_000, 0.0, 4_000),
            ],
        };
        assert_eq!(sounds.groups(Lead::End), [vec![0, 1], vec![2]]);
        assert_eq!(sounds.groups(Lead::Beginning).len(), 3);
        let joined = sounds.joined(&[0, 1], Lead::End);
        assert_eq!(joined.samples(), 10_000 + 3_000 + 2 * 8_000);
        assert_eq!(joined.channels[0][0], 2_000.0);
        assert_eq!(joined.channels[0][7_999..8_001], [9_999.0, 0.0]);
        let begun = sounds.joined(&[0], Lead::Beginning);
        assert_eq!(begun.channels[0][7_999..8_001], [7_999.0, 0.0]);
        // A loop that is shorter than its lead goes round in it.
        assert_eq!(joined.channels[0][18_000], 1_000.5);
        let parted = sounds.parted(&[0, 1], &joined);
        assert!(
            parted
                .iter()
                .all(|(index, part)| *part == sounds.all[*index].dry)
        );
    }
}
