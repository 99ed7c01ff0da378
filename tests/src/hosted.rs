//! What a claim about both formats asks of either host.

use crate::audio::Audio;
use crate::built;
use crate::host::{self, Automation, Blocks, HostError};
use crate::vst3::{self, Beside, Play};

/// How many samples a block of [`Hosted::bounce`] has.
const BLOCK: usize = 512;

/// An instance of the built plugin in one format.
pub trait Hosted: Sized {
    /// What the format is called.
    const FORMAT: &'static str;

    /// A fresh instance.
    ///
    /// # Errors
    /// If it cannot be created.
    fn open() -> Result<Self, HostError>;

    /// What the plugin wants kept in a project.
    ///
    /// # Errors
    /// If it refuses.
    fn save(&mut self) -> Result<Vec<u8>, HostError>;

    /// Gives back to the plugin what a project kept.
    ///
    /// # Errors
    /// If it refuses.
    fn load(&mut self, saved: &[u8]) -> Result<(), HostError>;

    /// Sets a parameter by what a user would type.
    ///
    /// # Errors
    /// If there is none, or it does not understand the text.
    fn set_text(&mut self, id: &str, text: &str) -> Result<(), HostError>;

    /// The present value of a parameter, and the ends of its range.
    ///
    /// # Errors
    /// If there is none.
    fn value(&mut self, id: &str) -> Result<(f64, [f64; 2]), HostError>;

    /// The numbers of all parameters, their values and the ends of their ranges.
    ///
    /// # Errors
    /// If there are none.
    fn values(&mut self) -> Result<Vec<(u32, f64, [f64; 2])>, HostError>;

    /// Plays a sound, as long as the plugin likes to take for it.
    ///
    /// # Errors
    /// If the plugin fails.
    fn bounce(&mut self, input: &Audio) -> Result<Audio, HostError> {
        self.bounce_moving(input, &Automation::default())
    }

    /// The same while parameters move; their values are the format's own, as [`Hosted::value`] gives them.
    ///
    /// # Errors
    /// If the plugin fails.
    fn bounce_moving(&mut self, input: &Audio, automation: &Automation)
    -> Result<Audio, HostError>;

    /// Plays a sound with another one, as long and of as many channels, on the second input.
    ///
    /// # Errors
    /// If the plugin fails.
    fn bounce_beside(&mut self, input: &Audio, sidechain: &Audio) -> Result<Audio, HostError>;
}

impl Hosted for host::Plugin {
    const FORMAT: &'static str = "CLAP";

    fn open() -> Result<Self, HostError> {
        let mut plugin = host::Bundle::open(&built::clap())?.create(built::CLAP_ID)?;
        plugin.set_offline(true)?;
        Ok(plugin)
    }

    fn save(&mut self) -> Result<Vec<u8>, HostError> {
        self.save()
    }

    fn load(&mut self, saved: &[u8]) -> Result<(), HostError> {
        self.load(saved)
    }

    fn set_text(&mut self, id: &str, text: &str) -> Result<(), HostError> {
        self.set_text(id, text)
    }

    fn value(&mut self, id: &str) -> Result<(f64, [f64; 2]), HostError> {
        let param = self.param(id)?;
        Ok((self.value(id)?, [param.min, param.max]))
    }

    fn values(&mut self) -> Result<Vec<(u32, f64, [f64; 2])>, HostError> {
        let params = self.params()?;
        let value = |param: host::Param| {
            let value = self.value_of(param.id)?;
            Ok((param.id, value, [param.min, param.max]))
        };
        params.into_iter().map(value).collect()
    }

    fn bounce_moving(
        &mut self,
        input: &Audio,
        automation: &Automation,
    ) -> Result<Audio, HostError> {
        self.render(input, Blocks::Fixed(BLOCK), automation)
    }

    fn bounce_beside(&mut self, input: &Audio, sidechain: &Audio) -> Result<Audio, HostError> {
        let automation = Automation::default();
        self.render_beside(input, sidechain, Blocks::Fixed(BLOCK), &automation)
    }
}

impl Hosted for vst3::Plugin {
    const FORMAT: &'static str = "VST3";

    fn open() -> Result<Self, HostError> {
        vst3::Bundle::open(&built::vst3())?.create()
    }

    fn save(&mut self) -> Result<Vec<u8>, HostError> {
        self.save()
    }

    fn load(&mut self, saved: &[u8]) -> Result<(), HostError> {
        self.load(saved)
    }

    fn set_text(&mut self, id: &str, text: &str) -> Result<(), HostError> {
        self.set_text(id, text)
    }

    fn value(&mut self, id: &str) -> Result<(f64, [f64; 2]), HostError> {
        Ok((Self::value(self, id)?, [0.0, 1.0]))
    }

    fn values(&mut self) -> Result<Vec<(u32, f64, [f64; 2])>, HostError> {
        let params = self.params().into_iter();
        Ok(params
            .map(|param| (param.id, self.value_of(param.id), [0.0, 1.0]))
            .collect())
    }

    fn bounce_moving(
        &mut self,
        input: &Audio,
        automation: &Automation,
    ) -> Result<Audio, HostError> {
        let how = Play {
            blocks: Blocks::Fixed(BLOCK),
            automation: automation.clone(),
            ..Play::default()
        };
        self.play(input, &how)
    }

    fn bounce_beside(&mut self, input: &Audio, sidechain: &Audio) -> Result<Audio, HostError> {
        let how = Play {
            blocks: Blocks::Fixed(BLOCK),
            beside: Beside::Sound(sidechain),
            ..Play::default()
        };
        self.play(input, &how)
    }
}
