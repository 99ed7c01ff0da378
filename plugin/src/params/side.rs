//! The modulators of one of the settings A and B. Audio thread.

use netbend_models::bends::modulation::{MACROS, Modulation};

use super::modulation::{ModulationStore, Version};
use crate::modulation::{Generator, Now, Offsets, Played};
use crate::stream::source::Incoming;

/// The end of a hop: when that is, and how pads are played.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) now: &'a Now,
    pub(super) played: &'a Played,
}

/// The modulators of one of the settings A and B.
#[derive(Debug)]
pub(super) struct Side {
    version: Version,
    modulation: Modulation,
    generator: Generator,
}

impl Side {
    pub(super) fn new(sample_rate: f32, channels: usize) -> Self {
        Self {
            version: Version::default(),
            modulation: Modulation::default(),
            generator: Generator::new(sample_rate, channels),
        }
    }

    /// How far targets are moved at the end of a hop, and what pads hold.
    pub(super) fn offsets(
        &mut self,
        store: &ModulationStore,
        macros: [f32; MACROS],
        moment: Moment<'_>,
    ) -> Offsets {
        let Moment { now, played } = moment;
        store.update(&mut self.version, &mut self.modulation);
        let values = self
            .generator
            .end_hop(&self.modulation, macros, now, played);
        store.show(&values);
        Offsets::of(&self.modulation.routes, &values)
            .after(now.song.seconds)
            .with_pads(played)
    }

    /// Hears samples before they are played.
    pub(super) fn hear(&mut self, incoming: Incoming<'_>) {
        self.generator.hear(&self.modulation, incoming);
    }

    /// The stream begins anew.
    pub(super) fn reset(&mut self) {
        self.generator.reset();
    }
}
