//! Figures in columns: one for each of what is compared, a row for each figure.

use std::fmt::Write as _;

/// What stands where nothing was measured.
pub const NOTHING: &str = "–";

/// Rows of a name and as many cells as there are columns.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// Adds a row of cells.
    pub fn push(&mut self, name: impl Into<String>, cells: Vec<String>) {
        self.rows.push((name.into(), cells));
    }

    /// Adds a row with a figure of each column's subject. A row without a single figure was not asked for, and is left out.
    pub fn row<T>(&mut self, name: &str, columns: &[T], figure: impl Fn(&T) -> Option<String>) {
        let figures: Vec<_> = columns.iter().map(figure).collect();
        if figures.iter().any(Option::is_some) {
            let shown = figures
                .into_iter()
                .map(|figure| figure.unwrap_or_else(|| NOTHING.into()));
            self.push(name, shown.collect());
        }
    }

    /// Columns as wide as their widest cell; figures end where their column ends.
    pub fn text(&self) -> String {
        let length = |text: &String| text.chars().count();
        let names = self.rows.iter().map(|(name, _)| length(name));
        let first = names.max().unwrap_or(0);
        let cells = self.rows.iter().flat_map(|(_, cells)| cells);
        let width = cells.map(length).max().unwrap_or(0);
        let mut text = String::new();
        for (name, cells) in &self.rows {
            let mut line = format!("  {name:<first$}");
            for cell in cells {
                // Writing to a string does not fail.
                let _ = write!(line, "  {cell:>width$}");
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// A share as people read it.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        ..9.95 => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}
