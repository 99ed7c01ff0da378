//! The texts of licences as SPDX has them, for what comes without a file of its own.

use anyhow::{Context, Result};
use spdx::{Expression, LicenseItem, ParseMode};

/// Where a text leaves a gap for year and holder.
const GAPS: [&str; 3] = [
    "<year> <copyright holders>",
    "<year> <owner>",
    "[yyyy] [name of copyright owner]",
];

/// The text of every licence that an expression names, with `holder` in its gaps.
///
/// # Errors
/// Where the expression or a licence is unknown.
pub fn texts_of(expression: &str, holder: &str) -> Result<Vec<String>> {
    let parsed = Expression::parse_mode(expression, ParseMode::LAX)
        .map_err(|error| anyhow::anyhow!("`{expression}`: {error}"))?;
    let mut names: Vec<&str> = Vec::new();
    for requirement in parsed.requirements() {
        if let LicenseItem::Spdx { id, .. } = requirement.req.license
            && !names.contains(&id.name)
        {
            names.push(id.name);
        }
    }
    names.iter().map(|name| text(name, holder)).collect()
}

/// The text of one licence, with `holder` in its gap.
///
/// # Errors
/// Where SPDX has no such licence.
pub fn text(name: &str, holder: &str) -> Result<String> {
    let id = spdx::license_id(name).with_context(|| format!("SPDX has no licence {name}"))?;
    let filled = GAPS
        .iter()
        .fold(id.text().to_owned(), |text, gap| text.replace(gap, holder));
    Ok(format!("{}\n", filled.trim_matches('\n')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_licence_of_an_expression_is_given() {
        let texts = texts_of("MIT/Apache-2.0", "Ada").unwrap();
        assert_eq!(texts.len(), 2);
        assert!(texts[0].contains("Copyright (c) Ada"), "{}", texts[0]);
        assert!(texts[1].contains("Apache License"));
        assert!(texts_of("Nobody-1.0", "Ada").is_err());
    }
}
