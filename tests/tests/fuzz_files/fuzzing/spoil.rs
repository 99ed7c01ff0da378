//! Ways to spoil a text.

use rand::{Rng, RngExt};

/// Values that stand at the edges of something.
const VALUES: [&str; 40] = [
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "0.5",
    "1.5",
    "1e-45",
    "1e-60",
    "1e38",
    "1e39",
    "1e300",
    "1e400",
    "-1e400",
    ".nan",
    ".inf",
    "-.inf",
    "nan",
    "NaN",
    "inf",
    "null",
    "~",
    "true",
    "no",
    "\"\"",
    "''",
    "[]",
    "{}",
    "[1, 2, 3]",
    "{a: 1}",
    "0x10",
    "0o17",
    "1_000",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "0,5",
];
/// Letters that text tools stumble over.
const LETTERS: [&str; 24] = [
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\0",
    "\t",
    "\r",
    "\r\n",
    "\n",
    "\u{202e}",
    "\u{200d}",
    "é",
    "漢",
    "🥁",
    "\"",
    "'",
    ":",
    "#",
    "&a ",
    "*a",
    "<<: ",
    "- ",
    "---\n",
    "!!binary ",
    "\\u0000",
];
/// Most pieces of a file that are spoilt at once.
const MOST: usize = 4;
/// Longest spoilt file, in bytes.
const LONGEST: usize = 64 << 10;

/// One of the sources, spoilt.
pub fn spoilt(sources: &[String], random: &mut impl Rng) -> Vec<u8> {
    let mut text = pick(sources, random).clone();
    for _ in 0..random.random_range(1..=MOST) {
        text = once(&text, sources, random);
        if text.len() > LONGEST {
            text = cut(&text, LONGEST).to_owned();
        }
    }
    let mut bytes = text.into_bytes();
    // Some are spoilt below their letters, too.
    if random.random_ratio(1, 8) && !bytes.is_empty() {
        for _ in 0..random.random_range(1..=3) {
            let place = random.random_range(0..bytes.len());
            bytes[place] ^= 1 << random.random_range(0..8);
        }
    }
    bytes
}

fn once(text: &str, sources: &[String], random: &mut impl Rng) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let line = random.random_range(0..lines.len().max(1));
    match random.random_range(0..14) {
        0 if !lines.is_empty() => {
            lines.remove(line);
        }
        1 if !lines.is_empty() => lines.insert(line, lines[line]),
        2 if !lines.is_empty() => {
            let other = random.random_range(0..lines.len());
            lines.swap(line, other);
        }
        3 => {
            // The beginning of one and the end of another.
            let other = pick(sources, random);
            let begun = cut(text, random.random_range(0..=text.len()));
            let end = other.len() - cut(other, random.random_range(0..=other.len())).len();
            return format!("{begun}{}", &other[boundary(other, end)..]);
        }
        4 => return cut(text, random.random_range(0..=text.len())).to_owned(),
        5 => {
            // A line of another.
            let other: Vec<&str> = pick(sources, random).lines().collect();
            if !other.is_empty() {
                let found = other[random.random_range(0..other.len())].to_owned();
                let mut owned: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
                owned.insert(line.min(owned.len()), found);
                return owned.join("\n") + "\n";
            }
        }
        6 => {
            // A piece many times over.
            let count = random.random_range(2..300);
            let from = line.min(lines.len());
            let to = (from + random.random_range(1..4)).min(lines.len());
            let piece = lines[from..to].join("\n") + "\n";
            let head = lines[..from].join("\n");
            return format!(
                "{head}\n{}{}\n",
                piece.repeat(count),
                lines[to..].join("\n")
            );
        }
        7 => {
            let place = boundary(text, random.random_range(0..=text.len()));
            let letter = LETTERS[random.random_range(0..LETTERS.len())];
            return format!("{}{letter}{}", &text[..place], &text[place..]);
        }
        8 => {
            // Deep nesting.
            let depth = random.random_range(1..400);
            let (open, close) = [("[", "]"), ("{a: ", "}"), ("- ", "")][random.random_range(0..3)];
            let place = boundary(text, random.random_range(0..=text.len()));
            let nested = open.repeat(depth) + &close.repeat(depth);
            return format!("{}{nested}{}", &text[..place], &text[place..]);
        }
        9 => {
            let spaces = " ".repeat(random.random_range(0..9));
            let owned: Vec<String> = lines
                .iter()
                .enumerate()
                .map(|(index, found)| match index == line {
                    true => format!("{spaces}{found}"),
                    false => (*found).to_owned(),
                })
                .collect();
            return owned.join("\n") + "\n";
        }
        // Words become other words or values: what a file holds most of.
        _ => return with_word_replaced(text, sources, random),
    }
    lines.join("\n") + "\n"
}

/// A key or value in place of another, or misspelt.
fn with_word_replaced(text: &str, sources: &[String], random: &mut impl Rng) -> String {
    let words = words(text);
    if words.is_empty() {
        return text.to_owned();
    }
    let (from, to) = words[random.random_range(0..words.len())];
    let word = &text[from..to];
    let instead = match random.random_range(0..4) {
        0 => {
            let other = pick(sources, random);
            let others = self::words(other);
            match others.len() {
                0 => String::new(),
                count => {
                    let (from, to) = others[random.random_range(0..count)];
                    other[from..to].to_owned()
                }
            }
        }
        1 => {
            // Two letters change places, one is doubled, or one is of the other case.
            let mut letters: Vec<char> = word.chars().collect();
            let place = random.random_range(0..letters.len());
            match random.random_range(0..3) {
                0 => letters.insert(place, letters[place]),
                1 => letters.swap(place, 0),
                _ => letters[place] = letters[place].to_ascii_uppercase(),
            }
            letters.into_iter().collect()
        }
        _ => VALUES[random.random_range(0..VALUES.len())].to_owned(),
    };
    format!("{}{instead}{}", &text[..from], &text[to..])
}

/// Where words and numbers begin and end.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_word = |letter: char| letter.is_alphanumeric() || "-_.+%°".contains(letter);
    let mut words = Vec::new();
    let mut begun = None;
    for (place, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_word(letter), begun) {
            (true, None) => begun = Some(place),
            (false, Some(from)) => {
                words.push((from, place));
                begun = None;
            }
            _ => {}
        }
    }
    words
}

fn pick<'a>(sources: &'a [String], random: &mut impl Rng) -> &'a String {
    &sources[random.random_range(0..sources.len())]
}

/// At most so many bytes of the beginning.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..boundary(text, bytes)]
}

fn boundary(text: &str, bytes: usize) -> usize {
    let mut place = bytes.min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}
