use super::OpenGlError;
use super::kept::keep_pictures;
use crate::renderer::damage::{self, Area};
use baseview::WindowContext;
use baseview::dpi::PhysicalSize;
use baseview::gl::GlConfig;
use egui::epaint::ClippedShape;
use egui::{FullOutput, Rgba, TextureId};
use egui_glow::Painter;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct GraphicsConfig {
    pub gl_config: GlConfig,

    /// Controls whether to apply dithering to minimize banding artifacts.
    ///
    /// Dithering assumes an sRGB output and thus will apply noise to any input value that lies between
    /// two 8bit values after applying the sRGB OETF function, i.e. if it's not a whole 8bit value in "gamma space".
    /// This means that only inputs from texture interpolation and vertex colors should be affected in practice.
    ///
    /// Defaults to true.
    pub dithering: bool,

    /// Needed for cross compiling for VirtualBox VMSVGA driver with OpenGL ES 2.0 and OpenGL 2.1 which doesn't support SRGB texture.
    /// See <https://github.com/emilk/egui/pull/1993>.
    ///
    /// For OpenGL ES 2.0: set this to [`egui_glow::ShaderVersion::Es100`] to solve blank texture problem (by using the "fallback shader").
    pub shader_version: Option<egui_glow::ShaderVersion>,
}

impl Default for GraphicsConfig {
    fn default() -> Self {
        Self {
            gl_config: GlConfig::default(),
            shader_version: None,
            dithering: true,
        }
    }
}

/// Of a picture's pixels that many hundredths are drawn at most where not all of them are.
const PART: i64 = 80;

pub struct Renderer {
    pub glow_context: Arc<egui_glow::glow::Context>,
    painter: Painter,
    /// Whether the last picture is there when the next one is drawn.
    keeps: bool,
    last: Option<Last>,
}

/// What the last picture shows.
struct Last {
    shapes: Vec<ClippedShape>,
    ground: Rgba,
    pixels_per_point: f32,
    size: [u32; 2],
}

impl Renderer {
    pub fn new(window: WindowContext, config: GraphicsConfig) -> Result<Self, OpenGlError> {
        let context = window.gl_context().ok_or(OpenGlError::NoContext)?;
        unsafe {
            context.make_current()?;
        }

        let glow_context = Arc::new(unsafe {
            egui_glow::glow::Context::from_loader_function_cstr(|s| context.get_proc_address(s))
        });

        let painter = egui_glow::Painter::new(
            Arc::clone(&glow_context),
            "",
            config.shader_version,
            config.dithering,
        )
        .map_err(OpenGlError::CreatePainter)?;

        let keeps = keep_pictures(&context);
        #[cfg(target_os = "linux")]
        super::loaded::stay_loaded();

        unsafe {
            context.make_not_current()?;
        }

        Ok(Self {
            glow_context,
            painter,
            keeps,
            last: None,
        })
    }

    pub fn max_texture_side(&self) -> usize {
        self.painter.max_texture_side()
    }

    /// The window no longer shows the last picture: the next one is drawn whole.
    pub fn forget(&mut self) {
        self.last = None;
    }

    /// Draws what differs from the last picture, or all of it. Returns whether anything did.
    pub fn render(
        &mut self,
        window: &WindowContext,
        clear_color: egui::Rgba,
        physical_size: PhysicalSize<u32>,
        pixels_per_point: f32,
        egui_ctx: &mut egui::Context,
        full_output: &mut FullOutput,
    ) -> bool {
        let size = [physical_size.width, physical_size.height];
        let shapes = std::mem::take(&mut full_output.shapes);
        let textures_delta = &mut full_output.textures_delta;

        let areas = self.areas(&shapes, textures_delta, clear_color, pixels_per_point, size);
        if areas.as_ref().is_some_and(Vec::is_empty)
            && textures_delta.set.is_empty()
            && textures_delta.free.is_empty()
        {
            return false;
        }

        let context = window
            .gl_context()
            .expect("failed to get baseview gl context");
        unsafe {
            context.make_current().unwrap();
        }

        #[expect(clippy::iter_over_hash_type)] // Order doesn't matter here
        for (id, image_deltas) in textures_delta.set.drain() {
            for image_delta in image_deltas {
                self.painter.set_texture(id, &image_delta);
            }
        }

        let is_drawn = areas.as_ref().is_none_or(|areas| !areas.is_empty());
        if is_drawn {
            self.clear(clear_color, areas.as_deref(), size[1]);
            let parts = match &areas {
                Some(areas) => areas
                    .iter()
                    .flat_map(|area| damage::within(&shapes, *area, pixels_per_point))
                    .collect(),
                None if self.keeps => shapes.clone(),
                None => Vec::new(),
            };
            let parts = if self.keeps {
                self.last = Some(Last {
                    shapes,
                    ground: clear_color,
                    pixels_per_point,
                    size,
                });
                parts
            } else {
                shapes
            };
            let clipped_primitives = egui_ctx.tessellate(parts, pixels_per_point);
            self.painter
                .paint_primitives(size, pixels_per_point, &clipped_primitives);
        }

        #[expect(clippy::iter_over_hash_type)] // Order doesn't matter here
        for id in textures_delta.free.drain() {
            self.painter.free_texture(id);
        }

        unsafe {
            if is_drawn {
                context.swap_buffers().unwrap();
            }
            context.make_not_current().unwrap();
        }
        is_drawn
    }

    /// What has to be drawn; `None` is everything.
    fn areas(
        &self,
        shapes: &[ClippedShape],
        textures_delta: &egui::TexturesDelta,
        ground: Rgba,
        pixels_per_point: f32,
        size: [u32; 2],
    ) -> Option<Vec<Area>> {
        let last = self.last.as_ref()?;
        if (last.ground, last.pixels_per_point, last.size) != (ground, pixels_per_point, size) {
            return None;
        }
        // Letters that are drawn already stay as they are when others join them.
        let renewed = textures_delta.set.keys().copied();
        let renewed: Vec<_> = renewed.filter(|id| *id != TextureId::default()).collect();
        let areas = damage::changed(&last.shapes, shapes, &renewed, pixels_per_point, size);
        let pixels: i64 = areas.iter().map(|area| area.pixels()).sum();
        let whole = i64::from(size[0]) * i64::from(size[1]);
        (pixels * 100 <= whole * PART).then_some(areas)
    }

    /// Lays the ground of what is drawn, which is everything where there are no `areas`.
    fn clear(&self, ground: Rgba, areas: Option<&[Area]>, height: u32) {
        use egui_glow::glow::{COLOR_BUFFER_BIT, HasContext as _, SCISSOR_TEST};
        let gl = &self.glow_context;
        unsafe {
            gl.clear_color(ground.r(), ground.g(), ground.b(), ground.a());
            let Some(areas) = areas else {
                return gl.clear(COLOR_BUFFER_BIT);
            };
            gl.enable(SCISSOR_TEST);
            for area in areas {
                let (width, high) = (area.right - area.left, area.bottom - area.top);
                // From the bottom.
                gl.scissor(area.left, height as i32 - area.bottom, width, high);
                gl.clear(COLOR_BUFFER_BIT);
            }
            gl.disable(SCISSOR_TEST);
        }
    }
}

impl Drop for Renderer {
    fn drop(&mut self) {
        self.painter.destroy()
    }
}
