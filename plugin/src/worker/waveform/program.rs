//! The bends of a block: from controls to a program, and to bent weights. Pool threads.

use netbend_dsp::number::{cut, nearest_f64};
use netbend_models::WaveformPlayer;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::node::activity::Watch;
use netbend_models::node::program::{Program, ProgramBuilder};
use netbend_models::package::manifest::LayerClusters;
use netbend_models::package::waveform::{Half, LayerKind};
use netbend_models::run::weights::BendableWeights;

use super::lane::Bent;
use crate::stream::controls::Controls;
use crate::worker::batches::FixedBends;

/// Columns of a block in pictures of its layers, and what a block is parted into for them.
const COLUMNS: usize = 4;
const PARTS: usize = 32;

/// Makes programs for one model.
pub(super) struct Programs {
    builder: ProgramBuilder,
    /// What the graph is given: the bends of all layers but the one that is the sound.
    inside: Program,
    watched: Program,
    /// The number of the layer that is the sound, and its bends, which are applied to what came out.
    sound: Option<usize>,
    outside: Program,
    /// By number, the latent's first: which half it is in, and how far through the network it is, 0–1.
    layers: Vec<(Half, f64)>,
    weights: BendableWeights,
    frames: Vec<WeightFrame>,
    /// Which halves each weight is read by.
    readers: Vec<Bent>,
    weight_bends: Bent,
    /// The features that are bent, by layer.
    bent: Vec<(usize, Vec<usize>)>,
}

/// What the bends of a block bend.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bends {
    pub(super) maps: Bent,
    pub(super) weights: Bent,
}

impl Programs {
    pub(super) fn new(player: &WaveformPlayer) -> Self {
        let manifest = player.manifest();
        let of_half = |half: Half| {
            manifest
                .layers
                .iter()
                .filter(move |layer| layer.half == half)
        };
        let place = |index: usize, half: Half| {
            let count = nearest_f64(of_half(half).count().max(1));
            let before = of_half(half)
                .take_while(|layer| layer.index < index)
                .count();
            let within = nearest_f64(before) / count / 2.0;
            match half {
                Half::Encoder => within,
                Half::Decoder => 0.5 + within,
            }
        };
        let latent = (Half::Decoder, 0.5);
        let numbered = manifest.numbered_layers();
        let layers = numbered.map(|layer| (layer.half, place(layer.index, layer.half)));
        Self {
            builder: player.program_builder(),
            inside: Program::new(),
            sound: (player.manifest().numbered_layers())
                .position(|layer| layer.kind == LayerKind::Output)
                .map(|place| place + 1),
            outside: Program::new(),
            watched: Program::new(),
            layers: std::iter::once(latent).chain(layers).collect(),
            weights: player.weights().clone(),
            frames: Vec::new(),
            readers: player.weight_readers().map(of_readers).collect(),
            weight_bends: Bent::default(),
            bent: Vec::new(),
        }
    }

    /// Makes the program of the block for which `at` says the controls by how far through the network they are heard.
    pub(super) fn build(
        &mut self,
        at: &impl Fn(f64) -> Controls,
        fixed: &FixedBends,
        is_watched: bool,
    ) -> Bends {
        let share = |layers: &[(Half, f64)], layer: u16| {
            layers
                .get(usize::from(layer))
                .map_or(0.5, |(_, share)| *share)
        };
        self.builder.clear();
        let middle = at(0.5);
        for (number, slot) in (0_u64..).zip(&middle.slots) {
            let own = at(share(&self.layers, slot.target.layer));
            let own = own.slots.get(cut::<usize>(nearest_f64(number)));
            let own = own.copied().unwrap_or(*slot);
            self.builder.add(0, number, &own);
        }
        for (number, bend) in &fixed.bends {
            let mut bend = *bend;
            bend.target.drift = bend.target.drift.after(middle.drift_seconds);
            self.builder.add(0, *number, &bend);
        }
        let program = self.builder.program();
        self.bent.clear();
        self.inside.clear();
        self.outside.clear();
        let mut maps = Bent::default();
        for entry in Program::entries(program.words()).filter(|entry| entry.amount > 0.0) {
            if Some(entry.layer) == self.sound {
                self.outside.push(&entry);
            } else {
                self.inside.push(&entry);
                match self.layers.get(entry.layer) {
                    Some((Half::Encoder, _)) => maps.encoder = true,
                    _ => maps.decoder = true,
                }
            }
            let features = entry.features.iter().map(|&number| cut::<usize>(number));
            self.bent.push((entry.layer, features.collect()));
        }
        self.watched = self.inside.clone();
        if is_watched {
            self.watched.watch(Watch {
                number: 0,
                item: 0,
                frames: PARTS,
                end: PARTS,
                columns: COLUMNS,
                column_frames: PARTS / COLUMNS,
            });
        }
        Bends {
            maps,
            weights: self.bend_weights(&middle, fixed),
        }
    }

    /// Bends the weights. Which halves they belong to.
    fn bend_weights(&mut self, controls: &Controls, fixed: &FixedBends) -> Bent {
        let wanted = controls.weights.iter().chain(&fixed.weights);
        let same = |(a, b): (&WeightFrame, &WeightFrame)| a.same_effect(b);
        let as_before = self.frames.len() == wanted.clone().count()
            && self.frames.iter().zip(wanted.clone()).all(same);
        if as_before {
            return self.weight_bends;
        }
        self.frames = wanted.copied().collect();
        self.weights.set(&self.frames);
        self.weight_bends = Bent::default();
        for frame in &self.frames {
            if !self.weights.would_change(std::slice::from_ref(frame)) {
                continue;
            }
            let place = usize::from(frame.layer).checked_sub(1);
            if let Some(readers) = place.and_then(|place| self.readers.get(place)) {
                self.weight_bends.encoder |= readers.encoder;
                self.weight_bends.decoder |= readers.decoder;
            }
        }
        self.weight_bends
    }

    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        self.builder.set_sound_clusters(groups);
    }

    pub(super) fn program(&self) -> &Program {
        &self.inside
    }

    /// The number of the layer that is the sound, and its bends.
    pub(super) fn of_sound(&self) -> (usize, &Program) {
        (self.sound.unwrap_or(usize::MAX), &self.outside)
    }

    pub(super) fn watched(&self) -> &Program {
        &self.watched
    }

    pub(super) fn weights(&self) -> &BendableWeights {
        &self.weights
    }

    /// The features that are bent, by layer.
    pub(super) fn bent(&self) -> &[(usize, Vec<usize>)] {
        &self.bent
    }
}

fn of_readers((encoder, decoder): (bool, bool)) -> Bent {
    Bent { encoder, decoder }
}
