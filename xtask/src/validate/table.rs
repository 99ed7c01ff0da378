//! What validators said, as one table.

/// One validator's verdict on one format.
pub struct Row {
    /// The validator.
    pub tool: &'static str,
    /// Its version.
    pub version: String,
    /// The plugin's format.
    pub format: &'static str,
    /// What it said.
    pub verdict: Verdict,
}

/// What a validator said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Tests passed.
    pub passed: usize,
    /// Tests failed, crashes among them.
    pub failed: usize,
    /// Tests left out, as they do not apply.
    pub skipped: usize,
    /// Warnings.
    pub warnings: usize,
    /// Lines marked as errors, of whatever test.
    pub errors: usize,
    /// What failed and what was warned of, in the validator's words.
    pub faults: Vec<String>,
}

impl Verdict {
    /// Whether anything failed.
    pub fn is_faulty(&self) -> bool {
        self.failed > 0 || self.errors > 0
    }
}

/// The table as people read it.
pub fn draw(rows: &[Row]) -> String {
    const HEADS: [&str; 8] = [
        "tool",
        "version",
        "format",
        "passed",
        "failed",
        "skipped",
        "warnings",
        "ERROR lines",
    ];
    let mut cells = vec![HEADS.map(String::from)];
    cells.extend(rows.iter().map(|row| {
        let verdict = &row.verdict;
        let [passed, failed, skipped, warnings, errors] = [
            verdict.passed,
            verdict.failed,
            verdict.skipped,
            verdict.warnings,
            verdict.errors,
        ]
        .map(|count| count.to_string());
        let (tool, format) = (String::from(row.tool), String::from(row.format));
        let version = row.version.clone();
        [
            tool, version, format, passed, failed, skipped, warnings, errors,
        ]
    }));
    let widths: [usize; HEADS.len()] = std::array::from_fn(|column| {
        let lengths = cells.iter().map(|row| row[column].len());
        lengths.max().unwrap_or(0)
    });
    let line = |row: &[String; HEADS.len()]| {
        let padded = row.iter().zip(widths).enumerate();
        let words = padded.map(|(column, (cell, width))| match column {
            0..3 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        format!("| {} |", words.collect::<Vec<_>>().join(" | "))
    };
    let rule = widths.map(|width| "-".repeat(width));
    let mut lines: Vec<String> = cells.iter().map(line).collect();
    lines.insert(1, line(&rule));
    lines.join("\n")
}
