//! Names out of a file as they are printed: short, and of nothing that moves a cursor or ends a line.

/// Characters of a name that are shown.
const MOST: usize = 80;

/// `name` as a message shows it: escaped, and cut where it is long.
pub fn printed(name: &str) -> String {
    let mut shown = escaped(&name.chars().take(MOST).collect::<String>());
    if name.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// `text` escaped as [`printed`] does, and whole.
pub fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for letter in text.chars() {
        match letter {
            // Quotes say nothing wrong by themselves.
            '\'' | '"' => shown.push(letter),
            // Written from right to left, or not at all: what follows would not be where it is read.
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                shown.extend(letter.escape_unicode());
            }
            _ => shown.extend(letter.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::printed;

    #[test]
    fn names_are_escaped_and_cut() {
        assert_eq!(printed("/enc/Conv_0.out"), "/enc/Conv_0.out");
        assert_eq!(printed("größe 層"), "größe 層");
        assert_eq!(printed("a\u{1b}[31m\r\nb"), "a\\u{1b}[31m\\r\\nb");
        assert_eq!(printed("\u{202e}x"), "\\u{202e}x");
        let long = printed(&"x".repeat(300));
        assert_eq!(long.chars().count(), 81);
        assert!(long.ends_with('…'));
    }
}
