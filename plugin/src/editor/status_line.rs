//! The bottom line: what the engine is doing, or what is missing.

mod advice;
mod content;

use egui::text::LayoutJob;
use egui::{
    CornerRadius, CursorIcon, Id, Label, Pos2, Rect, RichText, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, pos2, vec2,
};

use super::{choice, theme};

pub use content::{Content, content, explanation};

const HEIGHT: f32 = 20.0;
const MAX_PROBLEM: f32 = 110.0;
const COPY: f32 = 56.0;
/// Widths of the buttons beside another model, and of both together.
const USE: f32 = 96.0;
const LOOK: f32 = 88.0;
const CHOICES: f32 = USE + theme::PADDING + LOOK;
/// Of those beside a problem with a file.
const MENDING: f32 = LOOK + theme::PADDING + COPY;

/// What the user chose where another file is played than the project's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// This file is the project's from now on.
    UseThis,
    /// The project's file is to be looked for again.
    LookAgain,
    /// The models there are are to be shown.
    Models,
}

/// Points of height that `content` needs at that `width`.
pub fn height(ui: &Ui, content: &Content, width: f32) -> f32 {
    match content {
        Content::Line(_) => HEIGHT,
        Content::Problem(problem) => panel_height(ui, problem, width, COPY),
        Content::FileProblem(problem) => {
            panel_height(ui, problem, width, MENDING + theme::PADDING + LOOK)
        }
        Content::OtherModel(text, _) => panel_height(ui, text, width, CHOICES) + HEIGHT,
    }
}

/// The height of a panel with a text, beside which there are `buttons` of that width.
fn panel_height(ui: &Ui, text: &str, width: f32, buttons: f32) -> f32 {
    let (font, wrap) = (theme::font(theme::BODY), text_width(width, buttons));
    let galley = ui
        .painter()
        .layout(text.to_owned(), font, theme::WARNING, wrap);
    galley.size().y.clamp(theme::ROW, MAX_PROBLEM) + 2.0 * theme::PADDING
}

fn text_width(width: f32, buttons: f32) -> f32 {
    (width - buttons - 3.0 * theme::PADDING).max(100.0)
}

/// Draws `content` in `rect`; `explanation` says what its line means. Returns what was chosen, if anything.
pub fn show(ui: &mut Ui, rect: Rect, content: Content, explanation: &str) -> Option<Chosen> {
    match content {
        Content::Line(job) => return show_line(ui, rect, job, explanation),
        Content::Problem(problem) => show_problem(ui, rect, COPY, problem),
        Content::FileProblem(problem) => {
            show_problem(ui, rect, MENDING + theme::PADDING + LOOK, problem);
            let inner = rect.shrink(theme::PADDING);
            let right = inner.right() - COPY - theme::PADDING;
            let tip = "Look for the file again, once you have put it right";
            let looked = look_again(ui, pos2(right, inner.top()), tip);
            let left = right - LOOK - theme::PADDING;
            let another =
                Rect::from_min_size(pos2(left - LOOK, inner.top()), vec2(LOOK, theme::ROW));
            let tip = "See the models there are, and choose another one";
            let chosen = choice::button(ui, another, "Another…", tip).then_some(Chosen::Models);
            return looked.or(chosen);
        }
        Content::OtherModel(text, line) => {
            let border = rect.bottom() - HEIGHT;
            let models = show_line(ui, rect.with_min_y(border), line, explanation);
            return show_other_model(ui, rect.with_max_y(border), text).or(models);
        }
    }
    None
}

fn show_line(ui: &mut Ui, rect: Rect, job: LayoutJob, explanation: &str) -> Option<Chosen> {
    let galley = ui.painter().layout_job(job);
    let size = galley.size();
    let words = rect.with_max_x(rect.left() + size.x);
    let tip = format!("{explanation}\nClick to choose another model");
    let response = ui
        .interact(words, Id::unique("status line"), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let top = rect.center().y - size.y / 2.0;
    ui.painter()
        .galley(pos2(rect.left(), top), galley, theme::MUTED);
    let help = ui.painter().layout_no_wrap(
        "shift: fine  ·  double-click: reset  ·  click a value: type".to_owned(),
        theme::font(theme::SMALL),
        theme::FAINT,
    );
    let left = rect.right() - 12.0 - help.size().x;
    if rect.left() + size.x + theme::GAP < left {
        let at = pos2(left, rect.center().y - help.size().y / 2.0);
        ui.painter().galley(at, help, theme::FAINT);
    }
    response.clicked().then_some(Chosen::Models)
}

/// A button that asks for the file to be looked for again, left of `corner`.
fn look_again(ui: &mut Ui, corner: Pos2, tip: &str) -> Option<Chosen> {
    let button = Rect::from_min_size(corner - vec2(LOOK, 0.0), vec2(LOOK, theme::ROW));
    choice::button(ui, button, "Look again", tip).then_some(Chosen::LookAgain)
}

/// Draws a problem beside `buttons` of that width, of which the last copies it.
fn show_problem(ui: &mut Ui, rect: Rect, buttons: f32, problem: String) {
    let inner = show_panel(ui, rect);
    let copy = Rect::from_min_size(
        pos2(inner.right() - COPY, inner.top()),
        vec2(COPY, theme::ROW),
    );
    if choice::button(ui, copy, "Copy", "Copy this text") {
        ui.copy_text(problem.clone());
    }
    show_text(ui, rect, buttons, problem);
}

fn show_other_model(ui: &mut Ui, rect: Rect, text: String) -> Option<Chosen> {
    let inner = show_panel(ui, rect);
    let left = inner.right() - CHOICES;
    let this = Rect::from_min_size(pos2(left, inner.top()), vec2(USE, theme::ROW));
    show_text(ui, rect, CHOICES, text);
    let tip = "Keep this file as the project's model: it is saved with the project";
    if choice::button(ui, this, "Use this file", tip) {
        return Some(Chosen::UseThis);
    }
    let tip = "Put the project's own file into one of the models' folders, under any name, then look for it again";
    look_again(ui, inner.right_top(), tip)
}

/// Draws the frame of a panel and returns what is within.
fn show_panel(ui: &Ui, rect: Rect) -> Rect {
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        theme::WARNING.gamma_multiply(0.08),
        Stroke::new(1.0, theme::WARNING.gamma_multiply(0.6)),
        StrokeKind::Inside,
    );
    rect.shrink(theme::PADDING)
}

/// Draws a panel's text beside `buttons` of that width.
fn show_text(ui: &mut Ui, rect: Rect, buttons: f32, words: String) {
    let inner = rect.shrink(theme::PADDING);
    let width = text_width(rect.width(), buttons);
    let font = theme::font(theme::BODY);
    let galley = ui
        .painter()
        .layout(words.clone(), font, theme::WARNING, width);
    // A single line stands beside the middle of the buttons.
    let above = ((inner.height() - galley.size().y) / 2.0).max(0.0);
    let text =
        Rect::from_min_size(inner.min, vec2(width, inner.height())).with_min_y(inner.top() + above);
    ui.scope_builder(UiBuilder::new().max_rect(text), |ui| {
        ScrollArea::vertical()
            .max_height(text.height())
            .show(ui, |ui| {
                let text = RichText::new(words)
                    .font(theme::font(theme::BODY))
                    .color(theme::WARNING);
                ui.add(Label::new(text).wrap().selectable(true));
            });
    });
}
