//! Presets to parameters.
//!
//! The first bends of a preset go to the slots, in file order, as long as their parameters lie within
//! the slots' knobs; the rest run as fixed bends behind them.

use netbend_models::Preset;
use netbend_models::bend::{Bend, BendFrame, Selection};
use netbend_models::latent::LatentPlay;

use super::latent::{LatentParams, SourceChoice};
use super::slot::{MAX_CLUSTER, MAX_LAYER, SelectionChoice, SlotParams, TransformChoice};
use super::{MAX_SEED, NetbendParams};
use crate::controls::SLOTS;
use nice_plug::prelude::*;
use std::sync::PoisonError;

/// Sets every parameter a preset speaks of. Not while a host holds the parameters: it would not hear
/// of the change.
///
/// # Errors
/// A message where the preset asks for what the parameters cannot hold; nothing is changed then.
pub fn apply(preset: &Preset, params: &NetbendParams) -> Result<(), String> {
    let seed = i32::try_from(preset.seed)
        .ok()
        .filter(|seed| *seed <= MAX_SEED)
        .ok_or_else(|| format!("seed {} found; expected 0 to {MAX_SEED}", preset.seed))?;
    let in_slots = slot_count(preset);
    for (index, slot) in params.slots.iter().enumerate() {
        match preset.bends.get(index).filter(|_| index < in_slots) {
            Some(bend) => set_slot(slot, bend),
            None => set(&slot.on, false),
        }
    }
    set_latent(&params.latent, &preset.latent);
    set(&params.voice, preset.voice);
    set(&params.mix, preset.mix);
    set(&params.seed, seed);
    if let Some(model) = &preset.model {
        params
            .model
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(model);
    }
    if let Some(clusters) = &preset.sound_clusters {
        params.sound_clusters.replace(clusters.to_yaml());
    }
    let fixed = if in_slots < preset.bends.len() {
        let mut bends = preset.clone();
        bends.sound_clusters = None; // they have a place of their own
        bends.to_yaml()
    } else {
        String::new()
    };
    *params
        .fixed_bends
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = fixed;
    Ok(())
}

/// The bends of `preset` that the slots do not hold, each with its place in the file, which keys its
/// random draw.
pub fn fixed(preset: &Preset) -> Vec<(u64, BendFrame)> {
    let in_slots = slot_count(preset);
    let rest = preset.bends.iter().enumerate().skip(in_slots);
    rest.map(|(place, bend)| (place as u64, bend.to_frame(preset.seed)))
        .collect()
}

/// How many of the preset's bends go to the slots.
fn slot_count(preset: &Preset) -> usize {
    let first = preset.bends.iter().take(SLOTS);
    first.take_while(|bend| fits(bend)).count()
}

/// Whether a slot can hold the bend exactly.
fn fits(bend: &Bend) -> bool {
    let knobs = bend.transform.parameters().iter().zip(&bend.parameters);
    let cluster = match bend.selection {
        Selection::Cluster(cluster) | Selection::SoundCluster(cluster) => cluster,
        Selection::All | Selection::Random(_) => 0,
    };
    bend.layer <= MAX_LAYER as usize
        && cluster <= MAX_CLUSTER as usize
        && bend.parameters.len() <= 1
        && knobs
            .into_iter()
            .all(|(range, value)| (range.min..=range.max).contains(value))
}

fn set_slot(slot: &SlotParams, bend: &Bend) {
    set(&slot.on, true);
    set(&slot.layer, bend.layer as i32);
    set(&slot.transform, TransformChoice::of(bend.transform));
    set(&slot.amount, bend.amount);
    match bend.selection {
        Selection::All => set(&slot.selection, SelectionChoice::All),
        Selection::Random(share) => {
            set(&slot.selection, SelectionChoice::Random);
            set(&slot.percentage, share);
        }
        Selection::Cluster(cluster) => {
            set(&slot.selection, SelectionChoice::Cluster);
            set(&slot.cluster, cluster as i32);
        }
        Selection::SoundCluster(cluster) => {
            set(&slot.selection, SelectionChoice::SoundCluster);
            set(&slot.cluster, cluster as i32);
        }
    }
    if let (Some(range), Some(value)) =
        (bend.transform.parameters().first(), bend.parameters.first())
    {
        set(&slot.parameter, range.unit(*value));
    }
}

fn set_latent(params: &LatentParams, play: &LatentPlay) {
    set(&params.freeze, play.freeze);
    set(&params.source, SourceChoice::of(play.source));
    set(&params.blend, play.blend);
    set(&params.seed, play.seed.min(MAX_SEED as u32) as i32);
    set(&params.rate, play.rate_hz);
}

fn set<P: Param>(param: &P, value: P::Plain) {
    let normalized = param.preview_normalized(value);
    // SAFETY: the pointer comes from `param`, which outlives the call.
    unsafe { param.as_ptr()._internal_set_normalized_value(normalized) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::latent::LatentSource;
    use netbend_models::selection::SelectionKind;
    use netbend_models::transform::TransformKind;

    fn bend(k: f32) -> Bend {
        Bend {
            layer: 2,
            transform: TransformKind::ScalarMultiply,
            parameters: vec![k],
            selection: Selection::Random(0.25),
            cluster_share: 1.0,
            inverted: false,
            amount: 0.5,
        }
    }

    fn preset(bends: Vec<Bend>) -> Preset {
        let mut preset = Preset::default();
        preset.bends = bends;
        preset
    }

    #[test]
    fn a_preset_sets_the_slots_it_needs_and_turns_off_the_rest() {
        let params = NetbendParams::default();
        let mut preset = preset(vec![bend(3.0)]);
        (preset.voice, preset.mix, preset.seed) = (0.25, 0.5, 9);
        apply(&preset, &params).unwrap();
        let controls = params.controls();
        let state = controls.slots[0];
        assert_eq!(
            (state.target.layer, state.target.selection),
            (2, SelectionKind::Random)
        );
        assert_eq!(
            (state.amount, state.share, state.target.seed),
            (0.5, 0.25, 9)
        );
        assert!((state.parameters[0] - 3.0).abs() < 1e-4);
        assert!(controls.slots[1..].iter().all(|slot| slot.amount == 0.0));
        assert_eq!((controls.voice, controls.mix), (0.25, 0.5));
        assert!(fixed(&preset).is_empty());
    }

    #[test]
    fn sound_clusters_go_to_the_state_and_stay_where_a_preset_has_none() {
        let params = NetbendParams::default();
        let mut bend = bend(2.0);
        bend.selection = Selection::SoundCluster(3);
        let mut preset = preset(vec![bend; 5]);
        let clusters = netbend_models::cluster::SoundClusters {
            model: "drums".into(),
            version: "0.1.0".into(),
            layers: Vec::new(),
        };
        preset.sound_clusters = Some(clusters.clone());
        apply(&preset, &params).unwrap();
        let target = params.controls().slots[3].target;
        assert_eq!(
            (target.selection, target.cluster),
            (SelectionKind::SoundCluster, 3)
        );
        assert_eq!(
            fixed(&preset)[0].1.target.selection,
            SelectionKind::SoundCluster
        );
        let kept = params.sound_clusters.text();
        assert_eq!(kept, clusters.to_yaml());
        assert!(!params.fixed_bends.lock().unwrap().contains("version"));
        preset.sound_clusters = None;
        apply(&preset, &params).unwrap();
        assert_eq!(params.sound_clusters.text(), kept);
    }

    #[test]
    fn a_preset_sets_latent_play_and_one_without_it_turns_it_off() {
        let params = NetbendParams::default();
        let mut preset = preset(Vec::new());
        preset.latent = LatentPlay {
            freeze: true,
            source: LatentSource::Walk,
            blend: 0.25,
            seed: 60_000,
            rate_hz: 2.0,
        };
        apply(&preset, &params).unwrap();
        let found = params.controls().latent;
        assert!((found.rate_hz - 2.0).abs() < 1e-5);
        assert_eq!(
            LatentPlay {
                rate_hz: 2.0,
                ..found
            },
            preset.latent
        );
        apply(&Preset::default(), &params).unwrap();
        assert!(!params.controls().latent.is_active());
    }

    #[test]
    fn bends_beyond_the_slots_or_the_knobs_run_fixed() {
        let many = preset(vec![bend(2.0); 6]);
        assert_eq!(
            fixed(&many)
                .iter()
                .map(|(place, _)| *place)
                .collect::<Vec<_>>(),
            [4, 5]
        );
        let extreme = preset(vec![bend(2.0), bend(500.0), bend(2.0)]);
        let rest = fixed(&extreme);
        assert_eq!(rest.len(), 2);
        assert_eq!(rest[0].1.parameters[0], 500.0);
        let params = NetbendParams::default();
        apply(&extreme, &params).unwrap();
        assert!(params.slots[0].on.value());
        assert!(!params.slots[1].on.value());
        assert!(!params.fixed_bends.lock().unwrap().is_empty());
    }
}
