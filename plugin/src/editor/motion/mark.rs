//! What shows on a control that it moves: how far it may go, and where it is.

use egui::{CornerRadius, Painter, Rect, pos2};
use netbend_models::bends::modulation::{Polarity, Route, SOURCES};

use crate::editor::theme;

/// Places of a control that is moved, 0–1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    /// The lowest it may go.
    pub least: f32,
    /// The highest.
    pub most: f32,
    /// Where it is now.
    pub now: f32,
}

impl Moved {
    /// A control that is set to `base`, and what `routes` make of it.
    pub fn of<'a>(
        base: f32,
        routes: impl Iterator<Item = &'a Route>,
        values: &[f32; SOURCES],
    ) -> Self {
        let mut moved = Self {
            least: base,
            most: base,
            now: base,
        };
        for route in routes {
            let depth = route.depth;
            let (down, up) = match route.polarity {
                Polarity::Unipolar => (depth.min(0.0), depth.max(0.0)),
                Polarity::Bipolar => (-depth.abs(), depth.abs()),
            };
            moved.least += down;
            moved.most += up;
            moved.now += route.offset(values.get(route.from.index()).copied().unwrap_or(0.0));
        }
        Self {
            least: moved.least.clamp(0.0, 1.0),
            most: moved.most.clamp(0.0, 1.0),
            now: moved.now.clamp(0.0, 1.0),
        }
    }

    /// Draws it along the lower edge of a bar or track.
    pub fn along(&self, painter: &Painter, rect: Rect) {
        let x = |unit: f32| rect.left() + rect.width() * unit;
        let edge = Rect::from_min_max(
            pos2(x(self.least), rect.bottom() - 2.0),
            pos2(x(self.most), rect.bottom()),
        );
        let radius = CornerRadius::same(1);
        painter.rect_filled(edge, radius, theme::MOTION.gamma_multiply(0.6));
        let centre = x(self.now).clamp(rect.left() + 1.5, rect.right() - 1.5);
        let now = Rect::from_min_max(
            pos2(centre - 1.5, rect.top()),
            pos2(centre + 1.5, rect.bottom()),
        );
        painter.rect_filled(now, radius, theme::MOTION);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::bends::modulation::{Knob, Source, Target};

    #[test]
    fn a_control_shows_how_far_it_goes_and_where_it_is() {
        let route = |from, depth, polarity| Route {
            from,
            to: Target::new(Knob::Voice, 0).unwrap(),
            depth,
            polarity,
        };
        let routes = [
            route(Source::Lfo(0), 0.25, Polarity::Bipolar),
            route(Source::Macro(0), -0.5, Polarity::Unipolar),
        ];
        let mut values = [0.0; SOURCES];
        values[Source::Lfo(0).index()] = 1.0;
        values[Source::Macro(0).index()] = 0.5;
        let expected = Moved {
            least: 0.0,
            most: 0.75,
            now: 0.5,
        };
        assert_eq!(Moved::of(0.5, routes.iter(), &values), expected);
    }
}
