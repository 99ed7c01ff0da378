//! Lines that people write: names, descriptions.

/// What is not shown as a letter, or turns the direction of what follows. Tabs are blanks.
pub fn is_barred(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_break = matches!(letter, '\u{2028}' | '\u{2029}');
    turns || is_break || letter == '\u{feff}' || (letter.is_control() && letter != '\t')
}

/// The words of a text, a blank between two.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
