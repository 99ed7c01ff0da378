//! A page whose parts between `<!-- begin NAME -->` and `<!-- end NAME -->` are written by a program.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The page, as it will be written.
pub struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("could not read {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }

    /// Puts `content` between the markers of part `name`.
    ///
    /// # Errors
    /// Where the page lacks a marker.
    pub fn replace(&mut self, name: &str, content: &str) -> Result<()> {
        let [begin, end] = ["begin", "end"].map(|side| format!("<!-- {side} {name} -->"));
        let place = |marker: &str| self.text.find(marker);
        let (Some(first), Some(last)) = (place(&begin), place(&end)) else {
            bail!("{} lacks `{begin}` or `{end}`", self.path.display());
        };
        if last < first {
            bail!("{}: `{end}` stands before `{begin}`", self.path.display());
        }
        let content = format!("\n{}\n", content.trim_end());
        self.text.replace_range(first + begin.len()..last, &content);
        Ok(())
    }

    pub fn write(&self) -> Result<()> {
        std::fs::write(&self.path, &self.text)
            .with_context(|| format!("could not write {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_the_markers_changes() {
        let mut page = Page {
            path: "page.md".into(),
            text: "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n<!-- begin y --><!-- end y -->\n"
                .into(),
        };
        page.replace("x", "new\nlines\n").unwrap();
        page.replace("y", "one").unwrap();
        page.replace("x", "newer").unwrap();
        assert_eq!(
            page.text,
            "a\n<!-- begin x -->\nnewer\n<!-- end x -->\nb\n<!-- begin y -->\none\n<!-- end y -->\n"
        );
        assert!(page.replace("z", "").is_err());
    }
}
