//! Playing a sound through a plugin, with automation, in blocks of any size.

use std::time::Instant;

use super::{Arrangement, Block, Changes, Direction, Mode, Plugin};
use crate::audio::Audio;
use crate::bus::Bus;
use crate::host::{Automation, Blocks, HostError};
use crate::notes::of_block;

/// What a host puts on the second input.
#[derive(Clone, Copy, Debug, Default)]
pub enum Beside<'a> {
    /// The block has one input only.
    Missing,
    /// The bus is off and has no channels.
    #[default]
    Empty,
    /// The bus is off and has channels without samples: null addresses.
    NullAddresses,
    /// The bus is off and has channels, but no array of addresses.
    NullArray,
    /// The bus is off, and its channels have samples all the same.
    Off(&'a Audio),
    /// Sound, as long as the input.
    Sound(&'a Audio),
}

/// How a sound is played.
#[derive(Clone, Debug)]
pub struct Play<'a> {
    /// How it is cut up.
    pub blocks: Blocks,
    /// What moves meanwhile, normalised.
    pub automation: Automation,
    /// The second input.
    pub beside: Beside<'a>,
    /// What the plugin is set up for.
    pub mode: Mode,
    /// What each block says instead.
    pub block_mode: Option<Mode>,
    /// The longest block that is announced, if it is not the longest that comes.
    pub announced: Option<usize>,
    /// Whether the output takes the place of the input.
    pub in_place: bool,
}

impl Default for Play<'_> {
    fn default() -> Self {
        Self {
            blocks: Blocks::Fixed(512),
            automation: Automation::default(),
            beside: Beside::default(),
            mode: Mode::Offline,
            block_mode: None,
            announced: None,
            in_place: false,
        }
    }
}

impl Plugin {
    /// Plays `input` through the plugin, then silence, until as much has come out as went in after
    /// the latency it reports. What comes back is as long as `input` and lines up with it.
    ///
    /// The second input is arranged like the first, or like what is put there.
    ///
    /// # Errors
    /// If the plugin fails, or does not take the arrangement.
    pub fn play(&mut self, input: &Audio, how: &Play<'_>) -> Result<Audio, HostError> {
        let channels = input.channels.len();
        let beside_channels = match how.beside {
            Beside::Off(audio) | Beside::Sound(audio) => audio.channels.len(),
            _ => channels,
        };
        self.deactivate();
        self.arrange(channels, beside_channels)?;
        self.set_up(
            how.mode,
            f64::from(input.sample_rate),
            how.announced.unwrap_or(how.blocks.longest()),
        )?;
        self.activate_bus(Direction::Input, 0, true);
        self.activate_bus(Direction::Input, 1, matches!(how.beside, Beside::Sound(_)));
        self.activate_bus(Direction::Output, 0, true);
        self.activate()?;
        let latency = self.latency();
        let whole = self.stream(input, how, input.samples() + latency)?;
        self.deactivate();
        Ok(whole.skip(latency))
    }

    /// Chooses the channels of the main buses and of the second input. The plugin is to be inactive.
    ///
    /// # Errors
    /// [`HostError::NoLayout`] if the plugin does not take them.
    pub fn arrange(&mut self, channels: usize, beside: usize) -> Result<(), HostError> {
        let main = Arrangement::of(channels);
        if self.set_arrangements(&[main, Arrangement::of(beside)], &[main]) {
            Ok(())
        } else {
            Err(HostError::NoLayout(channels as u32))
        }
    }

    /// Plays `total` samples, of which the first are `input` and the rest silence, as the plugin is set up and
    /// active. What comes back is all that came out.
    ///
    /// # Errors
    /// If the plugin fails.
    pub fn stream(
        &mut self,
        input: &Audio,
        how: &Play<'_>,
        total: usize,
    ) -> Result<Audio, HostError> {
        let mut input = padded(input, total);
        let width = input.channels.len();
        let mut beside = match how.beside {
            Beside::Off(audio) | Beside::Sound(audio) => Some(padded(audio, total)),
            _ => None,
        };
        let mut output = input.clone();
        // What a plugin leaves alone is not to pass for silence.
        output
            .channels
            .iter_mut()
            .flatten()
            .for_each(|x| *x = f32::NAN);

        let mut sizes = how.blocks.sizes();
        let mut points = how.automation.points.iter().peekable();
        let began = Instant::now();
        let mut start = 0;
        while start < total {
            let end = total.min(start + sizes());
            let mut changes = Changes::none();
            while let Some(point) = points.next_if(|point| point.sample < end) {
                let offset = point.sample.saturating_sub(start);
                changes.push(offset as i32, point.param, point.value);
            }
            if how.in_place {
                for (to, from) in output.channels.iter_mut().zip(&input.channels) {
                    to[start..end].copy_from_slice(&from[start..end]);
                }
            }
            let out = bus(&mut output, start..end);
            let main = match how.in_place {
                true => out.in_place(),
                false => bus(&mut input, start..end),
            };
            let second = match how.beside {
                Beside::Missing => None,
                Beside::Empty => Some(Bus::empty()),
                Beside::NullAddresses => Some(Bus::null_addresses(width)),
                Beside::NullArray => Some(Bus::null_array(width)),
                Beside::Off(_) | Beside::Sound(_) => {
                    beside.as_mut().map(|audio| bus(audio, start..end))
                }
            };
            let inputs = [Some(main), second].into_iter().flatten().collect();
            let mode = how.block_mode.unwrap_or(how.mode);
            let mut block = Block::new(mode, end - start, inputs, out);
            block.changes = Some(changes);
            block.notes = of_block(&how.automation.notes, start, end);
            self.process(block)?;
            self.pump()?;
            how.blocks.wait(began, end, input.sample_rate);
            start = end;
        }
        Ok(output)
    }
}

/// A stretch of a sound as a bus.
fn bus(audio: &mut Audio, range: std::ops::Range<usize>) -> Bus<'_> {
    let channels = audio.channels.iter_mut();
    Bus::of(channels.map(|channel| &mut channel[range.clone()]))
}

/// A sound with silence behind it.
fn padded(audio: &Audio, total: usize) -> Audio {
    let mut padded = audio.clone();
    let channels = padded.channels.iter_mut();
    channels.for_each(|channel| channel.resize(total, 0.0));
    padded
}
