//! The picture of one layer: what each of its features did in the last second, in its group's colour. GUI thread.

use egui::{
    Color32, ColorImage, Context, Mesh, Rect, Shape, TextureHandle, TextureOptions, Ui, pos2,
};
use netbend_dsp::number::{cut, nearest_f32};
use netbend_models::bends::LATENT_LAYER;
use netbend_models::node::activity::BANDS;

use super::groups::Named;
use super::places::Grid;
use crate::editor::theme;
use crate::report::maps::{COLUMNS, LayerMaps};

/// Shades of a colour.
const SHADES: usize = 64;
/// The colour of features of no group.
const UNGROUPED: Color32 = Color32::from_rgb(0x8f, 0x96, 0xa8);

/// A layer's texture: a picture of each feature, in the grid they are shown in.
pub struct Picture {
    texture: TextureHandle,
    /// What was drawn last: the grid's shape, and the columns ever written by then.
    drawn: ((usize, usize), u64),
}

impl Picture {
    /// A black one.
    pub fn new(context: &Context, layer: usize) -> Self {
        let black = ColorImage::filled([1, 1], theme::WELL);
        let name = format!("netbend layer {layer}");
        Self {
            texture: context.load_texture(name, black, TextureOptions::NEAREST),
            drawn: ((0, 0), 0),
        }
    }

    /// Whether it was drawn for that grid.
    pub fn fits(&self, grid: &Grid) -> bool {
        self.drawn.0 == (grid.across(), grid.down())
    }

    /// Draws anew what has changed since; `order` as [`order`](super::groups::order) gives it.
    pub fn update(
        &mut self,
        maps: &LayerMaps,
        written: u64,
        grid: &Grid,
        groups: &[Named],
        order: &[(usize, Option<usize>)],
    ) {
        let shape = (grid.across(), grid.down());
        if self.drawn == (shape, written) {
            return;
        }
        self.drawn = (shape, written);
        let rows = rows(maps.layer);
        let width = shape.0 * COLUMNS;
        let mut pixels = vec![theme::WELL; width * shape.1 * rows];
        let shades: Vec<_> = groups.iter().map(|group| shades(group.colour)).collect();
        let ungrouped = shades_of_none();
        for (place, (feature, group)) in order.iter().enumerate() {
            let shades = group
                .and_then(|group| shades.get(group))
                .unwrap_or(&ungrouped);
            let (left, top) = (place % shape.0 * COLUMNS, place / shape.0 * rows);
            for back in 0..COLUMNS {
                let x = left + COLUMNS - 1 - back;
                for (band, level) in maps.levels(*feature, back).take(rows).enumerate() {
                    let shade =
                        cut::<usize>(level.sqrt() * nearest_f32(SHADES - 1)).min(SHADES - 1);
                    // The lowest band lies at the bottom.
                    let y = top + rows - 1 - band;
                    if let Some(pixel) = pixels.get_mut(y * width + x) {
                        *pixel = shades[shade];
                    }
                }
            }
        }
        let image = ColorImage::new([width, shape.1 * rows], pixels);
        self.texture.set(image, TextureOptions::NEAREST);
    }

    /// Draws the picture of the feature at `place` of the grid in `rect`.
    pub fn show(&self, ui: &Ui, rect: Rect, place: usize, tint: Color32) {
        let (across, down) = self.drawn.0;
        if across == 0 {
            return;
        }
        let (width, height) = (1.0 / nearest_f32(across), 1.0 / nearest_f32(down.max(1)));
        let from = pos2(
            nearest_f32(place % across) * width,
            nearest_f32(place / across) * height,
        );
        let uv = Rect::from_min_max(from, pos2(from.x + width, from.y + height));
        let mut mesh = Mesh::with_texture(self.texture.id());
        mesh.add_rect_with_uv(rect, uv, tint);
        ui.painter().add(Shape::mesh(mesh));
    }
}

/// Bands that a feature of the layer has.
fn rows(layer: usize) -> usize {
    if layer == LATENT_LAYER { 1 } else { BANDS }
}

/// From black by `colour` to nearly white.
fn shades(colour: Color32) -> [Color32; SHADES] {
    std::array::from_fn(|shade| {
        let level = nearest_f32(shade) / nearest_f32(SHADES - 1);
        if level < 0.75 {
            theme::WELL.lerp_to_gamma(colour, level / 0.75)
        } else {
            colour.lerp_to_gamma(Color32::WHITE, (level - 0.75) * 2.0)
        }
    })
}

fn shades_of_none() -> [Color32; SHADES] {
    shades(UNGROUPED)
}
