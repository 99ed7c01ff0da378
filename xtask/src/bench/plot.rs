//! One plot for each sweep: what it takes of a core, a curve for each mode.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::measure::{Curves, MODES, Point, Sweep};

const SIZE: (u32, u32) = (720, 400);
const FONT: &str = "sans-serif";
const TEXT: f64 = 18.0;
const INK: RGBColor = RGBColor(40, 40, 40);
const GRID: RGBColor = RGBColor(225, 225, 225);
/// Of each mode: apart for every eye, and dark enough on white (Okabe and Ito's palette).
const COLOURS: [RGBColor; 4] = [
    RGBColor(204, 121, 167),
    RGBColor(213, 94, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
];
const RADIUS: i32 = 4;
/// Between the end of a curve and its name.
const GAP: i32 = 10;
/// Height of a line of text: names are no closer than that.
const LINE: i32 = 19;

/// Writes the plot as SVG.
pub fn draw(path: &Path, sweep: &Sweep, curves: &Curves) -> Result<()> {
    // The machine may have no font at all; what is written is text, set by whoever shows it.
    register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT)
        .map_err(|_| anyhow!("the built-in font could not be read"))?;
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let points = || curves.iter().flatten();
    let largest_x = points().map(|point| point.x).max().unwrap_or(1);
    let largest = points().map(|point| point.core_percent).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(&root)
        .margin(14)
        .margin_right(90)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..f64::from(largest_x), 0.0..1.08 * largest)?;
    let text = (FONT, TEXT).into_font().color(&INK);
    chart
        .configure_mesh()
        .max_light_lines(0)
        .bold_line_style(GRID)
        .axis_style(INK)
        .label_style(text.clone())
        .x_desc(sweep.title())
        .y_desc(match sweep {
            Sweep::Instances(_) => "% of one core, all instances",
            _ => "% of one core, worker",
        })
        .x_labels(sweep.numbers().len().min(10))
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()?;
    for (points, colour) in curves.iter().zip(COLOURS) {
        let line = points.iter().map(place);
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2)))?;
        // Hollow where hops came late.
        chart.draw_series(points.iter().map(|point| {
            let late = point.late_percent > 0.0;
            let fill = if late { WHITE } else { colour };
            EmptyElement::at(place(point))
                + Circle::new((0, 0), RADIUS, fill.filled())
                + Circle::new((0, 0), RADIUS, colour.stroke_width(2))
        }))?;
    }
    let ends = curves
        .iter()
        .map(|points| points.last().map_or((0.0, 0.0), place));
    let ends: Vec<_> = ends.map(|end| chart.backend_coord(&end)).collect();
    for ((mode, colour), (x, y)) in MODES.iter().zip(COLOURS).zip(apart(&ends)) {
        let anchor = Pos::new(HPos::Left, VPos::Center);
        let style = (FONT, TEXT).into_font().color(&colour).pos(anchor);
        root.draw(&Text::new(*mode, (x + GAP, y), style))?;
    }
    root.present()
        .with_context(|| format!("could not write {}", path.display()))
}

fn place(point: &Point) -> (f64, f64) {
    (f64::from(point.x), point.core_percent)
}

/// The places of names beside the ends of curves, moved up and down until none covers another.
fn apart(ends: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let mut order: Vec<usize> = (0..ends.len()).collect();
    // From the bottom up: the axis leaves no room below.
    order.sort_by_key(|&curve| std::cmp::Reverse(ends[curve].1));
    let mut places = ends.to_vec();
    for pair in order.windows(2) {
        let (below, above) = (places[pair[0]].1, &mut places[pair[1]].1);
        *above = (*above).min(below - LINE);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_curves_that_end_together_are_a_line_apart() {
        assert_eq!(
            apart(&[(0, 100), (0, 101), (0, 20)]),
            [(0, 101 - LINE), (0, 101), (0, 20)]
        );
    }

    #[test]
    fn a_plot_is_text_and_curves_of_every_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plot.svg");
        let curve = |slope: f64| {
            let point = |x| Point {
                x,
                core_percent: slope * f64::from(x),
                late_percent: f64::from(x / 8),
            };
            (0..=8).map(point).collect::<Vec<_>>()
        };
        let sweep = Sweep::Slots((0..=8).collect());
        draw(
            &path,
            &sweep,
            &vec![curve(5.0), curve(3.0), curve(1.0), curve(0.99)],
        )
        .unwrap();
        let svg = std::fs::read_to_string(path).unwrap();
        for expected in [
            "<svg",
            "polyline",
            "direct",
            "live",
            "tight",
            "studio",
            "active bends",
        ] {
            assert!(svg.contains(expected), "no `{expected}` in {svg}");
        }
        assert!(!svg.contains("NaN"));
    }
}
