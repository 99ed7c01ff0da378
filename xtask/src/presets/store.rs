//! What was measured before is not measured again: figures on disk, by all that they depend on.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use ndarray::Array2;
use netbend_dsp::metrics::{BandLevels, CRITICAL_BANDS};
use serde::{Deserialize, Serialize};

use super::bank::Preset;
use super::figures::{Figures, Measured};
use super::player::Player;
use super::sounds::Sounds;
use crate::files;

/// Figures of one command line, one model and one set of loops.
pub struct Store {
    folder: PathBuf,
    /// Of all but the preset.
    key: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    load: Option<f64>,
    sounds: Vec<KeptSound>,
}

#[derive(Serialize, Deserialize)]
struct KeptSound {
    distance_db: f64,
    louder_lu: f64,
    peak_db: f64,
    frame_seconds: f64,
    /// Frame after frame.
    levels_db: Vec<f32>,
}

impl Store {
    /// A store in `folder`, which is made where it is not there.
    ///
    /// # Errors
    /// Where the command line or the model cannot be read.
    pub fn new(folder: PathBuf, player: &Player, sounds: &Sounds) -> Result<Self> {
        files::create_folder(&folder)?;
        let mut key = String::new();
        for path in [&player.command_line, &player.model()] {
            key += &files::sha256(path)?;
        }
        for sound in &sounds.all {
            let samples = sound.dry.channels.iter().flatten();
            let bytes: Vec<u8> = samples.flat_map(|sample| sample.to_le_bytes()).collect();
            key += &files::sha256_of(&bytes);
        }
        Ok(Self { folder, key })
    }

    /// What is known of a preset.
    pub fn find(&self, preset: &Preset) -> Option<Measured> {
        let text = fs::read(self.path(preset)).ok()?;
        let kept: Kept = serde_json::from_slice(&text).ok()?;
        let mut measured = Measured {
            figures: Vec::new(),
            levels: Vec::new(),
            load: kept.load,
            advice: None,
        };
        for sound in kept.sounds {
            measured.figures.push(Figures {
                distance_db: sound.distance_db,
                louder_lu: sound.louder_lu,
                peak_db: sound.peak_db,
            });
            let shape = (sound.levels_db.len() / CRITICAL_BANDS, CRITICAL_BANDS);
            measured.levels.push(BandLevels {
                levels_db: Array2::from_shape_vec(shape, sound.levels_db).ok()?,
                frame_seconds: sound.frame_seconds,
            });
        }
        Some(measured)
    }

    /// Keeps what was measured of a preset.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(&self, preset: &Preset, measured: &Measured) -> Result<()> {
        let sounds = measured.figures.iter().zip(&measured.levels);
        let sounds = sounds.map(|(figures, levels)| KeptSound {
            distance_db: figures.distance_db,
            louder_lu: figures.louder_lu,
            peak_db: figures.peak_db,
            frame_seconds: levels.frame_seconds,
            levels_db: levels.levels_db.iter().copied().collect(),
        });
        let kept = Kept {
            load: measured.load,
            sounds: sounds.collect(),
        };
        Ok(fs::write(self.path(preset), serde_json::to_vec(&kept)?)?)
    }

    fn path(&self, preset: &Preset) -> PathBuf {
        // What a preset says of itself is not heard.
        let is_heard = |line: &&str| {
            let said = ["name:", "author:", "tags:", "description:", "notes:", "#"];
            !said.iter().any(|key| line.starts_with(key))
        };
        let heard: Vec<&str> = preset.text.lines().filter(is_heard).collect();
        let key = files::sha256_of(format!("{}{}", self.key, heard.join("\n")).as_bytes());
        self.folder.join(format!("{key}.json"))
    }
}
