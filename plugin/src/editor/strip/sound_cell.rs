//! The sound in the strip: how bends become sound, in three lines and a drawn band.

use egui::{Align, CursorIcon, Id, Rect, Sense, Ui};
use nice_plug::prelude::Enum as _;

use super::cell::{BAR, LINE, LOCK, PADDING, SWITCH, lines};
use crate::editor::sound_page::band;
use crate::editor::{lock, text, theme};
use crate::params::phase::PhaseChoice;
use crate::params::{NetbendParams, StereoChoice};

/// Draws the content in `rect`, with the lock of the dice. Returns whether the cell was chosen.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    is_chosen: bool,
    params: &NetbendParams,
    is_locked: &mut bool,
) -> bool {
    let tip = "How bends become sound: limits, band, phases, stereo and sidechain. Click to see it in full";
    let whole = ui
        .interact(rect, Id::unique("sound cell"), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let inner = rect.shrink(PADDING);
    let mut line = lines(inner);
    let words = if is_chosen || whole.hovered() {
        theme::TEXT
    } else {
        theme::MUTED
    };
    let head = line(SWITCH, 3.0);
    let at = head.with_min_x(head.right() - LOCK);
    lock::show(ui, at, rect, "sound", is_locked);
    text::line(ui, head, "Sound", theme::BODY, theme::TEXT, Align::Min);
    let phase = line(LINE, 0.0);
    text::line(
        ui,
        phase,
        phase_name(params),
        theme::BODY,
        words,
        Align::Min,
    );
    let channels = line(LINE, 4.0);
    text::line(
        ui,
        channels,
        channel_words(params),
        theme::SMALL,
        theme::MUTED,
        Align::Min,
    );
    band::bar(ui, line(BAR, 0.0), &params.voice);
    whole.clicked()
}

/// The phase method, short enough for a cell.
fn phase_name(params: &NetbendParams) -> &'static str {
    match params.phase.method.value() {
        PhaseChoice::Auto => "Auto phase",
        PhaseChoice::Input => "Input phase",
        choice @ (PhaseChoice::Rtpghi | PhaseChoice::Vocoder | PhaseChoice::GriffinLim) => {
            PhaseChoice::variants()
                .get(choice.to_index())
                .copied()
                .unwrap_or_default()
        }
    }
}

/// What the encoder hears. The sidechain is always one.
fn channel_words(params: &NetbendParams) -> &'static str {
    match (params.stereo.value(), params.sidechain.value()) {
        (StereoChoice::Linked, false) => "linked",
        (StereoChoice::Dual, false) => "dual",
        (_, true) => "sidechain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;

    #[test]
    fn every_phase_method_has_a_name() {
        let params = NetbendParams::default();
        let mut names = Vec::new();
        for index in 0..PhaseChoice::variants().len() {
            set(&params.phase.method, PhaseChoice::from_index(index));
            names.push(phase_name(&params));
        }
        assert!(names.iter().all(|name| !name.is_empty()));
        assert_eq!(names[..2], ["Auto phase", "Input phase"]);
    }

    #[test]
    fn a_sidechain_is_named_and_not_the_link() {
        let params = NetbendParams::default();
        assert_eq!(channel_words(&params), "linked");
        set(&params.sidechain, true);
        for stereo in [StereoChoice::Linked, StereoChoice::Dual] {
            set(&params.stereo, stereo);
            assert_eq!(channel_words(&params), "sidechain");
        }
    }
}
