//! Settings at random: bends that people play, of all that the model knows.

use netbend_dsp::number::{cut, low_bits, nearest_f32, nearest_f64};
use netbend_dsp::random::Random;
use netbend_models::bends::transform::TransformKind;
use netbend_models::node::operator::sequence::acts_on_sequences;
use nice_plug::prelude::Param as _;

use crate::params::NetbendParams;
use crate::params::preset::set;
use crate::params::slot::{MAX_LAYER, SelectionChoice, SlotParams, TransformChoice};
use crate::params::weights::{MAX_WEIGHT_LAYER, WeightChoice, WeightParams};
use crate::report::labels::ClusterLabels;
use crate::report::layout::{LayerPlace, ModelLayout};
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

/// What can be locked: the slots, the weight slots, and the sound.
pub const CARDS: usize = SLOTS + WEIGHT_SLOTS + 1;

/// Which cards dice leave alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Locks(pub [bool; CARDS]);

impl Locks {
    /// Whether slot `index` is locked.
    pub fn slot(&self, index: usize) -> bool {
        self.0.get(index).copied().unwrap_or(true)
    }

    /// Locks card `place` or opens its lock.
    pub fn set(&mut self, place: usize, is_locked: bool) {
        if let Some(lock) = self.0.get_mut(place) {
            *lock = is_locked;
        }
    }

    /// Whether weight slot `index` is locked.
    pub fn weights(&self, index: usize) -> bool {
        self.slot(SLOTS + index)
    }

    /// Whether the sound is locked.
    pub fn sound(&self) -> bool {
        self.slot(CARDS - 1)
    }
}

/// Of so many active bends, how likely: one, two, three.
const BENDS: [f64; 3] = [0.35, 0.4, 0.25];
/// How likely each layer is; the latent is left to people.
const LAYERS: [f64; 4] = [2.0, 3.0, 3.0, 2.0];
/// How likely each layer of a waveform model is that is shown and has several features: what the encoder hears, what the decoder says. The
/// sound itself, one feature, is left to people.
const ENCODER_LAYER: f64 = 1.0;
const DECODER_LAYER: f64 = 2.5;
/// How likely weights are bent, too.
const WEIGHTS: f64 = 0.15;
/// How likely a group is bent whole, and everything but the selection.
const WHOLE: f64 = 0.7;
const INVERTED: f64 = 0.08;

/// What a bend does, and how likely that is.
const TRANSFORMS: [(TransformKind, f64); 11] = [
    (TransformKind::Ablate, 3.0),
    (TransformKind::ScalarMultiply, 4.0),
    (TransformKind::Invert, 1.0),
    (TransformKind::BinaryThresh, 1.5),
    (TransformKind::FlipHorizontal, 0.8),
    (TransformKind::FlipVertical, 0.8),
    (TransformKind::Translate, 2.0),
    (TransformKind::Scale, 1.5),
    (TransformKind::Rotate, 1.5),
    (TransformKind::Erode, 1.5),
    (TransformKind::Dilate, 1.5),
];

/// Draws all that is not locked. Slots that are not drawn are off.
pub(super) fn draw(
    params: &NetbendParams,
    locks: &Locks,
    (layout, clusters): (&ModelLayout, &ClusterLabels),
    random: &mut Random,
) {
    let open: Vec<_> = (0..SLOTS).filter(|index| !locks.slot(*index)).collect();
    for index in &open {
        set(&params.slots[*index].on, false);
    }
    let count = (1 + weighted(random, &BENDS)).min(open.len());
    for slot in open.iter().take(count) {
        redraw_slot(&params.slots[*slot], params, layout, clusters, random);
    }
    for index in (0..WEIGHT_SLOTS).filter(|index| !locks.weights(*index)) {
        let slot = &params.weights[index];
        set(&slot.on, false);
        if index == 0 && !layout.weights.is_empty() && random.chance(WEIGHTS) {
            draw_weights(slot, layout, random);
        }
    }
    if !locks.sound() {
        let share = |random: &mut Random, chance: f64, most: f64| match random.chance(chance) {
            true => nearest_f32(random.between(0.05, most)),
            false => 0.0,
        };
        set(&params.voice.voice, share(random, 0.2, 0.4));
        set(&params.voice.transient_lock, share(random, 0.3, 0.6));
        set(&params.voice.smoothing, share(random, 0.25, 0.5));
    }
}

/// Makes one bend another one.
pub(super) fn redraw_slot(
    slot: &SlotParams,
    params: &NetbendParams,
    layout: &ModelLayout,
    clusters: &ClusterLabels,
    random: &mut Random,
) {
    let layer = 1 + weighted(random, &layers(layout));
    set(&slot.layer, low_bits::<i32>(layer));
    let weights = TRANSFORMS.map(|(kind, weight)| {
        if means(kind, layer, layout) {
            weight
        } else {
            0.0
        }
    });
    let (kind, _) = TRANSFORMS[weighted(random, &weights)];
    set(&slot.transform, TransformChoice::of(kind));
    let ranges = kind.parameters();
    for (place, param) in [&slot.parameter, &slot.second].into_iter().enumerate() {
        if let Some(range) = ranges.get(place) {
            let mut value = nearest_f32(value(kind, place, random));
            if layout.is_waveform && kind == TransformKind::Translate && place == 1 {
                // What has not come yet is silence there.
                value = value.abs();
            }
            set(param, range.unit(value));
        }
    }
    let parts = match layout.is_waveform {
        true => 0,
        false => params.part_names.count(),
    };
    let groups = clusters.count(layer);
    let kinds = [
        0.5,
        if groups > 0 { 0.3 } else { 0.0 },
        if parts > 0 { 0.25 } else { 0.0 },
        0.05,
    ];
    let selection = match weighted(random, &kinds) {
        1 => SelectionChoice::Cluster,
        2 => SelectionChoice::Part,
        3 => SelectionChoice::All,
        _ => SelectionChoice::Random,
    };
    set(&slot.selection, selection);
    set(&slot.percentage, nearest_f32(random.between(0.08, 0.6)));
    if groups > 0 {
        set(&slot.cluster, low_bits::<i32>(below(random, groups)));
    }
    if parts > 0 {
        set(&slot.part, 1 + low_bits::<i32>(below(random, parts)));
    }
    let within = match random.chance(WHOLE) {
        true => 1.0,
        false => nearest_f32(random.between(0.3, 1.0)),
    };
    set(&slot.within, within);
    set(&slot.invert, random.chance(INVERTED));
    set(&slot.amount, nearest_f32(random.between(0.45, 1.0)));
    set(&slot.on, true);
}

/// How likely each layer is; layer 1 is first.
fn layers(layout: &ModelLayout) -> Vec<f64> {
    if !layout.is_waveform {
        return LAYERS[..LAYERS.len().min(layout.layers.len())].to_vec();
    }
    let reached = usize::try_from(MAX_LAYER).unwrap_or(0);
    let shown = layout.shown().iter().zip(&layout.layer_places);
    let likely = shown.take(reached).map(|(layer, place)| match place {
        _ if layer.features < 2 => 0.0,
        LayerPlace::Encoder => ENCODER_LAYER,
        LayerPlace::Decoder => DECODER_LAYER,
        LayerPlace::Output => 0.0,
    });
    likely.collect()
}

/// Whether a transform bends something on that layer.
fn means(kind: TransformKind, layer: usize, layout: &ModelLayout) -> bool {
    let steps = layer
        .checked_sub(1)
        .and_then(|place| layout.layers.get(place));
    !layout.is_waveform || steps.is_none_or(|layer| acts_on_sequences(kind, layer.rows))
}

/// What stands in a transform's formula.
fn value(kind: TransformKind, place: usize, random: &mut Random) -> f64 {
    match kind {
        TransformKind::ScalarMultiply if random.chance(0.25) => random.between(-2.0, 0.3),
        TransformKind::ScalarMultiply => random.between(1.5, 6.0),
        TransformKind::BinaryThresh => random.between(0.3, 3.0),
        // Along frequency, then along time.
        TransformKind::Translate if place == 0 => random.between(-0.4, 0.4),
        TransformKind::Translate => random.between(-0.5, 0.5),
        TransformKind::Scale => random.between(0.5, 2.0),
        TransformKind::Rotate => random.between(-180.0, 180.0),
        TransformKind::Erode | TransformKind::Dilate => random.between(0.5, 3.0),
        _ => 0.0,
    }
}

fn draw_weights(slot: &WeightParams, layout: &ModelLayout, random: &mut Random) {
    let reached = usize::try_from(MAX_WEIGHT_LAYER).unwrap_or(0);
    let tensor = 1 + below(random, layout.weights.len().min(reached));
    set(&slot.layer, low_bits::<i32>(tensor));
    let kinds = [
        WeightChoice::Multiply,
        WeightChoice::Randomise,
        WeightChoice::Roll,
        WeightChoice::Flip,
        WeightChoice::Offset,
    ];
    let kind = kinds[below(random, kinds.len())];
    set(&slot.transform, kind);
    set(&slot.percentage, nearest_f32(random.between(0.02, 0.3)));
    // On the knob, whose middle changes nothing.
    let far = nearest_f32(random.between(0.05, 0.35));
    let sign = if random.chance(0.5) { 1.0 } else { -1.0 };
    set(&slot.amount, slot.amount.preview_plain(0.5 + sign * far));
    set(&slot.on, true);
}

/// A number below `count`, or 0.
fn below(random: &mut Random, count: usize) -> usize {
    cut::<usize>(random.unit() * nearest_f64(count)).min(count.saturating_sub(1))
}

/// A place in `weights`, as likely as its weight says.
fn weighted(random: &mut Random, weights: &[f64]) -> usize {
    let mut left = random.unit() * weights.iter().sum::<f64>();
    for (place, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return place;
        }
    }
    weights.len().saturating_sub(1)
}
