//! Edits at random, undone and done again, as the editor does them.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_dsp::random::Random;
use netbend_models::bends::modulation::{Modulation, Polarity, Route, Source, Target};
use nice_plug::context::gui::GuiContext;
use nice_plug::params::Params as _;
use nice_plug::prelude::{GuiContextInner, ParamPtr};

use super::*;
use crate::editor::browser::Loader;
use crate::editor::strip::{Deed, Page};
use crate::editor::test_host::TestHost;
use crate::params::snapshot::Snapshot;
use crate::resources::Resources;
use crate::resources::library::Library;

/// An editor without a window.
struct Bench {
    params: Arc<NetbendParams>,
    edits: Edits,
    browser: Browser,
    recorder: Arc<Recorder>,
    gui: GuiContext,
    random: Random,
    /// Keeps the folder of resources.
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(seed: u64) -> Self {
        let params = Arc::new(NetbendParams::default());
        // Hosts know positions alone. Two defaults, of the gain and of the latent's rate, lie between two of them: once moved, they come
        // back to a neighbour 5·10⁻⁷ dB beside it, whoever moves them.
        for (_, param, _) in params.param_map() {
            // SAFETY: the pointer comes from `params`.
            unsafe { param._internal_set_normalized_value(param.unmodulated_normalized_value()) };
        }
        let folder = tempfile::tempdir().unwrap();
        let resources = Resources::at(folder.path());
        let recorder = Arc::new(Recorder::new(GuiContext::new(Arc::new(TestHost))));
        Self {
            edits: Edits::new(Arc::clone(&params)),
            browser: Browser::new(
                Arc::clone(&params),
                Library::of(&resources),
                Loader::new(resources, || ()),
            ),
            gui: GuiContext::new(Arc::clone(&recorder) as Arc<dyn GuiContextInner>),
            recorder,
            params,
            random: Random::new(seed),
            _folder: folder,
        }
    }

    /// All that a host saves, to the bit.
    fn state(&self) -> Vec<String> {
        let all = self.params.param_map().into_iter();
        let values = all.map(|(id, param, _)| {
            // SAFETY: the pointers come from `params`.
            let value = unsafe { param.unmodulated_plain_value() };
            format!("{id} = {value} ({:08x})", value.to_bits())
        });
        let fields = self.params.serialize_fields().into_iter();
        let fields = fields.map(|(key, text)| format!("{key} = {text}"));
        values.chain(fields).collect()
    }

    fn below(&mut self, count: usize) -> usize {
        cut::<usize>(self.random.between(0.0, nearest_f64(count))).min(count - 1)
    }

    fn unit(&mut self) -> f32 {
        nearest_f32(self.random.unit())
    }

    fn param(&mut self) -> ParamPtr {
        let all = self.params.param_map();
        all[self.below(all.len())].1
    }

    /// Settings as dice, presets and models put them.
    fn settings(&mut self) -> Snapshot {
        let fresh = NetbendParams::default();
        for (_, param, _) in fresh.param_map() {
            if self.random.chance(0.2) {
                // SAFETY: the pointer comes from `fresh`.
                unsafe { param._internal_set_normalized_value(self.unit()) };
            }
        }
        let number = self.below(5);
        fresh.sound_clusters.replace(format!("clusters {number}"));
        fresh.modulation.replace(self.modulation());
        let name = format!("model {}", self.below(3));
        Snapshot::of(&fresh).with_model(&name, &"ab".repeat(self.below(32)))
    }

    /// Routes as somebody draws them.
    fn modulation(&mut self) -> Modulation {
        let mut modulation = Modulation::default();
        let targets: Vec<_> = Target::all().collect();
        for _ in 0..self.below(4) {
            modulation.routes.put(Route {
                from: Source::Lfo(self.below(3)),
                to: targets[self.below(targets.len())],
                depth: self.unit(),
                polarity: Polarity::Bipolar,
            });
        }
        modulation
    }

    /// Does something at random, as one picture of the editor.
    fn edit(&mut self) {
        let gui = self.gui.clone();
        let setter = gui.param_setter();
        let slot = |place| match place {
            0..8 => Page::Slot(place),
            place => Page::Weights(place - 8),
        };
        let (one, other) = (slot(self.below(10)), slot(self.below(10)));
        let deed = match self.below(11) {
            0 => Some(Deed::Exchange(one, other)),
            1 => Some(Deed::Duplicate(one, other)),
            2 => Some(Deed::Copy(one)),
            3 => Some(Deed::Paste(one)),
            4 => Some(Deed::Clear(one)),
            5 => {
                let settings = self.settings();
                self.browser.put(&settings, "Preset", &setter);
                None
            }
            6 => {
                let settings = self.settings();
                self.browser.change_texts(&settings, "Texts");
                None
            }
            7 => {
                let count = self.below(5);
                self.edits.go_back(count, &mut self.browser, &setter);
                None
            }
            8 => {
                let before = Snapshot::of(&self.params);
                let modulation = self.modulation();
                self.params.modulation.replace(modulation);
                self.browser.was_changed(before, "LFO 1 moves something");
                None
            }
            _ => {
                let param = self.param();
                gesture::put(&setter, param, self.unit());
                None
            }
        };
        if let Some(words) = deed.and_then(|deed| deed.carry_out(&self.params, &setter)) {
            self.edits.call(words);
        }
        self.edits.take_down(&self.recorder, &mut self.browser);
    }

    /// Undoes or does again all there is. How many steps that were.
    fn replay_all(&mut self, again: bool) -> usize {
        let gui = self.gui.clone();
        let mut count = 0;
        loop {
            let history = self.edits.history();
            let step = if again {
                history.redo()
            } else {
                history.undo()
            };
            if step.is_none() {
                return count;
            }
            let setter = gui.param_setter();
            self.edits.replay(step, &mut self.browser, &setter, again);
            self.edits.take_down(&self.recorder, &mut self.browser);
            count += 1;
        }
    }
}

/// Says what differs.
fn assert_same(found: &[String], expected: &[String]) {
    let pairs = found.iter().zip(expected);
    let others: Vec<_> = pairs
        .filter(|(found, expected)| found != expected)
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(found.len(), expected.len());
}

#[test]
fn a_thousand_random_edits_undone_leave_the_very_state_and_done_again_the_last_one() {
    for seed in 1..=3 {
        let mut bench = Bench::new(seed);
        // A project is rarely as new.
        let settings = bench.settings();
        settings.put(&bench.params);
        let before = bench.state();
        for _ in 0..1_000 {
            bench.edit();
        }
        let after = bench.state();
        assert_ne!(before, after);
        let undone = bench.replay_all(false);
        assert!(undone > 500, "{undone} steps");
        assert_same(&bench.state(), &before);
        assert_eq!(bench.replay_all(true), undone);
        assert_same(&bench.state(), &after);
    }
}

#[test]
fn a_click_on_the_last_minute_brings_back_what_was_set_then_and_is_one_step() {
    let mut bench = Bench::new(7);
    let mut states = vec![bench.state()];
    while states.len() < 40 {
        bench.edit();
        let state = bench.state();
        if states.last() != Some(&state) {
            states.push(state);
        }
    }
    let lines = bench.edits.recent().newest_first().len();
    for count in 1..=lines {
        let now = bench.state();
        let gui = bench.gui.clone();
        let setter = gui.param_setter();
        bench.edits.go_back(count, &mut bench.browser, &setter);
        bench.edits.take_down(&bench.recorder, &mut bench.browser);
        let then = bench.state();
        assert!(
            states.contains(&then),
            "{count} lines back is a state that never was"
        );
        if then == now {
            continue;
        }
        let step = bench.edits.history().undo();
        bench.edits.replay(step, &mut bench.browser, &setter, false);
        bench.edits.take_down(&bench.recorder, &mut bench.browser);
        assert_same(&bench.state(), &now);
        // The way there and the one back are lines, too.
        bench.edits.recent().keep_oldest(lines);
    }
}
