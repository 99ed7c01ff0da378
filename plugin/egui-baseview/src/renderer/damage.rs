//! What changed from one picture to the next, as rectangles of pixels: no more than that needs to be drawn where the last picture is still there.

use egui::epaint::{ClippedShape, TextShape};
use egui::{Rect, Shape, TextureId, pos2};

/// What a shape may cover beyond its own outline: half a pixel of feathering, and roundings to whole ones.
const MARGIN_PIXELS: f32 = 2.0;
/// How far a shape is looked for that was taken for another.
const LOOK_AHEAD: usize = 24;
/// No more rectangles than that: each has draw calls of its own.
const MOST: usize = 10;
/// Pixels that may be drawn in vain for one rectangle less.
const WASTE: i64 = 6_000;

/// A rectangle of whole pixels, from the left and the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Area {
    /// The pixels that `rect`, in points, touches in a picture of that width and height. `None` where that is none.
    fn touched(rect: Rect, pixels_per_point: f32, size: [u32; 2]) -> Option<Self> {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(size[0] as f32, size[1] as f32));
        let rect = (rect * pixels_per_point).intersect(whole);
        let area = Self {
            left: rect.left().floor() as i32,
            top: rect.top().floor() as i32,
            right: rect.right().ceil() as i32,
            bottom: rect.bottom().ceil() as i32,
        };
        (area.left < area.right && area.top < area.bottom).then_some(area)
    }

    /// In points.
    pub fn rect(self, pixels_per_point: f32) -> Rect {
        let corner = |x: i32, y: i32| pos2(x as f32, y as f32) / pixels_per_point;
        Rect::from_min_max(corner(self.left, self.top), corner(self.right, self.bottom))
    }

    pub fn pixels(self) -> i64 {
        i64::from(self.right - self.left) * i64::from(self.bottom - self.top)
    }

    fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn overlaps(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Pixels that are drawn in vain where both are drawn as one.
    fn waste(self, other: Self) -> i64 {
        self.with(other).pixels() - self.pixels() - other.pixels()
    }
}

/// Areas that do not overlap.
#[derive(Default)]
struct Areas(Vec<Area>);

impl Areas {
    fn add(&mut self, mut area: Area) {
        let mut place = 0;
        while let Some(&other) = self.0.get(place) {
            if area.overlaps(other) || area.waste(other) <= WASTE {
                area = area.with(other);
                self.0.swap_remove(place);
                // It may reach those now that it did not.
                place = 0;
            } else {
                place += 1;
            }
        }
        self.0.push(area);
        if self.0.len() > MOST {
            self.join();
        }
    }

    /// Makes one of the two that waste the least together.
    fn join(&mut self) {
        let count = self.0.len();
        let pairs =
            (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
        let least = pairs.min_by_key(|&(first, second)| self.0[first].waste(self.0[second]));
        if let Some((first, second)) = least {
            // The later one first, so that the other's place holds.
            let both = self.0.swap_remove(second).with(self.0.swap_remove(first));
            self.add(both);
        }
    }
}

/// Where the picture of `after` differs from that of `before`; `renewed` says which textures have other contents.
///
/// Shapes that are in both in the same order paint the same pixels, wherever no other shape lies. So any way to pair them off is right, and a
/// better one has less to draw.
pub fn changed(
    before: &[ClippedShape],
    after: &[ClippedShape],
    renewed: &[TextureId],
    pixels_per_point: f32,
    size: [u32; 2],
) -> Vec<Area> {
    let mut areas = Areas::default();
    let mut add = |shape: &ClippedShape| {
        let touched = bounds(shape, pixels_per_point);
        let touched = touched.and_then(|rect| Area::touched(rect, pixels_per_point, size));
        if let Some(area) = touched {
            areas.add(area);
        }
    };
    let (mut old, mut new) = (0, 0);
    while old < before.len() || new < after.len() {
        let (gone, come) = apart(&before[old..], &after[new..]).unwrap_or((
            // Nothing near: those at the beginnings have changed, and what follows is looked at next.
            usize::from(old < before.len()),
            usize::from(new < after.len()),
        ));
        before[old..old + gone].iter().for_each(&mut add);
        after[new..new + come].iter().for_each(&mut add);
        (old, new) = (old + gone, new + come);
        while let (Some(one), Some(other)) = (before.get(old), after.get(new))
            && is_same(one, other)
        {
            if !renewed.is_empty() && shows_any(&other.shape, renewed) {
                add(other);
            }
            (old, new) = (old + 1, new + 1);
        }
    }
    areas.0
}

/// The shapes that may be seen in `area`, and no more of them than that.
pub fn within(shapes: &[ClippedShape], area: Area, pixels_per_point: f32) -> Vec<ClippedShape> {
    let rect = area.rect(pixels_per_point);
    let seen = shapes.iter().filter(|shape| {
        bounds(shape, pixels_per_point).is_some_and(|bounds| bounds.intersects(rect))
    });
    seen.map(|shape| ClippedShape {
        clip_rect: shape.clip_rect.intersect(rect),
        shape: shape.shape.clone(),
        transform_after_tessellation: shape.transform_after_tessellation,
    })
    .collect()
}

/// Where a shape may be seen, in points.
fn bounds(shape: &ClippedShape, pixels_per_point: f32) -> Option<Rect> {
    let margin = MARGIN_PIXELS / pixels_per_point;
    let outline = shape.transform_after_tessellation * shape.shape.visual_bounding_rect();
    let bounds = outline
        .expand(margin)
        .intersect(shape.clip_rect.expand(margin));
    bounds.is_positive().then_some(bounds)
}

/// How many of `before` have gone and how many of `after` have come until both go on alike, if they do so soon.
fn apart(before: &[ClippedShape], after: &[ClippedShape]) -> Option<(usize, usize)> {
    let ways = (0..=LOOK_AHEAD).flat_map(|both| (0..=both).map(move |gone| (gone, both - gone)));
    let mut ways = ways.filter(|&(gone, come)| gone <= before.len() && come <= after.len());
    ways.find(|&(gone, come)| match (before.get(gone), after.get(come)) {
        (Some(old), Some(new)) => is_same(old, new),
        (None, None) => true,
        _ => false,
    })
}

fn is_same(one: &ClippedShape, other: &ClippedShape) -> bool {
    one.clip_rect == other.clip_rect
        && one.transform_after_tessellation == other.transform_after_tessellation
        && match (&one.shape, &other.shape) {
            (Shape::Text(one), Shape::Text(other)) => is_same_text(one, other),
            // What it draws is not known.
            (Shape::Callback(_), _) => false,
            (one, other) => one == other,
        }
}

/// Texts are laid out once and shared: to compare letters is seldom needed.
fn is_same_text(one: &TextShape, other: &TextShape) -> bool {
    let placed = |text: &TextShape| {
        (
            text.pos,
            text.underline,
            text.fallback_color,
            text.override_text_color,
            text.opacity_factor,
            text.angle,
        )
    };
    placed(one) == placed(other)
        && (std::sync::Arc::ptr_eq(&one.galley, &other.galley) || one.galley == other.galley)
}

fn shows_any(shape: &Shape, textures: &[TextureId]) -> bool {
    match shape {
        Shape::Vec(shapes) => shapes.iter().any(|shape| shows_any(shape, textures)),
        shape => textures.contains(&shape.texture_id()),
    }
}
