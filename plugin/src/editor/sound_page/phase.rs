//! How bent sound gets its phases.

use egui::{Rect, Ui};
use nice_plug::prelude::{Enum as _, ParamSetter};

use crate::editor::column::{cut_right, head, named};
use crate::editor::knob::Knob;
use crate::editor::theme::{self, Tone};
use crate::editor::{choice, text};
use crate::params::phase::{PhaseChoice, PhaseParams};

const NAME: f32 = 42.0;
const LOOK_AHEAD: f32 = 64.0;
const ITERATIONS: f32 = 58.0;

/// Draws the column.
pub fn show(ui: &mut Ui, column: Rect, params: &PhaseParams, setter: &ParamSetter<'_>) {
    let method = params.method.value();
    let (line, mut rest) = head(column);
    let menu = named(ui, line, "Phase", NAME, Tone::Active);
    let words: Vec<_> = PhaseChoice::variants()
        .iter()
        .enumerate()
        .map(|(index, name)| (*name, tip_of(PhaseChoice::from_index(index))))
        .collect();
    let items = choice::even(&words);
    choice::menu(ui, menu, setter, &params.method, &items, Tone::Active);

    let tone = match method {
        // Auto turns to Griffin-Lim where a bend goes far.
        PhaseChoice::Auto | PhaseChoice::GriffinLim => Tone::Active,
        PhaseChoice::Input | PhaseChoice::Rtpghi | PhaseChoice::Vocoder => Tone::Unused,
    };
    let tip = "How many frames ahead Griffin-Lim listens: more runs into changes more smoothly. \
               Acts when Phase is Auto or Griffin-Lim";
    Knob::new(&params.look_ahead, setter, "Look-ahead", tip)
        .tone(tone)
        .show(ui, cut_right(&mut rest, LOOK_AHEAD));
    let tip = "How often Griffin-Lim goes over the sound: more is smoother, and more work for the processor. \
               Acts when Phase is Auto or Griffin-Lim";
    Knob::new(&params.iterations, setter, "Iterations", tip)
        .tone(tone)
        .show(ui, cut_right(&mut rest, ITERATIONS));
    rest.max.x -= 6.0;
    text::paragraph(ui, rest, tip_of(method), theme::MUTED);
}

/// What the method does to the sound.
fn tip_of(method: PhaseChoice) -> &'static str {
    match method {
        PhaseChoice::Auto => "Your sound's own where they fit, Griffin-Lim where a bend goes far",
        PhaseChoice::Input => "Your sound's own: tightest attacks, rough where a bend goes far",
        PhaseChoice::Rtpghi => "Made from the bent sound alone: clear tones, softer attacks",
        PhaseChoice::Vocoder => "Follows your sound's pitches: smooth, steady tones",
        PhaseChoice::GriffinLim => "Fits the bent sound best where it goes far; most work",
    }
}
