//! What the network hears: both channels or each, the input or the sidechain.

use egui::{Rect, Ui, vec2};
use nice_plug::prelude::ParamSetter;

use crate::editor::column::{LINE_GAP, head, named};
use crate::editor::theme::{self, Tone};
use crate::editor::{choice, text};
use crate::params::NetbendParams;

const NAME: f32 = 46.0;
const SIDECHAIN: f32 = 104.0;

const STEREO: [(&str, &str); 2] = [
    (
        "Linked",
        "Left and right are bent together: the stereo picture stays as it is",
    ),
    (
        "Dual",
        "Left and right are bent each by itself: wider and wilder, at about twice the work",
    ),
];

/// Draws the column.
pub fn show(
    ui: &mut Ui,
    column: Rect,
    params: &NetbendParams,
    is_mono: bool,
    setter: &ParamSetter<'_>,
) {
    let listens_aside = params.sidechain.value();
    let tone = if is_mono || listens_aside {
        Tone::Unused
    } else {
        Tone::Active
    };
    let (line, rest) = head(column);
    let fields = named(ui, line, "Stereo", NAME, tone);
    let items = choice::even(&STEREO);
    choice::fields(ui, fields, setter, &params.stereo, &items, tone);

    let switch = Rect::from_min_size(rest.min, vec2(SIDECHAIN.min(rest.width()), theme::ROW));
    let tip =
        "The network listens to the sidechain and not to your sound: bend the drums with a voice";
    choice::switch(
        ui,
        switch,
        setter,
        &params.sidechain,
        "Sidechain",
        tip,
        theme::ACCENT,
    );
    let words = if listens_aside {
        "Send a track to Netbend's sidechain input in your host: its sound drives the bends"
    } else if is_mono {
        "This track is mono: there is nothing to link"
    } else {
        "Your own sound drives the bends"
    };
    let place = rest.with_min_y(switch.bottom() + LINE_GAP);
    text::paragraph(ui, place, words, theme::MUTED);
}
