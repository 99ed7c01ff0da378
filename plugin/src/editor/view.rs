//! The ground that everything is laid out on: it scrolls where the window is too small, its corner changes the window's size, and the menu behind
//! the name at the top says how large and in which colours it is drawn. GUI thread.

use egui::containers::scroll_area::ScrollSource;
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Button, CentralPanel, CursorIcon, Frame, Id, Layout, Popup, Rect, ScrollArea, Sense,
    Shape, Stroke, Ui, UiBuilder, Vec2, ViewportCommand, pos2, vec2,
};
use netbend_dsp::number::nearest_f32;
use nice_plug_egui::resizable_window::paint_resize_corner;

use super::preferences::ZOOMS;
use super::theme;
use super::zoom::{LEAST, Zoom};
use crate::params::SMALLEST_EDITOR_SIZE;

/// Width of the menu.
const MENU: f32 = 190.0;
/// Room of the menu's arrow behind the name.
const ARROW: f32 = 16.0;
/// What a layout has less than it needs before it scrolls: roundings to whole pixels and steps.
const SLACK: f32 = 3.0;

/// Shows `content` on the whole window, on as much ground as it needs.
pub fn ground(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    // The window has been cleared in the colour of its ground.
    CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
        let window = ui.clip_rect();
        let mut whole = ui.new_child(UiBuilder::new().max_rect(window));
        let has_room = window.size() + Vec2::splat(SLACK);
        if has_room.x >= LEAST.x && has_room.y >= LEAST.y {
            content(&mut whole);
        } else {
            // The wheel is of the controls beneath it.
            ScrollArea::both()
                .auto_shrink(false)
                .scroll_source(ScrollSource::SCROLL_BAR)
                .show(&mut whole, |ui| {
                    let size = ui.available_size().max(LEAST);
                    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                    content(&mut ui.new_child(UiBuilder::new().max_rect(rect)));
                });
        }
        corner(&mut whole, window);
    });
}

/// The corner that changes the window's size when it is dragged.
fn corner(ui: &mut Ui, window: Rect) {
    let id = Id::unique("window corner");
    let size = Vec2::splat(ui.visuals().resize_corner_size);
    let place = Rect::from_min_size(window.max - size, size);
    let response = ui
        .interact(place, id, Sense::drag())
        .on_hover_and_drag_cursor(CursorIcon::ResizeNwSe)
        .on_hover_text("Drag to change the window's size");
    let zoom = ui.ctx().zoom_factor();
    if response.drag_started()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        // In pixels: a smaller window may be drawn smaller.
        let held: Vec2 = (window.max - pointer) * zoom;
        ui.data_mut(|data| data.insert_temp(id, held));
    }
    if response.dragged()
        && let Some(pointer) = ui.input(|input| input.pointer.latest_pos())
    {
        let held: Vec2 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let (width, height) = SMALLEST_EDITOR_SIZE;
        let least = vec2(nearest_f32(width), nearest_f32(height)) / zoom;
        let wanted = (pointer.to_vec2() + held / zoom).max(least);
        ui.ctx()
            .send_viewport_cmd(ViewportCommand::InnerSize(wanted));
    }
    paint_resize_corner(ui, &response);
}

/// Draws the plugin's name at the left of `rect` and the menu behind it. Returns how wide both are.
pub fn name(ui: &mut Ui, rect: Rect, zoom: &mut Zoom) -> f32 {
    let mut wordmark = LayoutJob::default();
    let format = TextFormat {
        font_id: theme::font(20.0),
        color: theme::TEXT,
        extra_letter_spacing: 3.0,
        ..TextFormat::default()
    };
    wordmark.append("NET", 0.0, format.clone());
    wordmark.append(
        "BEND",
        0.0,
        TextFormat {
            color: theme::ACCENT,
            ..format
        },
    );
    let galley = ui.painter().layout_job(wordmark);
    let size = galley.size();
    let whole = rect.with_max_x(rect.left() + size.x + ARROW);
    let tip =
        "How large the window is drawn, and in which colours. Ctrl with +, − and 0 zooms, too";
    let response = ui
        .interact(whole, Id::unique("view menu"), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let origin = pos2(rect.left(), rect.center().y - size.y / 2.0);
    ui.painter().galley(origin, galley, theme::TEXT);
    let colour = if response.hovered() {
        theme::TEXT
    } else {
        theme::MUTED
    };
    let at = pos2(rect.left() + size.x + 8.0, rect.center().y + 3.0);
    let arrow = [vec2(-4.0, -4.5), vec2(4.0, -4.5), vec2(0.0, 0.0)].map(|v| at + v);
    ui.painter()
        .add(Shape::convex_polygon(arrow.to_vec(), colour, Stroke::NONE));
    let rows = Layout::top_down_justified(Align::Min);
    let room = ui.ctx().content_rect().bottom() - rect.bottom() - 24.0;
    Popup::menu(&response).width(MENU).layout(rows).show(|ui| {
        ui.set_min_width(MENU);
        ScrollArea::vertical()
            .max_height(room.max(100.0))
            .show(ui, |ui| lines(ui, zoom));
    });
    size.x
}

fn lines(ui: &mut Ui, zoom: &mut Zoom) {
    let now = zoom.preferences.zoom();
    for choice in ZOOMS {
        let name = format!("{:.0} %", choice * 100.0);
        let mut button = Button::selectable(choice == now, name);
        if choice == 1.0 {
            button = button.shortcut_text("Ctrl+0");
        }
        let line = ui.add(button);
        let line = line.on_hover_text("Draws text and knobs that large, and the window with them");
        if line.clicked() {
            zoom.choose(ui.ctx(), choice);
        }
    }
    ui.separator();
    let is_high = zoom.preferences.high_contrast;
    let line = ui.add(Button::selectable(is_high, "High contrast"));
    let line = line.on_hover_text("White on black, and colours far apart from both");
    if line.clicked() {
        zoom.preferences.high_contrast = !is_high;
        zoom.preferences.write();
    }
}
