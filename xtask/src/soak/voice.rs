//! An instance of the plugin in one format or the other, and how its parameters are named there.

use std::path::Path;

use anyhow::{Context, Result};
use netbend_tests::built::CLAP_ID;
use netbend_tests::host::{self, param_id};
use netbend_tests::sounding::Sounding;
use netbend_tests::vst3;

use super::{BLOCK, Options, RATE, plugins};

/// Parameters that storms and automation leave alone: with them an instance is dry on purpose, has another latency, or another level than
/// its input.
const CALM: [&str; 8] = [
    "mix",
    "gain",
    "bypass",
    "latency",
    "transient_lock",
    "stereo",
    "sidechain",
    "auto_gain",
];

/// One that the host holds.
pub enum Plugin {
    Clap(Box<host::Plugin>),
    Vst3(Box<vst3::Plugin>),
}

/// An instance, and what it began with.
pub struct Instance {
    pub plugin: Plugin,
    pub state: Vec<u8>,
    number: usize,
}

/// A parameter, and the values a host may give it.
#[derive(Clone, Copy)]
pub struct Param {
    pub id: u32,
    pub max: f64,
    pub stepped: bool,
}

impl Param {
    /// The value at `share` of its range.
    pub fn at(self, share: f64) -> f64 {
        let value = share * self.max;
        if self.stepped { value.round() } else { value }
    }
}

/// What an instance lends to the audio thread.
pub struct Lent {
    pub half: Box<dyn Sounding>,
    pub latency: usize,
    /// What may be set at any time.
    pub params: Vec<Param>,
    /// What is automated all the time.
    pub amount: Param,
    pub number: usize,
}

impl Instance {
    /// Opens instance `number` and gives it bends of its own, all of which are heard at every moment of a drum loop.
    pub fn open(bundled: &Path, number: usize, options: &Options) -> Result<Self> {
        const TRANSFORMS: [&str; 4] = ["Multiply", "Dilate", "Invert", "Ablate"];
        let layer = |slot: usize| (1 + (number + slot) % 4).to_string();
        let settings = [
            ("latency", options.latency.clone()),
            ("slot_on_1", "On".to_owned()),
            ("slot_layer_1", layer(0)),
            ("slot_transform_1", TRANSFORMS[number % 4].to_owned()),
            ("slot_on_2", "On".to_owned()),
            ("slot_layer_2", layer(2)),
            ("slot_transform_2", TRANSFORMS[(number / 4) % 4].to_owned()),
            ("seed", (number + 1).to_string()),
        ];
        let (clap, vst3) = plugins(bundled);
        let rate = f64::from(RATE);
        let (plugin, state) = if number.is_multiple_of(2) {
            let mut plugin = host::Bundle::open(&clap)?.create(CLAP_ID)?;
            for (param, text) in &settings {
                plugin.set_text(param, text)?;
            }
            plugin.activate(rate, BLOCK as u32)?;
            let state = plugin.save()?;
            (Plugin::Clap(Box::new(plugin)), state)
        } else {
            let mut plugin = vst3::Bundle::open(&vst3)?.create()?;
            for (param, text) in &settings {
                plugin.set_text(param, text)?;
            }
            plugin.set_up(vst3::Mode::Realtime, rate, BLOCK)?;
            plugin.activate_bus(vst3::Direction::Input, 0, true);
            plugin.activate_bus(vst3::Direction::Output, 0, true);
            plugin.activate()?;
            let state = plugin.save()?;
            (Plugin::Vst3(Box::new(plugin)), state)
        };
        Ok(Self {
            plugin,
            state,
            number,
        })
    }

    /// What the audio thread plays.
    pub fn lend(&mut self) -> Result<Lent> {
        let inactive = "the plugin is not active";
        let (half, latency, params): (Box<dyn Sounding>, _, Vec<_>) = match &mut self.plugin {
            Plugin::Clap(plugin) => {
                let params = plugin.params()?.into_iter().map(|param| Param {
                    id: param.id,
                    max: param.max,
                    stepped: param.stepped,
                });
                let (params, latency) = (params.collect(), plugin.latency()?);
                (Box::new(plugin.lend().context(inactive)?), latency, params)
            }
            Plugin::Vst3(plugin) => {
                let params = plugin
                    .params()
                    .into_iter()
                    .filter(|param| param.automatable);
                let params = params.map(|param| Param {
                    id: param.id,
                    max: 1.0,
                    stepped: false,
                });
                let (params, latency) = (params.collect(), plugin.latency());
                (Box::new(plugin.lend().context(inactive)?), latency, params)
            }
        };
        let known = |id: &str| {
            params
                .iter()
                .copied()
                .find(|param| param.id == param_id(id))
        };
        let amount = known("slot_amount_1").context("no parameter slot_amount_1")?;
        let calm = CALM.map(param_id);
        Ok(Lent {
            half,
            latency,
            amount,
            params: params
                .into_iter()
                .filter(|param| !calm.contains(&param.id))
                .collect(),
            number: self.number,
        })
    }

    /// What a project keeps.
    pub fn save(&mut self) -> Result<Vec<u8>> {
        Ok(match &mut self.plugin {
            Plugin::Clap(plugin) => plugin.save()?,
            Plugin::Vst3(plugin) => plugin.save()?,
        })
    }

    /// Gives back what a project kept.
    pub fn load(&mut self, state: &[u8]) -> Result<()> {
        match &mut self.plugin {
            Plugin::Clap(plugin) => plugin.load(state)?,
            Plugin::Vst3(plugin) => plugin.load(state)?,
        }
        Ok(())
    }

    /// Serves what the plugin asks of the main thread.
    pub fn pump(&mut self) -> Result<()> {
        if let Plugin::Clap(plugin) = &mut self.plugin {
            plugin.pump()?;
        }
        Ok(())
    }
}
