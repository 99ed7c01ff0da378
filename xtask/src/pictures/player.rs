//! Sounds for the pictures, by the built command line.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use netbend_tests::audio::Audio;
use serde_json::Value;
use tempfile::TempDir;

use super::scenes::Scene;
use crate::bundle::Bundles;

/// Plays the loop with one preset after the other, each preset once.
pub struct Player {
    command_line: PathBuf,
    resources: PathBuf,
    folder: TempDir,
    lead_samples: usize,
    played: RefCell<HashMap<String, Rc<Audio>>>,
}

impl Player {
    /// A player of `input`, whose first `lead_seconds` are heard but not kept.
    pub fn new(bundles: &Bundles, input: &Audio, lead_seconds: f64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        input.write_wav(&folder.path().join("in.wav"))?;
        Ok(Self {
            command_line: bundles.command_line.clone(),
            resources: bundles.resources_in_use(),
            folder,
            lead_samples: (lead_seconds * f64::from(input.sample_rate)) as usize,
            played: RefCell::default(),
        })
    }

    /// The sounds of a scene, `[row][column]`.
    pub fn play(&self, scene: &Scene) -> Result<Vec<Vec<Rc<Audio>>>> {
        let row = |presets: &Vec<String>| presets.iter().map(|preset| self.sound(preset)).collect();
        scene.presets.iter().map(row).collect()
    }

    /// What the parts of the model are called.
    pub fn part_names(&self, model: &str) -> Result<Vec<String>> {
        let said = self.run(&["inspect", model, "--json"])?;
        let manifest: Value = serde_json::from_slice(&said)?;
        let parts = manifest["parts"].as_array().into_iter().flatten();
        let name = |part: &Value| part["name"].as_str().map(String::from);
        Ok(parts.filter_map(name).collect())
    }

    fn sound(&self, preset: &str) -> Result<Rc<Audio>> {
        if let Some(sound) = self.played.borrow().get(preset) {
            return Ok(Rc::clone(sound));
        }
        let path = |name: &str| self.folder.path().join(name);
        fs::write(path("preset.yaml"), preset)?;
        self.run(&["render", "in.wav", "out.wav", "--preset", "preset.yaml"])
            .with_context(|| format!("with the preset\n{preset}"))?;
        let sound = Audio::read_wav(&path("out.wav"))?.skip(self.lead_samples);
        let sound = Rc::new(sound);
        self.played
            .borrow_mut()
            .insert(preset.to_owned(), Rc::clone(&sound));
        Ok(sound)
    }

    /// Runs the command line, and returns what it printed.
    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let output = Command::new(&self.command_line)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NETBEND_RESOURCES", &self.resources)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("could not start {}", self.command_line.display()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("netbend {} failed: {said}", arguments.join(" "));
        }
        Ok(output.stdout)
    }
}
