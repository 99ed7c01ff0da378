//! A slot that is aimed at a layer, a group or a feature's group by a click. GUI thread.

use nice_plug::prelude::{Param, ParamSetter};

use super::groups::Named;
use super::isolation::Kind;
use crate::editor::gesture;
use crate::params::slot::{SelectionChoice, SlotParams, TransformChoice};

/// What to aim at.
#[derive(Debug, Clone, Copy)]
pub struct Aim<'a> {
    /// 1-based layer, or 0 for the latent.
    pub layer: usize,
    /// One of its groups, or all of it.
    pub group: Option<&'a Named>,
    /// The place of the group among the model's parts or the layer's clusters.
    pub place: usize,
    /// What the slot is to do there; what it did, where none is given.
    pub transform: Option<TransformChoice>,
}

impl Aim<'_> {
    /// Aims the slot, which is number `number`. What was done, as a step to undo says it.
    pub fn carry_out(self, slot: &SlotParams, number: usize, setter: &ParamSetter<'_>) -> String {
        let whole = |value: usize| i32::try_from(value).unwrap_or(i32::MAX);
        put(setter, &slot.layer, whole(self.layer));
        let at = match self.group.map(|group| &group.group.kind) {
            None => {
                put(setter, &slot.selection, SelectionChoice::All);
                match self.layer {
                    0 => "the latent".to_owned(),
                    layer => format!("layer {layer}"),
                }
            }
            Some(kind) => {
                match kind {
                    Kind::Cluster(cluster) => {
                        put(setter, &slot.selection, SelectionChoice::Cluster);
                        put(setter, &slot.cluster, whole(*cluster));
                    }
                    Kind::Part(_) => {
                        put(setter, &slot.selection, SelectionChoice::Part);
                        put(setter, &slot.part, whole(self.place + 1));
                    }
                }
                let name = self.group.map_or("", |group| &group.name);
                format!("{name} on layer {}", self.layer)
            }
        };
        put(setter, &slot.invert, false);
        if let Some(transform) = self.transform {
            put(setter, &slot.transform, transform);
            put(setter, &slot.on, true);
        }
        format!("Slot {number}: {at}")
    }
}

/// Sets a parameter as one gesture, if it stands elsewhere.
fn put<P: Param>(setter: &ParamSetter<'_>, param: &P, value: P::Plain) {
    let unit = param.preview_normalized(value);
    if unit != param.unmodulated_normalized_value() {
        gesture::set(setter, param, unit);
    }
}
