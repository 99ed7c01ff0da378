//! The network while it plays: the latent and every layer as a column, left to right as sound flows, and in each what every feature does now.
//! A click aims a slot; groups of features are soloed and muted. GUI thread.

mod aim;
mod dimensions;
mod groups;
mod isolation;
mod list;
mod menu;
mod picture;
mod places;

use std::collections::BTreeMap;
use std::sync::{OnceLock, Weak};

use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Popup, Rect, Response, Sense, Stroke, StrokeKind,
    Ui, pos2, vec2,
};
use netbend_models::bends::{BendFrame, LATENT_LAYER};
use nice_plug::prelude::ParamSetter;

use self::aim::Aim;
use self::groups::{By, Named};
use self::isolation::{Heard, Isolation};
use self::list::{Rest, Touched};
use self::menu::Chosen;
use self::picture::Picture;
use self::places::Grid;
use super::warning::Model;
use super::{choice, panel, text, theme};
use crate::engine::Engine;
use crate::params::NetbendParams;
use crate::params::slot::{SlotParams, TransformChoice};
use crate::report::layout::ModelLayout;
use crate::report::maps::{LayerMaps, Maps};

/// Width of the list of groups.
const LIST: f32 = 172.0;
/// Behind a tab that is chosen, and one that is not.
pub const TABS: [Color32; 2] = [theme::IDLE, theme::RAISED];
const TOP: f32 = 24.0;
const HEAD: f32 = 18.0;
const BETWEEN: f32 = 7.0;
/// A column so narrow has no room for more than its number.
const NARROW: f32 = 48.0;
/// How much of a feature's brightness is left where another group is under the pointer.
const DIMMED: f32 = 0.4;
/// Pictures in which every layer is coloured anew once.
const TURNS: usize = 3;

/// The slot that clicks aim.
pub struct Target<'a> {
    /// 1-based.
    pub number: usize,
    pub slot: &'a SlotParams,
    /// All parameters: those of the latent among them.
    pub params: &'a NetbendParams,
}

/// The view of one instance.
#[derive(Default)]
pub struct Network {
    is_open: bool,
    by: By,
    isolation: Isolation,
    rest: Rest,
    /// The bends that the engine was last told.
    told: Vec<BendFrame>,
    pictures: BTreeMap<usize, Picture>,
    /// Counts what is drawn: each layer is coloured anew in its turn.
    drawn: usize,
    /// The place of the group under the pointer, of the layer that is listed.
    hovered: Option<usize>,
}

/// What the pointer does in a layer's column.
enum Touch<'a> {
    /// Over it.
    Over(usize),
    Aim(Aim<'a>),
    Isolate(usize, Heard),
}

impl Network {
    /// Whether the view is shown.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Shows it, or what lies beneath it.
    pub fn turn(&mut self) {
        self.is_open = !self.is_open;
    }

    /// A window opens: pictures belong to windows, and nothing is soloed or muted.
    pub fn begin(&mut self) {
        self.pictures.clear();
        self.isolation.clear();
        self.rest = Rest::default();
        self.told.clear();
    }

    /// Draws the view. `tell` tells the engine the bends of what is soloed and muted, where they are others than before. A step to undo, in words,
    /// where one was made.
    #[allow(clippy::too_many_arguments)] // What is seen, what is aimed, and who is told.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        maps: &Maps,
        model: Model<'_>,
        target: &Target<'_>,
        setter: &ParamSetter<'_>,
        tell: impl FnOnce(Vec<BendFrame>),
    ) -> Option<String> {
        panel::back(ui, rect, false);
        self.drawn = self.drawn.wrapping_add(1);
        let inner = rect.shrink(theme::PADDING - 2.0);
        let top = inner.with_max_y(inner.top() + TOP);
        let body = inner.with_min_y(top.bottom() + 2.0);
        if !groups::has(model, self.by) {
            self.by = if self.by == By::Parts {
                By::Clusters
            } else {
                By::Parts
            };
        }
        self.bar(ui, top, model);

        let listed = usize::try_from(target.slot.layer.value()).unwrap_or(0);
        let of_list = groups::of(model, listed, self.by);
        let list = body.with_min_x(body.right() - LIST);
        let title = match listed {
            LATENT_LAYER => format!("Slot {}: the latent", target.number),
            layer => match model.layout.called(layer) {
                Some(called) => format!("Slot {}: layer {layer}, {called}", target.number),
                None => format!("Slot {}: layer {layer}", target.number),
            },
        };
        let touched = if listed == LATENT_LAYER && model.layout.is_waveform {
            dimensions::show(ui, list, target.params, setter);
            Touched::default()
        } else {
            let mut rest = std::mem::take(&mut self.rest);
            let touched = list::show(ui, list, &title, &of_list, &mut self.isolation, &mut rest);
            self.rest = rest;
            touched
        };
        let mut words = touched.clicked.map(|place| {
            let aim = Aim {
                layer: listed,
                group: of_list.get(place),
                place,
                transform: None,
            };
            aim.carry_out(target.slot, target.number, setter)
        });

        let columns = body.with_max_x(list.left() - BETWEEN * 2.0);
        let layers: Vec<_> = std::iter::once(model.layout.latent_size)
            .chain(model.layout.shown().iter().map(|layer| layer.features))
            .collect();
        let places = places::columns(columns, &layers, BETWEEN);
        let mut hovered = touched.hovered;
        maps.read(|now| {
            for (layer, (column, features)) in places.iter().zip(&layers).enumerate() {
                let groups = groups::of(model, layer, self.by);
                let known = now.layers.iter().find(|maps| maps.layer == layer);
                let known = known.filter(|maps| maps.features == *features);
                let lit = self.hovered.filter(|_| layer == listed);
                let is_aimed = layer == listed;
                let touch = self.column(
                    ui,
                    *column,
                    layer,
                    *features,
                    &groups,
                    known.zip(Some(now.written)),
                    is_aimed,
                    lit,
                    model.layout,
                );
                match touch {
                    Some(Touch::Over(group)) if layer == listed => hovered = Some(group),
                    Some(Touch::Aim(aim)) => {
                        words = Some(aim.carry_out(target.slot, target.number, setter));
                    }
                    Some(Touch::Isolate(group, heard)) => {
                        if let Some(group) = groups.get(group) {
                            self.isolation.turn(&group.group, heard);
                        }
                    }
                    Some(Touch::Over(_)) | None => {}
                }
            }
        });
        self.hovered = hovered;
        let all = |layer: usize| {
            let named = groups::of(model, layer, self.by).into_iter();
            named.map(|named| named.group).collect()
        };
        let bends = self.isolation.bends(touched.tried.as_ref(), all);
        if bends != self.told {
            self.told.clone_from(&bends);
            tell(bends);
        }
        words
    }

    /// What features are grouped by, and the way back from all that is soloed and muted.
    fn bar(&mut self, ui: &mut Ui, rect: Rect, model: Model<'_>) {
        let field = |place: f32| {
            let left = rect.left() + place * 78.0;
            Rect::from_min_size(pos2(left, rect.top()), vec2(76.0, 19.0))
        };
        let sorts = [
            (
                By::Parts,
                "Parts",
                "Group features by the part of the mix that they carry",
            ),
            (By::Clusters, "Clusters", "Group features that act alike"),
        ];
        let there = sorts.into_iter().filter(|(by, ..)| groups::has(model, *by));
        for (place, (by, name, tip)) in [0.0, 1.0].into_iter().zip(there) {
            let id = Id::unique(("grouped by", name));
            if choice::word(ui, field(place), id, (name, tip), self.by == by, TABS) {
                self.by = by;
                self.isolation.clear();
            }
        }
        if !self.isolation.is_empty() {
            let button = Rect::from_min_size(
                pos2(field(2.0).left() + 10.0, rect.top()),
                vec2(110.0, 19.0),
            );
            if choice::button(
                ui,
                button,
                "Hear all again",
                "Nothing is soloed or muted any more",
            ) {
                self.isolation.clear();
            }
        }
    }

    #[allow(clippy::too_many_arguments)] // What one column shows.
    fn column<'a>(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        layer: usize,
        features: usize,
        groups: &'a [Named],
        maps: Option<(&LayerMaps, u64)>,
        is_aimed: bool,
        lit: Option<usize>,
        layout: &ModelLayout,
    ) -> Option<Touch<'a>> {
        let called = layout.called(layer);
        let head = rect.with_max_y(rect.top() + HEAD);
        let name = match layer {
            LATENT_LAYER => "Latent".to_owned(),
            layer => format!("Layer {layer}"),
        };
        let title = ui
            .interact(head, Id::unique(("network layer", layer)), Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(format!(
                "{}: {features} features{}. Click to aim the slot at all of it",
                called.map_or_else(|| name.clone(), |called| format!("{name}, {called}")),
                steps(layout, layer)
            ));
        let colour = match (is_aimed, title.hovered()) {
            (true, _) => theme::ACCENT,
            (false, true) => theme::TEXT,
            (false, false) => theme::MUTED,
        };
        let short = if head.width() < NARROW {
            layer.to_string()
        } else {
            name
        };
        text::line(ui, head, &short, theme::SMALL, colour, Align::Min);
        let body = rect.with_min_y(head.bottom());
        ui.painter()
            .rect_filled(body, CornerRadius::same(2), theme::WELL);
        let grid = Grid::new(body, features);
        let order = groups::order(groups, features);
        let picture = self
            .pictures
            .entry(layer)
            .or_insert_with(|| Picture::new(ui.ctx(), layer));
        // All at once would take longer than a picture may; none is older than the eye sees.
        let is_due = self.drawn.wrapping_add(layer).is_multiple_of(TURNS);
        if let Some((maps, written)) = maps
            && (is_due || !picture.fits(&grid))
        {
            picture.update(maps, written, &grid, groups, &order);
        }
        let response = ui.interact(
            body,
            Id::unique(("network features", layer)),
            Sense::click(),
        );
        let under = response
            .hover_pos()
            .and_then(|at| grid.at(at))
            .and_then(|place| order.get(place));
        let lit = lit.or(under.and_then(|(_, group)| *group));
        for (place, (feature, group)) in order.iter().enumerate() {
            let cell = grid.cell(place);
            let is_muted = group
                .and_then(|group| groups.get(group))
                .is_some_and(|group| self.isolation.of(&group.group) == Some(Heard::Mute));
            let is_dim = is_muted || lit.is_some_and(|lit| *group != Some(lit));
            let tint = if is_dim {
                Color32::WHITE.gamma_multiply(DIMMED)
            } else {
                Color32::WHITE
            };
            if maps.is_some() {
                picture.show(ui, cell, place, tint);
            }
            if maps.is_some_and(|(maps, _)| maps.is_bent(*feature)) {
                let stroke = Stroke::new(1.0, theme::ACCENT);
                ui.painter()
                    .rect_stroke(cell, CornerRadius::ZERO, stroke, StrokeKind::Inside);
            }
        }
        let outline = if is_aimed {
            theme::ACCENT
        } else {
            theme::OUTLINE
        };
        let stroke = Stroke::new(1.0, outline);
        ui.painter()
            .rect_stroke(body, CornerRadius::same(2), stroke, StrokeKind::Outside);

        let aim = |group: Option<usize>, transform| Aim {
            layer,
            group: group.and_then(|group| groups.get(group)),
            place: group.unwrap_or(0),
            transform,
        };
        if title.clicked() {
            return Some(Touch::Aim(aim(None, None)));
        }
        self.features(ui, &response, (layer, layout), under.copied(), groups, aim)
    }

    /// What the pointer does over the features of a layer, `under` being the one under it and its group.
    fn features<'a>(
        &self,
        ui: &Ui,
        response: &Response,
        (layer, layout): (usize, &ModelLayout),
        under: Option<(usize, Option<usize>)>,
        groups: &'a [Named],
        aim: impl Fn(Option<usize>, Option<TransformChoice>) -> Aim<'a>,
    ) -> Option<Touch<'a>> {
        // The menu is of the feature that it was opened at.
        let id = response.id.with("opened at");
        let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(response));
        if response.secondary_clicked() || response.has_focus() && !is_open {
            ui.data_mut(|data| data.insert_temp(id, under));
        }
        let opened: Option<(usize, Option<usize>)> = ui.data(|data| data.get_temp(id)).flatten();
        let group = opened.and_then(|(_, group)| group);
        if let Some(chosen) = menu::show(response, layer, group, groups, layout) {
            return Some(match chosen {
                Chosen::Transform(transform) => Touch::Aim(aim(group, Some(transform))),
                Chosen::Heard(heard) => Touch::Isolate(group?, heard),
            });
        }
        let (feature, group) = under?;
        let named = group.and_then(|group| groups.get(group));
        let words = match named {
            Some(named) => format!(
                "Feature {feature}: {}\n{}\nClick: aim the slot at it. Right-click: more",
                named.name, named.tip
            ),
            None => {
                format!("Feature {feature}\nClick: aim the slot at the layer. Right-click: more")
            }
        };
        let response = response
            .clone()
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text_at_pointer(words);
        if response.clicked() {
            return Some(Touch::Aim(aim(group, None)));
        }
        group.map(Touch::Over)
    }
}

/// The steps of a waveform model's layer, as words to go on with.
fn steps(layout: &ModelLayout, layer: usize) -> String {
    let size = layer
        .checked_sub(1)
        .and_then(|place| layout.layers.get(place));
    match size.filter(|_| layout.is_waveform).map(|size| size.rows) {
        None => String::new(),
        Some(1) => ", 1 step in a block".to_owned(),
        Some(steps) => format!(", {steps} steps in a block"),
    }
}

/// Tells the engine what is soloed and muted.
pub fn isolate(engine: &Weak<OnceLock<Engine>>, bends: Vec<BendFrame>) {
    let engine = engine.upgrade();
    if let Some(engine) = engine.as_deref().and_then(OnceLock::get) {
        engine.isolate(bends);
    }
}
