//! A bend: layer × transform × selection × amount. [`Bend`] is what a preset holds; [`BendFrame`] is
//! one slot's state at one frame, as it travels with the audio.

use crate::bends::drift::Drift;
use crate::bends::part_name::PartName;
use crate::bends::selection::SelectionKind;
use crate::bends::transform::{MAX_PARAMETERS, TransformKind};

/// The number that stands for the latent vector where a layer is named.
pub const LATENT_LAYER: usize = 0;

/// Which features a bend acts on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Selection {
    /// Every feature of the layer.
    All,
    /// A seeded random share of them, 0–1.
    Random(f32),
    /// The features of the general cluster with that index.
    Cluster(usize),
    /// The features of the cluster with that index among those of a sound.
    SoundCluster(usize),
    /// The features of the model's part of that name.
    Part(PartName),
}

/// What keys the draw of a bend's features where it is not the preset's seed and the bend's place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Draw {
    /// The place, from 0. Slots are the first places, so a bend keeps its slot, too.
    pub place: Option<usize>,
    /// The seed.
    pub seed: Option<u32>,
    /// How fast the draw wanders.
    pub drift: Drift,
}

/// One entry of a preset.
#[derive(Debug, Clone, PartialEq)]
pub struct Bend {
    /// 1-based layer; 0 is the latent vector.
    pub layer: usize,
    /// The transform.
    pub transform: TransformKind,
    /// Its parameters, as many as [`TransformKind::parameters`] names.
    pub parameters: Vec<f32>,
    /// See [`BendTarget::relative`].
    pub relative: bool,
    /// The features it acts on.
    pub selection: Selection,
    /// Share of a group's features, 0–1, for [`Selection::Cluster`], [`Selection::SoundCluster`] and [`Selection::Part`].
    pub cluster_share: f32,
    /// Whether every feature is bent *but* those selected.
    pub inverted: bool,
    /// What keys the draw of its features, where the list does not.
    pub draw: Draw,
    /// Mix of bent and untouched activation, 0–1.
    pub amount: f32,
}

/// What a slot acts on; a change is a switch, not a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BendTarget {
    /// 1-based layer; 0 is the latent vector.
    pub layer: u16,
    /// The transform.
    pub transform: TransformKind,
    /// Whether the threshold of [`TransformKind::BinaryThresh`] counts in the layer's standard deviation
    /// ([`Layer::deviation`](crate::package::manifest::Layer::deviation())) and so means the same on every layer; else it is
    /// an activation. Without a meaning for other transforms.
    pub relative: bool,
    /// How features are chosen.
    pub selection: SelectionKind,
    /// Cluster index, for [`SelectionKind::Cluster`] and [`SelectionKind::SoundCluster`]; the part's, for [`SelectionKind::Part`]
    /// without a [`part`](Self::part).
    pub cluster: u16,
    /// The part, for [`SelectionKind::Part`].
    pub part: Option<PartName>,
    /// Whether every feature is bent *but* those selected.
    pub inverted: bool,
    /// Draws the features of a share.
    pub seed: u32,
    /// How fast that draw wanders, and where it stands.
    pub drift: Drift,
}

/// The state of one slot at one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BendFrame {
    /// What the slot acts on.
    pub target: BendTarget,
    /// Share of the layer's features for [`SelectionKind::Random`], of the group's for [`SelectionKind::Cluster`],
    /// [`SelectionKind::SoundCluster`] and [`SelectionKind::Part`], 0–1.
    pub share: f32,
    /// Mix of bent and untouched activation, 0–1; 0 where the slot is off.
    pub amount: f32,
    /// The transform's parameters in physical units.
    pub parameters: [f32; MAX_PARAMETERS],
}

impl BendFrame {
    /// Whether the state bends anything at all.
    pub fn is_active(&self) -> bool {
        self.amount > 0.0
    }
}

impl Bend {
    /// The bend as a constant slot state, drawing random features with `seed` unless it has one of its own.
    pub fn to_frame(&self, seed: u32) -> BendFrame {
        let index = |cluster: usize| u16::try_from(cluster).unwrap_or(u16::MAX);
        let (selection, cluster, share) = match self.selection {
            Selection::All => (SelectionKind::All, 0, 1.0),
            Selection::Random(share) => (SelectionKind::Random, 0, share),
            Selection::Cluster(cluster) => {
                (SelectionKind::Cluster, index(cluster), self.cluster_share)
            }
            Selection::SoundCluster(cluster) => (
                SelectionKind::SoundCluster,
                index(cluster),
                self.cluster_share,
            ),
            Selection::Part(_) => (SelectionKind::Part, 0, self.cluster_share),
        };
        let part = match self.selection {
            Selection::Part(name) => Some(name),
            _ => None,
        };
        let mut parameters = [0.0; MAX_PARAMETERS];
        for (value, given) in parameters.iter_mut().zip(&self.parameters) {
            *value = *given;
        }
        BendFrame {
            target: BendTarget {
                layer: u16::try_from(self.layer).unwrap_or(u16::MAX),
                transform: self.transform,
                relative: self.relative,
                selection,
                cluster,
                part,
                inverted: self.inverted,
                seed: self.draw.seed.unwrap_or(seed),
                drift: self.draw.drift,
            },
            share,
            amount: self.amount,
            parameters,
        }
    }
}
