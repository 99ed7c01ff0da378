//! A text field.

use egui::{
    Align, Align2, CornerRadius, Frame, Id, Margin, Rect, Response, RichText, ScrollArea, Stroke,
    StrokeKind, TextEdit, Ui, UiBuilder, vec2,
};

use crate::editor::{text, theme};

/// Draws a field of one line in `rect`; `hint` stands there while it is empty.
pub fn line(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    typed: &mut String,
    hint: &str,
    most: usize,
) -> Response {
    let edit = TextEdit::singleline(typed).align(Align2::LEFT_CENTER);
    show(ui, rect, id, edit, hint, most, false)
}

/// Draws a field of several lines in `rect`.
pub fn lines(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    typed: &mut String,
    hint: &str,
    most: usize,
) -> Response {
    let edit = TextEdit::multiline(typed).desired_rows(1);
    show(ui, rect, id, edit, hint, most, true)
}

/// Draws the name of a field.
pub fn name(ui: &Ui, rect: Rect, name: &str) {
    text::line(ui, rect, name, theme::SMALL, theme::MUTED, Align::Min);
}

fn show(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    edit: TextEdit<'_>,
    hint: &str,
    most: usize,
    scrolls: bool,
) -> Response {
    let outline = if ui.memory(|memory| memory.has_focus(id)) {
        theme::ACCENT
    } else {
        theme::OUTLINE
    };
    ui.painter().rect(
        rect,
        CornerRadius::same(theme::RADIUS),
        theme::WELL,
        Stroke::new(1.0, outline),
        StrokeKind::Inside,
    );
    let inner = rect.shrink2(vec2(7.0, 3.0));
    let hint = RichText::new(hint.to_owned()).color(theme::FAINT);
    let edit = edit
        .id(id)
        .font(theme::font(theme::BODY))
        .hint_text(hint)
        .frame(Frame::NONE)
        .margin(Margin::ZERO)
        .desired_width(inner.width())
        .min_size(inner.size())
        .char_limit(most);
    ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        ui.set_clip_rect(rect.shrink(1.0).intersect(ui.clip_rect()));
        ui.spacing_mut().interact_size.y = inner.height();
        match scrolls {
            false => ui.add(edit),
            true => {
                let area = ScrollArea::vertical().id_salt(id).auto_shrink(false);
                area.show(ui, |ui| ui.add(edit)).inner
            }
        }
    })
    .inner
}
