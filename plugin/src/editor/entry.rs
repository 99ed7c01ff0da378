//! A value that becomes a text field when it is clicked.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Frame, Id, Key, Margin, Rect, Response, Sense,
    Stroke, StrokeKind, TextEdit, Ui, UiBuilder, vec2,
};

use super::theme;

/// The field `id` is called by the keys of another control: Tab passes it by.
pub fn own(ui: &Ui, id: Id) {
    ui.data_mut(|data| data.insert_temp(id.with("owned"), true));
}

/// Opens the field `id` with a text, selected whole or with the cursor behind it. `owner` has the focus again once it is closed.
pub fn begin(ui: &Ui, id: Id, text: &str, owner: Option<Id>, selects: bool) {
    ui.data_mut(|data| {
        data.insert_temp(id, text.to_owned());
        data.insert_temp(id.with("begun"), Begun { owner, selects });
    });
}

/// How a field was opened.
#[derive(Debug, Clone, Copy, Default)]
struct Begun {
    owner: Option<Id>,
    selects: bool,
}

/// The field `id` in `rect` while it is open; returns what the user typed once it is entered.
pub fn opened(ui: &mut Ui, rect: Rect, id: Id) -> Option<String> {
    let typed: Option<String> = ui.data(|data| data.get_temp(id));
    typed.and_then(|typed| edit(ui, rect, id, typed).1)
}

/// Shows `text` centred in `rect`; returns what the user typed once it is entered.
///
/// Enter, Tab and a click elsewhere enter it, Escape leaves the value as it was.
pub fn value(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    text: &str,
    colour: Color32,
    tip: &str,
) -> (Response, Option<String>) {
    let typed: Option<String> = ui.data(|data| data.get_temp(id));
    match typed {
        Some(typed) => edit(ui, rect, id, typed),
        None => (show(ui, rect, id, text, colour, tip), None),
    }
}

fn show(ui: &mut Ui, rect: Rect, id: Id, text: &str, colour: Color32, tip: &str) -> Response {
    let sense = match ui
        .data(|data| data.get_temp(id.with("owned")))
        .unwrap_or(false)
    {
        true => Sense::CLICK,
        false => Sense::click(),
    };
    let response = ui
        .interact(rect, id.with("show"), sense)
        .on_hover_cursor(CursorIcon::Text)
        .on_hover_text(tip);
    if response.hovered() {
        let stroke = Stroke::new(1.0, theme::OUTLINE);
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter()
            .rect_stroke(rect, radius, stroke, StrokeKind::Inside);
    }
    let font = theme::font(theme::SMALL);
    ui.painter()
        .text(rect.center(), Align2::CENTER_CENTER, text, font, colour);
    if response.clicked() && !ui.input(|input| input.modifiers.command) {
        begin(ui, id, text, None, true);
    }
    response
}

fn edit(ui: &mut Ui, rect: Rect, id: Id, mut typed: String) -> (Response, Option<String>) {
    let field = id.with("edit");
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect(
        rect,
        radius,
        theme::WELL,
        Stroke::new(1.0, theme::ACCENT),
        StrokeKind::Inside,
    );
    let inner = rect.shrink2(vec2(3.0, 0.0));
    let output = ui
        .scope_builder(UiBuilder::new().max_rect(inner), |ui| {
            ui.spacing_mut().interact_size.y = inner.height();
            TextEdit::singleline(&mut typed)
                .id(field)
                .font(theme::font(theme::SMALL))
                .frame(Frame::NONE)
                .margin(Margin::ZERO)
                .desired_width(inner.width())
                .min_size(inner.size())
                .align(Align2::CENTER_CENTER)
                .char_limit(24)
                .show(ui)
        })
        .inner;
    let response = output.response.response;
    let opened = ui
        .data(|data| data.get_temp::<bool>(field))
        .unwrap_or(false);
    if !opened {
        response.request_focus();
        let begun: Option<Begun> = ui.data(|data| data.get_temp(id.with("begun")));
        select(ui, field, &typed, begun.is_none_or(|begun| begun.selects));
        ui.data_mut(|data| data.insert_temp(field, true));
    }
    let cancelled = ui.input(|input| input.key_pressed(Key::Escape));
    if opened && (response.lost_focus() || cancelled || !response.has_focus()) {
        ui.data_mut(|data| {
            data.remove::<String>(id);
            data.remove::<bool>(field);
        });
        response.surrender_focus();
        let begun: Option<Begun> = ui.data_mut(|data| data.remove_temp(id.with("begun")));
        if let Some(owner) = begun.and_then(|begun| begun.owner)
            && ui.memory(|memory| memory.focused().is_none())
        {
            ui.memory_mut(|memory| memory.request_focus(owner));
        }
        return (response, (!cancelled).then_some(typed));
    }
    ui.data_mut(|data| data.insert_temp(id, typed));
    (response, None)
}

/// Puts the cursor behind the text; the whole of it is selected where that is asked.
fn select(ui: &Ui, field: Id, typed: &str, selects: bool) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = TextEdit::load_state(ui.ctx(), field).unwrap_or_default();
    let end = CCursor::new(typed.chars().count());
    let begin = if selects { CCursor::new(0) } else { end };
    state
        .cursor
        .set_char_range(Some(CCursorRange::two(begin, end)));
    TextEdit::store_state(ui.ctx(), field, state);
}
