//! Every control says what it does: each page is laid out without a window, and the pointer held over all there is to press.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::collections::BTreeSet;

use egui::{
    Event, Id, LayerId, Modifiers, Order, PointerButton, Pos2, RawInput, Sense, WidgetRect,
};
use netbend_models::bends::modulation::Source;
use nice_plug::prelude::{Enum, Param as _};

use super::test_host::TestHost;
use super::*;
use crate::params::slot::{SelectionChoice, TransformChoice};
use crate::report::layout::{LayerLayout, ModelLayout, PartLayout};

/// A window of the usual size.
const SIZE: egui::Vec2 = vec2(1_080.0, 700.0);
/// Places of a control at which the pointer may find it free, each way.
const PLACES: [f32; 5] = [0.5, 0.12, 0.88, 0.3, 0.7];

/// An editor without a window.
struct Bench {
    context: Context,
    editor: NetbendEditor,
    session: Session,
    time: f64,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(tape: Tape) -> Self {
        let context = Context::default();
        theme::apply(&context);
        context.all_styles_mut(|style| {
            style.interaction.tooltip_delay = 0.0;
            style.interaction.tooltip_grace_time = 0.0;
            style.interaction.show_tooltips_only_when_still = false;
        });
        let folder = tempfile::tempdir().unwrap();
        let resources = Resources::at(folder.path());
        let params = Arc::new(NetbendParams::default());
        let (status, scope) = (Arc::new(Status::default()), Arc::new(Scope::default()));
        let recorder = Arc::new(Recorder::new(GuiContext::new(Arc::new(TestHost))));
        let session = Session {
            gui: GuiContext::new(Arc::clone(&recorder) as Arc<dyn GuiContextInner>),
            recorder,
            spectrograms: Mutex::new(Spectrograms::new(&context)),
            scope: Arc::clone(&scope),
            engine: Weak::new(),
            pads: params.pads.clone(),
        };
        let editor =
            NetbendEditor::new(params, status, scope, Weak::new(), &resources, tape, || ());
        let mut bench = Self {
            context,
            editor,
            session,
            time: 0.0,
            _folder: folder,
        };
        (0..3).for_each(|_| bench.frame(Vec::new()));
        bench
    }

    fn frame(&mut self, events: Vec<Event>) {
        self.time += 0.1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        let (editor, session) = (&mut self.editor, &self.session);
        let _ = self.context.run_ui(input, |ui| {
            view::ground(ui, |ui| editor.layout(ui, session, None));
        });
    }

    fn point(&mut self, at: Pos2) {
        self.frame(vec![Event::PointerMoved(at)]);
    }

    fn click(&mut self, id: Id) {
        let at = self.context.read_response(id).unwrap().rect.center();
        self.point(at);
        for pressed in [true, false] {
            self.frame(vec![Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            }]);
        }
        self.frame(vec![Event::PointerGone]);
    }

    /// What can be pressed or dragged.
    fn controls(&self) -> Vec<WidgetRect> {
        self.context.viewport(|viewport| {
            let layers = viewport.prev_pass.widgets.layers();
            let all = layers.flat_map(|(_, widgets)| widgets.iter().copied());
            let pressed = Sense::click() | Sense::drag();
            all.filter(|widget| widget.enabled && widget.sense.intersects(pressed))
                .collect()
        })
    }

    fn shows_tooltip(&self) -> bool {
        let is_tip = |layer: &LayerId| layer.order == Order::Tooltip;
        self.context
            .memory(|memory| memory.areas().visible_layer_ids().iter().any(is_tip))
    }

    /// The controls of this page that say nothing under the pointer, and how many there are in all.
    fn silent(&mut self, order: Order) -> (Vec<WidgetRect>, usize) {
        (0..3).for_each(|_| self.frame(vec![Event::PointerGone]));
        let (mut silent, mut count) = (Vec::new(), 0);
        let controls = self.controls();
        let shown = controls
            .iter()
            .filter(|control| control.layer_id.order == order);
        for control in shown.copied() {
            let rect = control.interact_rect;
            let places = PLACES.iter().flat_map(|x| PLACES.map(|y| vec2(*x, y)));
            for place in places {
                self.point(rect.min + place * rect.size());
                let response = self.context.read_response(control.id);
                if !response.is_some_and(|response| response.hovered()) {
                    continue;
                }
                count += 1;
                // One picture more: a tip is measured before it is shown.
                self.frame(Vec::new());
                if !self.shows_tooltip() {
                    silent.push(control);
                }
                break;
            }
            self.frame(vec![Event::PointerGone]);
        }
        (silent, count)
    }

    /// Asserts that all controls of a page, of which there are at least so many, say what they do.
    fn assert_all_speak(&mut self, page: &str, least: usize) {
        self.assert_speak(page, Order::Background, least);
    }

    fn assert_speak(&mut self, page: &str, order: Order, least: usize) {
        let (silent, count) = self.silent(order);
        let silent: BTreeSet<_> = silent
            .iter()
            .filter(|control| !is_bar(control) && !speaks_itself(control))
            .map(|control| format!("{:?} at {:.0?}", control.id, control.rect))
            .collect();
        assert!(silent.is_empty(), "{page}: no tooltip: {silent:#?}");
        assert!(count >= least, "{page}: {count} controls");
    }

    fn set<P: nice_plug::prelude::Param>(&self, param: &P, unit: f32) {
        // SAFETY: the parameter outlives the test.
        unsafe { param.as_ptr()._internal_set_normalized_value(unit) };
    }
}

/// Whether that is the bar of something that scrolls, or the ground of something that floats.
fn is_bar(control: &WidgetRect) -> bool {
    let is_narrow = control.rect.width().min(control.rect.height()) <= 12.0;
    let is_ground = control.id == control.layer_id.id.with("move");
    is_ground || is_narrow && control.sense == Sense::click_and_drag()
}

/// The pictures: what the pointer is over and what a click does is drawn on them, where a tooltip would lie.
fn speaks_itself(control: &WidgetRect) -> bool {
    control.id == Id::unique("netbend spectrograms")
}

fn hosted() -> Bench {
    Bench::new(Tape::Hosted(Arc::default()))
}

/// A bench with a model of two layers that is ready.
fn ready() -> Bench {
    let bench = hosted();
    let layer = LayerLayout {
        features: 16,
        rows: 4,
        columns: 8,
    };
    bench.editor.status.set_model(ModelLayout {
        latent_size: 4,
        layers: vec![layer, layer],
        parts: vec![PartLayout {
            name: "drums".to_owned(),
            features: vec![3, 3],
            members: vec![vec![0, 1, 2], vec![0, 1, 2]],
        }],
        ..ModelLayout::default()
    });
    bench.editor.status.set_ready("model".to_owned());
    bench
}

#[test]
fn the_first_page_says_what_it_does() {
    hosted().assert_all_speak("hosted", 60);
}

#[test]
fn the_standalones_page_says_what_it_does() {
    let (player, _deck) = crate::player::Deck::with_player();
    Bench::new(Tape::Standalone(player)).assert_all_speak("standalone", 60);
}

#[test]
fn every_slots_page_says_what_it_does() {
    let mut bench = ready();
    for index in 0..TransformChoice::variants().len() {
        let unit = nearest_f32(index) / nearest_f32(TransformChoice::variants().len() - 1);
        bench.set(&bench.editor.params.slots[0].transform, unit);
        bench.assert_all_speak(TransformChoice::variants()[index], 60);
    }
    for index in 0..SelectionChoice::variants().len() {
        let unit = nearest_f32(index) / nearest_f32(SelectionChoice::variants().len() - 1);
        bench.set(&bench.editor.params.slots[0].selection, unit);
        bench.assert_all_speak(SelectionChoice::variants()[index], 60);
    }
}

#[test]
fn weights_and_sound_say_what_they_do() {
    let mut bench = ready();
    for page in [Page::Weights(0), Page::Weights(1), Page::Sound] {
        bench.editor.chosen = page;
        bench.assert_all_speak(&format!("{page:?}"), 60);
    }
}

#[test]
fn the_network_says_what_it_does() {
    let mut bench = ready();
    bench.editor.network.turn();
    bench.assert_all_speak("network", 60);
}

/// The latent of a waveform model while something is said at the bottom, in windows of the usual size and of the smallest: every control lies in
/// the view, or is scrolled to.
#[test]
fn the_latents_dimensions_stay_in_their_panel() {
    let mut bench = ready();
    let layer = LayerLayout {
        features: 16,
        rows: 32,
        columns: 1,
    };
    bench.editor.status.set_model(ModelLayout {
        is_waveform: true,
        shown_layers: 12,
        latent_size: 32,
        layers: vec![layer; 12],
        layer_names: vec!["decoder.slow.1.1.mixed.sum".to_owned(); 12],
        ..ModelLayout::default()
    });
    bench.set(&bench.editor.params.slots[0].layer, 0.0);
    bench.editor.network.turn();
    bench.assert_all_speak("latent", 60);
    let dimensions = |bench: &Bench| -> Vec<WidgetRect> {
        let params = &bench.editor.params;
        let (offsets, noise) = (&params.latent_dimensions, &params.latent_noise);
        let mut names: Vec<_> = offsets
            .iter()
            .map(|one| one.offset.name().to_owned())
            .collect();
        names.extend([&noise.encoder, &noise.padding].map(|param| param.name().to_owned()));
        let ids: Vec<_> = names
            .iter()
            .map(|name| Id::unique(("slider", name.as_str())))
            .collect();
        let mut found = bench.controls();
        found.retain(|control| ids.contains(&control.id));
        found
    };
    let seen = |control: &WidgetRect| control.interact_rect.height() > 8.0;
    let usual = dimensions(&bench);
    assert_eq!(usual.iter().filter(|control| seen(control)).count(), 10);
    // A message of several lines.
    bench
        .editor
        .status
        .set_loaded(Some(crate::report::status::Loaded {
            name: "model".to_owned(),
            wanted_sha256: "1".repeat(64),
            sha256: "2".repeat(64),
            path: "a folder with a long name/".repeat(16).into(),
        }));
    (0..3).for_each(|_| bench.frame(Vec::new()));
    let under_message = dimensions(&bench);
    assert_eq!(
        under_message.iter().filter(|control| seen(control)).count(),
        10
    );
}

#[test]
fn the_modulators_say_what_they_do() {
    let mut bench = ready();
    bench.click(Id::unique("modulators door"));
    for source in [
        Source::Lfo(0),
        Source::Sequencer(0),
        Source::Follower(0),
        Source::Wander,
        Source::Macro(0),
    ] {
        bench.click(Id::unique(("source", source)));
        bench.assert_all_speak(&format!("{source:?}"), 60);
    }
    bench.click(Id::unique("pads row"));
    bench.assert_all_speak("pads", 60);
}

#[test]
fn the_panels_say_what_they_do() {
    let mut bench = ready();
    bench.click(Id::unique("presets"));
    assert!(bench.editor.browser.is_open());
    bench.assert_all_speak("browser", 50);
    bench.click(Id::unique("presets"));
    bench.editor.models.turn();
    bench.assert_all_speak("models", 50);
    bench.editor.models.turn();
    let settings = Snapshot::of(&bench.editor.params);
    bench.editor.variations.open(settings);
    bench.assert_all_speak("variations", 50);
}

#[test]
fn a_menu_says_what_its_lines_do() {
    let mut bench = ready();
    bench.click(Id::unique("view menu"));
    bench.assert_speak("view menu", Order::Foreground, 10);
}
