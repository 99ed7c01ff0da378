//! The centre: the spectrograms or the network, and the tabs that lead from one to the other. GUI thread.

use std::sync::PoisonError;

use egui::{Id, Rect, Ui, pos2, vec2};
use nice_plug::prelude::ParamSetter;

use super::choice;
use super::keep;
use super::network::{TABS, Target, isolate};
use super::strip::Page;
use super::warning::Model;
use super::{NetbendEditor, Session};
use crate::report::status::EngineState;

/// A tab of the centre.
const CENTRE_TAB: egui::Vec2 = vec2(74.0, 19.0);
/// Right of the tabs: the way to the modulators.
const BESIDE_TABS: f32 = 107.0;
/// Between the tabs and what is kept.
const BESIDE_KEEP: f32 = 10.0;

impl NetbendEditor {
    /// The spectrograms or the network, and the tabs that lead from one to the other.
    pub(super) fn centre(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        session: &Session,
        setter: &ParamSetter<'_>,
    ) {
        let ready = self.status.state() == EngineState::Ready;
        let is_network = self.network.is_open() && ready;
        self.scope.maps.set_open(is_network);
        if is_network {
            self.network(ui, rect, setter);
        } else {
            self.pictures(ui, rect, session);
        }
        if let Some(keep) = &self.keep {
            let right = rect.right() - BESIDE_TABS - 2.0 * CENTRE_TAB.x - BESIDE_KEEP;
            let size = vec2(keep::WIDTH, CENTRE_TAB.y);
            let place = Rect::from_min_size(pos2(right - size.x, rect.top() + 8.0), size);
            keep.show(ui, place, &self.params, &self.status, &mut self.notice);
        }
        let tabs = [
            (
                "Sound",
                "Your sound as it comes in and as it goes out",
                false,
            ),
            (
                "Network",
                "What every feature of the network does now: click one to bend it, solo and mute groups",
                true,
            ),
        ];
        for (place, (name, tip, opens)) in [2.0, 1.0].into_iter().zip(tabs) {
            let left = rect.right() - BESIDE_TABS - place * CENTRE_TAB.x;
            let tab =
                Rect::from_min_size(pos2(left, rect.top() + 8.0), CENTRE_TAB - vec2(2.0, 0.0));
            let id = Id::unique(("centre", name));
            if choice::word(
                ui,
                tab,
                id,
                (name, tip),
                opens == self.network.is_open(),
                TABS,
            ) && opens != self.network.is_open()
            {
                self.network.turn();
            }
        }
    }

    fn network(&mut self, ui: &mut Ui, rect: Rect, setter: &ParamSetter<'_>) {
        let (layout, clusters) = (self.status.model(), self.status.clusters());
        let model = Model {
            layout: &layout,
            clusters: &clusters,
        };
        // Where no slot is chosen, the first that is free is aimed.
        let free = || self.params.slots.iter().position(|slot| !slot.on.value());
        let index = match self.chosen {
            Page::Slot(index) => index,
            Page::Weights(_) | Page::Sound => free().unwrap_or(0),
        };
        let target = Target {
            number: index + 1,
            slot: &self.params.slots[index],
            params: &self.params,
        };
        let engine = &self.engine;
        let tell = |bends| isolate(engine, bends);
        let (network, maps) = (&mut self.network, &self.scope.maps);
        if let Some(words) = network.show(ui, rect, maps, model, &target, setter, tell) {
            self.chosen = Page::Slot(index);
            self.edits.call(words);
        }
    }

    fn pictures(&self, ui: &mut Ui, rect: Rect, session: &Session) {
        let seconds = ui.input(|input| input.unstable_dt).clamp(0.0, 1.0);
        let mut pictures = session
            .spectrograms
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        pictures.update(&self.scope, seconds);
        let hint = match self.status.state() {
            EngineState::Loading => "loading…",
            EngineState::Ready => "waiting for sound",
            EngineState::Failed => "nothing is bent: see below",
        };
        pictures.show(
            ui,
            rect,
            self.status
                .stream()
                .map(|stream| stream.geometry.frame_rate()),
            hint,
        );
    }
}
