//! One page with all crates and their licence texts, each text once.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::crates::Crate;

/// A line between texts.
const RULE: &str = "========================================================================";

/// The page.
pub fn write(crates: &[Crate]) -> String {
    let mut page = String::from(
        "Netbend contains the crates of others below, none of them changed, under the licences named;\n\
         of two joined by OR it takes the permissive one, never the GPL.\n\
         After the list stand the texts of the licences, each with the crates that come with it.\n\n",
    );
    let width = |of: fn(&Crate) -> usize| crates.iter().map(of).max().unwrap_or(0);
    let names = width(|one| one.name.len());
    let expressions = width(|one| one.expression.len());
    for one in crates {
        let (name, expression) = (&one.name, &one.expression);
        let _ = writeln!(
            page,
            "{name:names$}  {expression:expressions$}  {}",
            one.source
        );
    }
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in crates {
        for text in &one.texts {
            let names = users.entry(text).or_default();
            if !names.contains(&one.name.as_str()) {
                names.push(&one.name);
            }
        }
    }
    let mut texts: Vec<_> = users.into_iter().collect();
    texts.sort_by(|(a_text, a), (b_text, b)| a.cmp(b).then(a_text.cmp(b_text)));
    for (text, names) in texts {
        let _ = write!(page, "\n{RULE}\n{}\n{RULE}\n\n{text}\n", names.join("\n"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_once_with_all_its_crates() {
        let one = |name: &str| Crate {
            name: name.into(),
            expression: "MIT".into(),
            source: format!("https://crates.io/crates/{name}"),
            texts: vec!["As is.".into()],
        };
        let page = write(&[one("a 1"), one("b 2")]);
        assert_eq!(page.matches("As is.").count(), 1, "{page}");
        assert!(page.contains("a 1\nb 2"), "{page}");
    }
}
