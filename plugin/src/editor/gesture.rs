//! What the pointer, the wheel and keys do to a parameter.
//!
//! Every change is wrapped in begin and end, so that a host in write or touch mode records it. A
//! gesture begins with the press, not with the first movement, and always ends with the release,
//! because both follow from whether the button is down and not from egui's click-or-drag decision.

use egui::{Event, Id, PointerButton, Response, Ui};
use netbend_dsp::number::cut;
use nice_plug::prelude::{Param, ParamPtr, ParamSetter};

use super::keys::{self, Turn};

/// Points of travel for the whole range of a knob.
pub const KNOB_TRAVEL: f32 = 180.0;
/// With shift held, travel counts this much.
const FINE: f32 = 0.1;
/// A coarse step of a parameter that has no steps.
const COARSE: f32 = 0.1;
/// Values of a coarse step, where it has.
const COARSE_STEPS: usize = 4;

/// Which movement of the pointer counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Travel {
    /// Up and right, [`KNOB_TRAVEL`] for the whole range.
    Knob,
    /// Right, along a track of that many points.
    Track(f32),
    /// Right, along a bar of that many points; a press alone moves nothing.
    Bar(f32),
}

/// A drag under way: the parameter's unsnapped position in `[0, 1]`.
#[derive(Clone, Copy)]
struct Drag {
    unit: f32,
}

/// Sets `param` to the normalized value `unit`, as one gesture.
pub fn set<P: Param>(setter: &ParamSetter<'_>, param: &P, unit: f32) {
    setter.begin_set_parameter(param);
    setter.set_parameter(param, param.preview_plain(unit.clamp(0.0, 1.0)));
    setter.end_set_parameter(param);
}

/// Moves a parameter of this plugin to a position, as one gesture.
pub fn put(setter: &ParamSetter<'_>, param: ParamPtr, position: f32) {
    let host = setter.raw_context;
    // SAFETY: the caller has the pointer of this plugin's parameters, which live as long as it.
    unsafe {
        host.raw_begin_set_parameter(param);
        host.raw_set_parameter_normalized(param, position);
        host.raw_end_set_parameter(param);
    }
}

/// Sets `param` to its default, as one gesture.
pub fn reset<P: Param>(setter: &ParamSetter<'_>, param: &P) {
    setter.begin_set_parameter(param);
    setter.set_parameter(param, param.default_plain_value());
    setter.end_set_parameter(param);
}

/// Whether the user clicked with control (command on macOS), which resets any control.
pub fn reset_clicked(ui: &Ui, response: &Response) -> bool {
    response.clicked() && ui.input(|input| input.modifiers.command)
}

/// Drag, fine drag with shift, wheel, keys, and reset by double click or control-click.
pub fn adjust<P: Param>(
    ui: &Ui,
    response: &Response,
    setter: &ParamSetter<'_>,
    param: &P,
    travel: Travel,
) {
    drag(ui, response, setter, param, travel);
    wheel(ui, response, setter, param);
    turn(ui, response, setter, param);
    if response.double_clicked() || reset_clicked(ui, response) {
        reset(setter, param);
    }
}

fn drag<P: Param>(
    ui: &Ui,
    response: &Response,
    setter: &ParamSetter<'_>,
    param: &P,
    travel: Travel,
) {
    let id: Id = response.id.with("drag");
    let held: Option<Drag> = ui.data(|data| data.get_temp(id));
    let down = response.is_pointer_button_down_on()
        && ui.input(|input| input.pointer.button_down(PointerButton::Primary));
    match (held, down) {
        (None, true) => {
            setter.begin_set_parameter(param);
            let mut unit = param.unmodulated_normalized_value();
            if let Travel::Track(_) = travel
                && let Some(pointer) = response.interact_pointer_pos()
                && !ui.input(|input| input.modifiers.shift || input.modifiers.command)
            {
                unit = (pointer.x - response.rect.left()) / response.rect.width().max(1.0);
                move_to(setter, param, unit.clamp(0.0, 1.0));
            }
            ui.data_mut(|data| {
                data.insert_temp(
                    id,
                    Drag {
                        unit: unit.clamp(0.0, 1.0),
                    },
                )
            });
        }
        (Some(Drag { unit }), true) => {
            let (delta, fine) = ui.input(|input| (input.pointer.delta(), input.modifiers.shift));
            let share = match travel {
                Travel::Knob => (delta.x - delta.y) / KNOB_TRAVEL,
                Travel::Track(points) | Travel::Bar(points) => delta.x / points.max(1.0),
            };
            if share != 0.0 {
                let unit = (unit + share * if fine { FINE } else { 1.0 }).clamp(0.0, 1.0);
                move_to(setter, param, unit);
                ui.data_mut(|data| data.insert_temp(id, Drag { unit }));
            }
        }
        (Some(_), false) => {
            setter.end_set_parameter(param);
            ui.data_mut(|data| data.remove::<Drag>(id));
        }
        (None, false) => {}
    }
}

fn move_to<P: Param>(setter: &ParamSetter<'_>, param: &P, unit: f32) {
    let plain = param.preview_plain(unit);
    if plain != param.unmodulated_plain_value() {
        setter.set_parameter(param, plain);
    }
}

/// What keys do to `param` while the control that answered `response` has the focus: arrows, with shift finely; Page up and down, Home and End;
/// Delete for the default.
fn turn<P: Param>(ui: &Ui, response: &Response, setter: &ParamSetter<'_>, param: &P) {
    let Some(turn) = keys::turned(ui, response) else {
        return;
    };
    let unit = param.unmodulated_normalized_value();
    let wanted = match turn {
        Turn::Step(up, fine) => step(param, unit, up, fine),
        Turn::Coarse(up) => coarse(param, unit, up),
        Turn::End(true) => 1.0,
        Turn::End(false) => 0.0,
        Turn::Default => return reset(setter, param),
    };
    set(setter, param, wanted);
}

fn step<P: Param>(param: &P, unit: f32, up: bool, fine: bool) -> f32 {
    match up {
        true => param.next_normalized_step(unit, fine),
        false => param.previous_normalized_step(unit, fine),
    }
}

fn coarse<P: Param>(param: &P, unit: f32, up: bool) -> f32 {
    match param.step_count() {
        Some(_) => (0..COARSE_STEPS).fold(unit, |unit, _| step(param, unit, up, false)),
        None => (unit + if up { COARSE } else { -COARSE }).clamp(0.0, 1.0),
    }
}

/// One step per notch of the wheel, finer with shift.
pub fn wheel<P: Param>(ui: &Ui, response: &Response, setter: &ParamSetter<'_>, param: &P) {
    if !response.hovered() {
        return;
    }
    // With shift held, egui reports vertical wheels as horizontal.
    let (notches, fine) = ui.input(|input| {
        let notches: f32 = input
            .events
            .iter()
            .map(|event| match event {
                Event::MouseWheel { delta, .. } => match delta.x + delta.y {
                    turn if turn > 0.0 => 1.0,
                    turn if turn < 0.0 => -1.0,
                    _ => 0.0,
                },
                _ => 0.0,
            })
            .sum();
        (notches, input.modifiers.shift)
    });
    if notches == 0.0 {
        return;
    }
    let mut unit = param.unmodulated_normalized_value();
    for _ in 0..cut::<usize>(notches.abs()) {
        unit = step(param, unit, notches > 0.0, fine);
    }
    set(setter, param, unit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::NetbendParams;

    #[test]
    fn coarse_steps_are_larger_and_stay_in_the_range() {
        let params = NetbendParams::default();
        let (mix, seed) = (&params.mix, &params.seed);
        assert!((coarse(mix, 0.5, true) - 0.6).abs() < 1e-6);
        assert_eq!(coarse(mix, 0.95, true), 1.0);
        assert_eq!(coarse(mix, 0.05, false), 0.0);
        let from = seed.preview_normalized(10);
        assert_eq!(seed.preview_plain(coarse(seed, from, true)), 14);
        assert_eq!(seed.preview_plain(coarse(seed, 0.0, false)), 0);
        assert_eq!(seed.preview_plain(step(seed, from, false, true)), 9);
        assert!(step(mix, 0.5, true, true) < step(mix, 0.5, true, false));
    }
}
