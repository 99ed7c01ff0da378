//! Pages of eight for a host's controllers: which parameters lie together. Main thread.
//!
//! A page's number is made of its name, so that a controller finds its page again when others are added: names are promises.

use std::ffi::{c_char, c_void};

use clap_sys::ext::remote_controls::{
    CLAP_REMOTE_CONTROLS_COUNT, clap_plugin_remote_controls, clap_remote_controls_page,
};
use clap_sys::id::{CLAP_INVALID_ID, clap_id};
use clap_sys::plugin::clap_plugin;
use netbend_dsp::number::low_bits;
use netbend_models::bends::latent_play::DIMENSIONS;
use netbend_models::bends::modulation::MACROS;
use netbend_models::bends::part_name::MOST_PARTS;

use crate::host::boundary::parameter_id::parameter_id;
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

/// The extension.
static REMOTE_CONTROLS: clap_plugin_remote_controls = clap_plugin_remote_controls {
    count: Some(count),
    get: Some(get),
};

/// The extension, as a host asks for it.
pub(super) fn extension() -> *const c_void {
    (&raw const REMOTE_CONTROLS).cast()
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    section: &'static str,
    name: String,
    /// Ids of parameters, at most eight.
    params: Vec<String>,
}

impl Page {
    fn new(section: &'static str, name: &str, params: &[&str]) -> Self {
        Self {
            section,
            name: name.to_owned(),
            params: params.iter().map(|&id| id.to_owned()).collect(),
        }
    }

    /// Parameters of an array, as `slot_amount_1`.
    fn row(section: &'static str, name: &str, what: &str, count: usize) -> Self {
        Self {
            section,
            name: name.to_owned(),
            params: (1..=count).map(|n| format!("{what}_{n}")).collect(),
        }
    }

    /// Parameters of one place of an array.
    fn place(section: &'static str, name: String, what: &[&str], n: usize) -> Self {
        Self {
            section,
            name,
            params: what.iter().map(|what| format!("{what}_{n}")).collect(),
        }
    }

    fn number(&self) -> clap_id {
        parameter_id(&self.name)
    }
}

/// All pages, in the order in which a controller goes through them.
fn pages() -> Vec<Page> {
    let mut pages = vec![
        Page::new(
            "Main",
            "Mix & voice",
            &[
                "mix",
                "voice",
                "transient_lock",
                "gain",
                "auto_gain",
                "ceiling",
                "morph",
                "bypass",
            ],
        ),
        Page::row("Main", "Macros", "macro", MACROS),
        Page::row("Main", "Amounts", "slot_amount", SLOTS),
        Page::row("Main", "Switches", "slot_on", SLOTS),
        Page::new(
            "Main",
            "Latent",
            &[
                "latent_blend",
                "latent_rate",
                "latent_seed",
                "latent_source",
                "latent_freeze",
                "seed",
            ],
        ),
        Page::row("Main", "Latent: offsets", "latent_offset", DIMENSIONS),
        Page::row("Main", "Latent: scales", "latent_scale", DIMENSIONS),
        Page::new(
            "Main",
            "Latent: noise",
            &["latent_encoder_noise", "latent_padding_noise"],
        ),
        Page::row("Main", "Parts", "part_gain", MOST_PARTS),
        Page::row("Main", "Parts: mute", "part_mute", MOST_PARTS),
        Page::row("Main", "Parts: solo", "part_solo", MOST_PARTS),
        Page::new(
            "Sound",
            "Band & limits",
            &[
                "band_low",
                "band_high",
                "voice_floor",
                "voice_ceiling",
                "voice_smoothing",
            ],
        ),
        Page::new(
            "Sound",
            "Phase & channels",
            &[
                "phase",
                "phase_iterations",
                "phase_look_ahead",
                "stereo",
                "sidechain",
                "latency",
            ],
        ),
    ];
    for n in 1..=SLOTS {
        let played = [
            "slot_on",
            "slot_amount",
            "slot_parameter",
            "slot_second",
            "slot_transform",
            "slot_layer",
            "slot_percentage",
            "slot_drift",
        ];
        pages.push(Page::place("Slots", format!("Slot {n}"), &played, n));
    }
    for n in 1..=SLOTS {
        let chosen = [
            "slot_selection",
            "slot_cluster",
            "slot_part",
            "slot_within",
            "slot_percentage",
            "slot_invert",
        ];
        let name = format!("Slot {n}: features");
        pages.push(Page::place("Features", name, &chosen, n));
    }
    for n in 1..=WEIGHT_SLOTS {
        let played = [
            "weight_on",
            "weight_amount",
            "weight_percentage",
            "weight_transform",
            "weight_layer",
            "weight_seed",
        ];
        pages.push(Page::place("Weights", format!("Weights {n}"), &played, n));
    }
    pages
}

unsafe extern "C" fn count(_plugin: *const clap_plugin) -> u32 {
    low_bits(pages().len())
}

unsafe extern "C" fn get(
    _plugin: *const clap_plugin,
    index: u32,
    page: *mut clap_remote_controls_page,
) -> bool {
    // SAFETY: the host's place for a page, or null.
    let Some(place) = (unsafe { page.as_mut() }) else {
        return false;
    };
    let Some(page) = pages().into_iter().nth(index as usize) else {
        return false;
    };
    let mut param_ids = [CLAP_INVALID_ID; CLAP_REMOTE_CONTROLS_COUNT];
    for (id, param) in param_ids.iter_mut().zip(&page.params) {
        *id = parameter_id(param);
    }
    *place = clap_remote_controls_page {
        section_name: named(page.section),
        page_id: page.number(),
        page_name: named(&page.name),
        param_ids,
        is_for_preset: false,
    };
    true
}

/// A name as C has it: cut where it is too long, and ended by zero.
fn named<const SIZE: usize>(name: &str) -> [c_char; SIZE] {
    let mut text = [0; SIZE];
    let room = SIZE.saturating_sub(1);
    for (at, byte) in text.iter_mut().zip(name.bytes().take(room)) {
        *at = c_char::from_ne_bytes([byte]);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use nice_plug::prelude::Params as _;

    use super::*;
    use crate::params::NetbendParams;

    #[test]
    fn every_parameter_lies_on_a_page_and_every_page_holds_parameters() {
        let there: BTreeSet<_> = NetbendParams::default()
            .param_map()
            .into_iter()
            .map(|(id, ..)| id)
            .collect();
        let held: BTreeSet<_> = pages().into_iter().flat_map(|page| page.params).collect();
        assert_eq!(held, there);
    }

    #[test]
    fn pages_are_no_longer_than_a_controller_and_none_is_called_like_another() {
        let pages = pages();
        for page in &pages {
            assert!(!page.params.is_empty(), "{page:?}");
            assert!(page.params.len() <= CLAP_REMOTE_CONTROLS_COUNT, "{page:?}");
            let alone: BTreeSet<_> = page.params.iter().collect();
            assert_eq!(alone.len(), page.params.len(), "{page:?}");
        }
        let names: BTreeSet<_> = pages.iter().map(|page| &page.name).collect();
        let numbers: BTreeSet<_> = pages.iter().map(Page::number).collect();
        assert_eq!((names.len(), numbers.len()), (pages.len(), pages.len()));
    }

    #[test]
    fn names_are_cut_where_they_are_too_long() {
        let name: [c_char; 4] = named("Slots");
        assert_eq!(name.map(|c| c.to_ne_bytes()[0]), *b"Slo\0");
    }
}
