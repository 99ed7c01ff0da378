//! How bends become sound, in full: limits of the difference, band, phases, channels; and the mixer of the model's parts.

pub mod band;
mod channels;
mod limits;
mod mixer;
mod phase;

use egui::{Rect, Ui};
use nice_plug::prelude::{Param, ParamSetter};

use netbend_models::bends::part_mix::PartFader;

use crate::params::NetbendParams;
use crate::report::layout::PartLayout;

use super::{panel, theme};

/// Shares of the width: limits, band, phases, channels.
const COLUMNS: [f32; 4] = [0.21, 0.31, 0.27, 0.21];

/// Draws the page in `rect`, whose ground is there already. `parts` are those of the model, where one is loaded; `is_mono` where the stream
/// has one channel only.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &NetbendParams,
    parts: Option<&[PartLayout]>,
    is_mono: bool,
    setter: &ParamSetter<'_>,
) {
    let inner = rect.shrink(theme::PADDING);
    let desk = parts.filter(|parts| mixer::is_open(ui) && !parts.is_empty());
    if let Some(parts) = desk {
        mixer::show(ui, inner, &params.parts, parts, setter);
        return;
    }
    let [limits, band, phase, channels] = panel::columns(ui, inner, COLUMNS);
    limits::show(ui, limits, &params.voice, setter);
    band::show(ui, band, &params.voice, setter);
    phase::show(ui, phase, &params.phase, setter);
    let channels = match parts {
        Some(parts) => mixer::door(ui, channels, &params.parts, parts),
        None => channels,
    };
    channels::show(ui, channels, params, is_mono, setter);
}

/// Whether anything on the page is not as it is at first.
pub fn is_changed(params: &NetbendParams) -> bool {
    fn moved<P: Param>(param: &P) -> bool {
        param.modulated_normalized_value() != param.default_normalized_value()
    }
    let (voice, phase) = (&params.voice, &params.phase);
    moved(&voice.floor)
        || moved(&voice.ceiling)
        || moved(&voice.smoothing)
        || moved(&voice.band_low)
        || moved(&voice.band_high)
        || moved(&phase.method)
        || moved(&phase.iterations)
        || moved(&phase.look_ahead)
        || moved(&params.stereo)
        || moved(&params.sidechain)
        || params
            .parts
            .iter()
            .any(|fader| fader.fader() != PartFader::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_unchanged_until_one_of_its_controls_moves() {
        let params = NetbendParams::default();
        assert!(!is_changed(&params));
        let other = &params.voice.transient_lock;
        let own = &params.voice.band_low;
        for (param, expected) in [(other, false), (own, true)] {
            // SAFETY: the pointer comes from `params`, which outlives the call.
            unsafe { param.as_ptr()._internal_set_normalized_value(0.5) };
            assert_eq!(is_changed(&params), expected, "{}", param.name());
        }
    }
}
