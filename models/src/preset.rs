//! Presets: network-bending's transform YAML with Netbend's own keys beside it.
//!
//! ```yaml
//! netbend: 1            # format; absent in plain network-bending files
//! name: Wet Cardboard   # what it is called; all up to the notes may be left out, see `metadata`
//! author: Netbend
//! tags: [texture, tone] # words to find it by
//! description: Hats of paper; the kick stays
//! notes: |              # in lines
//!   Play the voice.
//! model: drums          # a model's name, never a path
//! model-sha256: 0123…   # of the model's file, see `netbend inspect`; without it, any file of that name
//! voice: 0.0            # 0 = difference … 1 = model
//! mix: 1.0              # 0 = dry … 1 = wet
//! seed: 1               # draws `random` features
//! # How bends become sound; every key may be left out, and what is left out is the default, which stands here:
//! voice-floor: -60      # the difference's quietest gain in dB, -60 to 0
//! voice-ceiling: 12     # its loudest in dB, 0 to 24
//! voice-smoothing: 0.0  # smooths its gain over time and frequency, 0–1
//! transient-lock: 0.0   # keeps the attacks of the input, 0–1
//! band-low: 20          # where bends are heard, in hertz, 20–20000; at 20 open to the bottom
//! band-high: 20000      # at 20000 open to the top
//! auto-gain: true       # bends keep the loudness
//! phase: auto           # auto | input | rtpghi | vocoder | griffin-lim
//! phase-iterations: 4   # of Griffin-Lim, 1–32
//! phase-look-ahead: 1   # frames that Griffin-Lim looks ahead, 0–3
//! stereo: linked        # linked: one inference for both channels | dual: one each
//! sidechain: false      # the encoder hears the sidechain in place of the input
//! latent:               # plays in place of the encoded sound; every key may be left out
//!   freeze: false       # hold the last sound heard
//!   source: "random"    # random | walk
//!   blend: 0.0          # 0 = your sound … 1 = the source
//!   seed: 1             # draws the source, 0–65535
//!   rate: 0.1           # of the walk in hertz, 0.02–4
//!   offsets: [0, 1.5]   # of waveform models: added to the latent's first dimensions, 8 at most, −4…4
//!   scales: [1, 0]      # what they are multiplied by before, 0–4
//!   encoder-noise: 1    # how much of the noise that its encoder draws, 0–1
//!   padding-noise: 1    # how much of the noise in dimensions that the latent leaves out, 0–1
//! transforms:
//! - layer: 2
//!   transform: "scalar-multiply"
//!   params: [3]
//!   features: "random"  # all | random | cluster | sound-cluster | part
//!   feature-param: 0.25 # proportion 0–1, cluster index, or a part's name; blank for all
//!   # All that follows is Netbend's own and may be left out:
//!   amount: 1.0         # mix of bent and untouched activation, 0–1
//!   cluster-share: 1.0  # share of a cluster's or part's features, 0–1
//!   invert-selection: false # bends every feature but those
//!   relative: false     # binary-thresh: t counts in the layer's standard deviation, as a slot's knob does
//!   place: 0            # keys the draw with the seed; the entry's place in the list. Places 0–7 are the slots
//!   seed: 1             # draws this entry's features in place of the preset's seed
//!   drift: 0            # hertz, 0.01–8: which features are drawn wanders with the song's time; 0: not
//! weights:              # bends of the decoder's weights, see `weights`
//! - layer: 3            # the tensor's number in `netbend inspect`, from 1
//!   transform: "offset" # offset | randomise | invert | multiply | roll | flip
//!   percentage: 0.1     # share of the tensor's points, 0–1
//!   amount: 0.5         # a of the formulas; offset and multiply −4…4, the others −1…1
//!   seed: 1             # draws the noise of randomise; may be left out
//! parts:                # the mixer's faders, by the names of the model's parts; what is at its default may be left out
//!   hats: {gain: -12, mute: false, solo: false} # dB, -60 (silent) to 12
//! modulation:           # what moves by itself; every key may be left out
//!   macros: [0.5, 0]    # up to 8, 0–1 each
//!   macro-names: [Grit] # what they are called, if anything
//!   lfo-1:              # and lfo-2, lfo-3
//!     shape: sine       # sine | triangle | saw-up | saw-down | square | sample-hold | drawn
//!     points: [0, 1]    # of the drawn shape, up to 32 of 0–1
//!     rate: 1/4         # 8/1 to 1/32, dotted 1/4d, triplet 1/4t; or hertz: 0.01–40
//!     phase: 0          # 0–1
//!     retrigger: transport # transport | free | attack | note
//!     seed: 1           # of sample-hold, 0–65535
//!   sequencer-1: {values: [1, 0], length: 16, step: 1/16, glide: 0, swing: 0, retrigger: transport} # and sequencer-2
//!   follower-1:         # and follower-2
//!     hears: input      # input | sidechain
//!     mode: level       # level | attacks
//!     band-low: 20      # hertz, open at 20
//!     band-high: 20000  # open at 20000
//!     gain: 0           # dB, -24 to 24
//!     attack: 10        # milliseconds, 0–1000
//!     release: 150      # 1–5000
//!   random: {rate: 1/1, seed: 1, retrigger: transport}
//!   routes:             # up to 32, one between two
//!   - from: lfo-1       # a name from above, or macro-1 to macro-8
//!     to: slot_amount_1 # the id of a parameter that can be moved
//!     depth: 0.5        # of the knob's way, -1 to 1
//!     polarity: unipolar # unipolar | bipolar
//! pads:                 # what notes do; every pad and key may be left out. Without `pads`, pads hold the slots of their numbers by whichever notes are set
//!   pad-1:              # to pad-8
//!     note: 36          # that plays it, 0–127, on any channel
//!     action: slot-1    # slot-1 … slot-8 and freeze: while it is held | lfo-1 … lfo-3, lfos: begin anew | step-1, step-2: the next step of a sequencer
//!     velocity: true    # how hard it is played scales the slot's amount
//! sound-clusters:       # what `sound-cluster` chooses from; see `cluster::SoundClusters`
//!   model: drums
//!   version: 0.1.0
//!   clusters:           # network-bending's cluster file
//!     2:
//!     - {cluster_index: 0, feature_index: 0}
//! ```
//!
//! Layer 0 is the latent vector: the transforms that work value by value act on it ([`TransformKind::acts_on_latent`]), and it has no
//! clusters and no parts. Parameters: `scale` more than 0, `translate` −1…1, `rotate` −360…360 degrees, `erode` and `dilate` a radius of 0 or more,
//! in fractions too (from 64 on as 64).
//!
//! # What is refused
//! Every error names the line, what was found and what was expected. A key that is not known, at any level, is refused with the one it
//! probably was to be, a key given twice or left blank, and a file that is something else with what it is; so is a preset that no
//! machine plays in time: more than [`MOST_BENDS`] bends, or bends that together cost more than [`MOST_COST_MS`].
//! The one key that is passed over is network-bending's `all-transforms`.
//!
//! [`TransformKind::acts_on_latent`]: crate::bends::transform::TransformKind::acts_on_latent

mod check;
mod entry;
mod latent;
mod limits;
mod macro_names;
mod metadata;
mod modulation;
mod pads;
mod parameters;
mod parts;
mod read;
mod reader;
mod root;
mod sound;
mod weights;
mod write;

use std::collections::BTreeMap;

use crate::bends::Bend;
use crate::bends::latent_play::LatentPlay;
use crate::bends::modulation::{MACROS, Modulation};
use crate::bends::pads::Pads;
use crate::bends::part_mix::{PartFader, PartMix};
use crate::bends::part_name::PartName;
use crate::bends::sound::Sound;
use crate::bends::weights::WeightBend;
use crate::cluster::SoundClusters;

pub use limits::{MOST_BENDS, MOST_COST_MS};
pub use macro_names::{LONGEST_MACRO_NAME, MacroNames};
pub use metadata::{
    KNOWN_TAGS, LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_NOTES, LONGEST_TAG, MOST_TAGS, Metadata,
};

/// The preset format this version reads and writes.
pub const FORMAT: u64 = 1;

/// A set of bends and how to listen to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// What it says of itself; none of it is heard.
    pub metadata: Metadata,
    /// Name of the model it was made for, if it says.
    pub model: Option<String>,
    /// SHA-256 of that model's file in lower-case hexadecimal, if it says.
    pub model_sha256: Option<String>,
    /// 0 = difference … 1 = model.
    pub voice: f32,
    /// 0 = dry … 1 = wet.
    pub mix: f32,
    /// Seed of random selections.
    pub seed: u32,
    /// What plays in place of the encoded sound.
    pub latent: LatentPlay,
    /// How bends become sound.
    pub sound: Sound,
    /// The bends in file order.
    pub bends: Vec<Bend>,
    /// The bends of weights in file order.
    pub weights: Vec<WeightBend>,
    /// What the bends with [`Selection::SoundCluster`](crate::bends::Selection::SoundCluster) choose from.
    pub sound_clusters: Option<SoundClusters>,
    /// The faders of the model's parts; those that are not named stand at 0 dB.
    pub parts: BTreeMap<PartName, PartFader>,
    /// What moves by itself.
    pub modulation: Modulation,
    /// Where the macros stand, 0–1 each.
    pub macros: [f32; MACROS],
    /// What the macros are called.
    pub macro_names: MacroNames,
    /// What notes do, if it says.
    pub pads: Option<Pads>,
    source: String,
    /// Of each of the parts, in their order.
    part_lines: Vec<u64>,
    lines: Vec<u64>,
    weight_lines: Vec<u64>,
}

impl Default for Preset {
    fn default() -> Self {
        Self {
            metadata: Metadata::default(),
            model: None,
            model_sha256: None,
            voice: 0.0,
            mix: 1.0,
            seed: 1,
            latent: LatentPlay::default(),
            sound: Sound::default(),
            bends: Vec::new(),
            weights: Vec::new(),
            sound_clusters: None,
            parts: BTreeMap::new(),
            modulation: Modulation::default(),
            macros: [0.0; MACROS],
            macro_names: MacroNames::default(),
            pads: None,
            source: String::new(),
            part_lines: Vec::new(),
            lines: Vec::new(),
            weight_lines: Vec::new(),
        }
    }
}

impl Preset {
    /// The place that keys the draw of bend `index` of the list: its own, or else the index.
    pub fn place(&self, index: usize) -> usize {
        let own = self.bends.get(index).and_then(|bend| bend.draw.place);
        own.unwrap_or(index)
    }

    /// What the faders come to on a model whose parts have these names.
    pub fn part_mix(&self, names: impl Iterator<Item = PartName> + Clone) -> PartMix {
        PartMix::of(names.map(|name| self.parts.get(&name).copied().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
