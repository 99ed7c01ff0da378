//! A card that is dragged: what it would come to is shown, and said where it is let go.

use egui::{
    Align2, CornerRadius, CursorIcon, Id, Key, LayerId, Order, PointerButton, Pos2, Rect, Response,
    Stroke, StrokeKind, Ui, vec2,
};

use super::deed::Deed;
use super::page::Page;
use crate::editor::{panel, theme};

/// A cell under way.
pub(super) struct Drag {
    from: Page,
    pointer: Pos2,
    /// It was let go.
    is_over: bool,
    /// It leaves a copy of itself.
    copies: bool,
}

impl Drag {
    /// The drag of the cell that answered `response`, if it is one.
    pub(super) fn of(ui: &Ui, response: &Response, page: Page) -> Option<Self> {
        let is_over = response.drag_stopped_by(PointerButton::Primary);
        let pointer = response.interact_pointer_pos()?;
        let (gave_up, copies) = ui.input(|input| {
            let keys = input.modifiers;
            (input.key_pressed(Key::Escape), keys.command || keys.alt)
        });
        let goes_on = response.dragged_by(PointerButton::Primary) || is_over;
        (goes_on && !gave_up && page != Page::Sound).then_some(Self {
            from: page,
            pointer,
            is_over,
            copies,
        })
    }

    /// Shows what would become of it above `cells`. What is to be done, once it was let go.
    pub(super) fn show(&self, ui: &Ui, cells: &[(Page, Rect)]) -> Option<Deed> {
        let at = |page: Page| cells.iter().find(|cell| cell.0 == page);
        let target = cells.iter().find(|(page, rect)| {
            *page != self.from && self.from.is_like(*page) && rect.contains(self.pointer)
        });
        if self.is_over {
            return target.map(|(page, _)| match self.copies {
                true => Deed::Duplicate(self.from, *page),
                false => Deed::Exchange(self.from, *page),
            });
        }
        ui.set_cursor_icon(match (self.copies, target) {
            (true, Some(_)) => CursorIcon::Copy,
            _ => CursorIcon::Grabbing,
        });
        let radius = CornerRadius::same(panel::RADIUS);
        if let Some((_, rect)) = at(self.from).filter(|_| !self.copies) {
            let veil = theme::BACKGROUND.gamma_multiply(0.6);
            ui.painter().rect_filled(*rect, radius, veil);
        }
        if let Some((_, rect)) = target {
            let stroke = Stroke::new(2.0, theme::TEXT);
            ui.painter()
                .rect_stroke(*rect, radius, stroke, StrokeKind::Inside);
        }
        let words = match (target, self.copies) {
            (Some((page, _)), false) => {
                format!("Exchange {} and {}", self.from.name(), page.name())
            }
            (Some((page, _)), true) => format!("Copy {} to {}", self.from.name(), page.name()),
            (None, _) => format!("Move {}", self.from.name()),
        };
        self.label(ui, words);
        None
    }

    fn label(&self, ui: &Ui, words: String) {
        let layer = LayerId::new(Order::Tooltip, Id::unique("dragged card"));
        let painter = ui.ctx().layer_painter(layer);
        let font = theme::font(theme::SMALL);
        let galley = painter.layout_no_wrap(words, font, theme::TEXT);
        let size = galley.size() + vec2(12.0, 6.0);
        // It stays inside the window.
        let free = ui.ctx().content_rect();
        let wanted = Align2::CENTER_BOTTOM.anchor_size(self.pointer - vec2(0.0, 8.0), size);
        let left = (free.right() - size.x).min(wanted.left()).max(free.left());
        let rect = Rect::from_min_size(Pos2::new(left, wanted.top()), size);
        painter.rect(
            rect,
            CornerRadius::same(theme::RADIUS),
            theme::RAISED,
            Stroke::new(1.0, theme::OUTLINE),
            StrokeKind::Inside,
        );
        painter.galley(rect.min + vec2(6.0, 3.0), galley, theme::TEXT);
    }
}
