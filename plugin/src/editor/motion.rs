//! What moves a control by itself: shown on the control, dropped on it, and changed by a menu of its own. GUI thread.
//!
//! Controls are drawn before and after the panel of modulators, and know nothing of it: what they need is published once a picture, and what
//! is asked of them is taken down until the picture's end.

pub mod field;
pub mod mark;
pub mod row;

use std::collections::HashMap;
use std::sync::Arc;

use egui::{CornerRadius, Id, Response, Stroke, StrokeKind, Ui, vec2};
use netbend_models::bends::modulation::{
    Knob, Modulation, Polarity, Route, SOURCES, Source, Target,
};
use netbend_models::preset::MacroNames;
use nice_plug::params::Params as _;
use nice_plug::params::internals::ParamPtr;
use nice_plug::prelude::Param;

use super::{keys, theme};
use crate::params::NetbendParams;
use mark::Moved;

/// Size of a row in a control's menu.
const ROW: (f32, f32) = (300.0, 20.0);

/// Which control is which target.
#[derive(Debug, Default)]
pub struct Targets {
    by_param: HashMap<ParamPtr, Target>,
    names: HashMap<Target, String>,
}

impl Targets {
    /// Those of these parameters.
    pub fn of(params: &NetbendParams) -> Self {
        let mut targets = Self::default();
        for (id, param, _) in params.param_map() {
            if let Some(target) = Target::from_name(&id) {
                targets.by_param.insert(param, target);
                // SAFETY: the pointer comes from `params`.
                let name = unsafe { param.name() };
                targets.names.insert(target, name.to_owned());
            }
        }
        targets
    }

    /// What a target is called.
    pub fn name(&self, target: Target) -> &str {
        self.names.get(&target).map_or("", String::as_str)
    }
}

/// What moves in this picture.
#[derive(Debug, Clone)]
pub struct Motion {
    /// Which control is which target.
    pub targets: Arc<Targets>,
    /// The modulators.
    pub modulation: Modulation,
    /// What the macros are called.
    pub names: MacroNames,
    /// Where their sources stand.
    pub values: [f32; SOURCES],
}

impl Motion {
    /// What a source is called: a macro by its name, if it has one.
    pub fn title(&self, source: Source) -> String {
        let named = match source {
            Source::Macro(number) => self.names.get(number),
            _ => None,
        };
        named.map_or_else(|| title(source), str::to_owned)
    }
}

/// Other modulators, and what is done by them.
#[derive(Debug, Clone)]
pub struct Asked {
    /// All of them.
    pub modulation: Modulation,
    /// `LFO 1 moves Slot 1 Amount`.
    pub words: String,
}

fn id() -> Id {
    Id::unique("motion")
}

fn carried_id() -> Id {
    Id::unique("carried source")
}

fn asked_id() -> Id {
    Id::unique("asked modulation")
}

/// Says what moves in this picture.
pub fn publish(ui: &Ui, motion: Motion) {
    ui.data_mut(|data| data.insert_temp(id(), Arc::new(motion)));
}

/// Says which source the pointer carries, if one.
pub fn carry(ui: &Ui, source: Option<Source>) {
    ui.data_mut(|data| match source {
        Some(source) => {
            data.insert_temp(carried_id(), source);
        }
        None => {
            data.remove::<Source>(carried_id());
        }
    });
}

/// Asks for other modulators.
pub fn ask(ui: &Ui, modulation: Modulation, words: String) {
    let asked = Asked { modulation, words };
    ui.data_mut(|data| data.insert_temp(asked_id(), asked));
}

/// What was asked for in this picture.
pub fn take_asked(ui: &Ui) -> Option<Asked> {
    ui.data_mut(|data| {
        let asked = data.get_temp(asked_id());
        data.remove::<Asked>(asked_id());
        asked
    })
}

/// What a source is called.
pub fn title(source: Source) -> String {
    match source {
        Source::Lfo(number) => format!("LFO {}", number + 1),
        Source::Sequencer(number) => format!("Steps {}", number + 1),
        Source::Follower(number) => format!("Follower {}", number + 1),
        Source::Wander => "Random".to_owned(),
        Source::Macro(number) => format!("Macro {}", number + 1),
    }
}

/// The route that a source begins with: what swings does so both ways, a switch is thrown by all of it.
fn first(from: Source, to: Target) -> Route {
    let swings = matches!(from, Source::Lfo(_) | Source::Wander);
    let is_switch = matches!(to.knob(), Knob::SlotOn | Knob::WeightOn);
    let (depth, polarity) = match (is_switch, swings) {
        (true, _) => (1.0, Polarity::Unipolar),
        (false, true) => (0.25, Polarity::Bipolar),
        (false, false) => (0.5, Polarity::Unipolar),
    };
    Route {
        from,
        to,
        depth,
        polarity,
    }
}

/// Lets a control be moved: takes a source that is dropped on it, opens its menu, and says where it is moved to.
pub fn touch<P: Param>(ui: &Ui, response: &Response, param: &P) -> Option<Moved> {
    let motion: Arc<Motion> = ui.data(|data| data.get_temp(id()))?;
    let target = *motion.targets.by_param.get(&param.as_ptr())?;
    receive(ui, response, &motion, target);
    let is_moved = motion
        .modulation
        .routes
        .iter()
        .any(|route| route.to == target);
    if !is_moved {
        return None;
    }
    menu(response, &motion, target);
    let routes = motion.modulation.routes.iter();
    let routes = routes.filter(|route| route.to == target);
    Some(Moved::of(
        param.modulated_normalized_value(),
        routes,
        &motion.values,
    ))
}

/// Takes a source that the pointer carries over the control.
fn receive(ui: &Ui, response: &Response, motion: &Motion, target: Target) {
    let carried: Option<Source> = ui.data(|data| data.get_temp(carried_id()));
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let (Some(source), Some(pointer)) = (carried, pointer) else {
        return;
    };
    let place = response.rect.expand(3.0);
    let is_over = place.contains(pointer);
    let stroke = match is_over {
        true => Stroke::new(2.0, theme::MOTION),
        false => Stroke::new(1.0, theme::MOTION.gamma_multiply(0.5)),
    };
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter()
        .rect_stroke(place, radius, stroke, StrokeKind::Inside);
    if is_over && ui.input(|input| input.pointer.primary_released()) {
        let mut modulation = motion.modulation;
        let is_new = modulation.routes.find(source, target).is_none();
        if is_new && modulation.routes.put(first(source, target)) {
            let name = motion.targets.name(target);
            ask(
                ui,
                modulation,
                format!("{} moves {name}", motion.title(source)),
            );
        }
    }
}

/// The menu of a control that is moved: what moves it.
fn menu(response: &Response, motion: &Motion, target: Target) {
    let (menu, _) = keys::context_menu(response);
    let menu = menu
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .width(ROW.0);
    menu.show(|ui| {
        ui.set_min_width(ROW.0);
        let mut modulation = motion.modulation;
        let mut words = None;
        let routes: Vec<_> = modulation.routes.iter().copied().collect();
        for mut route in routes.into_iter().filter(|route| route.to == target) {
            let (rect, _) = ui.allocate_exact_size(vec2(ROW.0, ROW.1), egui::Sense::hover());
            let name = motion.title(route.from);
            let said = row::show(ui, rect, &mut route, &name, "menu");
            words = apply(&mut modulation, said, route, motion).or(words);
        }
        if let Some(words) = words {
            ask(ui, modulation, words);
        }
    });
}

/// Does to the modulators what was done to a row. What that is called.
pub fn apply(
    modulation: &mut Modulation,
    said: Option<row::Said>,
    route: Route,
    motion: &Motion,
) -> Option<String> {
    let (source, target) = (motion.title(route.from), motion.targets.name(route.to));
    match said? {
        row::Said::Changed => {
            modulation.routes.put(route);
            Some(format!("{source} on {target}"))
        }
        row::Said::Removed => {
            modulation.routes.remove(route.from, route.to);
            Some(format!("{source} off {target}"))
        }
    }
}
