//! Tensors and their sizes in words.

use crate::report::layout::WeightLayout;

/// What tensor number `number` is called.
pub fn tensor(number: i32, tensor: Option<&WeightLayout>) -> String {
    match tensor {
        Some(tensor) if !tensor.name.is_empty() => format!("{number}  {}", tensor.name),
        _ => format!("Tensor {number}"),
    }
}

/// What it does, short enough for a line of a menu: `kernel, layer 2`.
pub fn short(tensor: Option<&WeightLayout>) -> String {
    tensor.map_or_else(String::new, |tensor| {
        format!("{}, {}", tensor.role.part, tensor.role.place())
    })
}

/// What it does: `Layer 2: kernel of the transposed convolution, 128 to 64 features`. The typeface has no arrow.
pub fn role(tensor: &WeightLayout) -> String {
    let words = tensor.role.to_string().replace('→', "to");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}", first.to_uppercase(), letters.as_str()),
        None => words,
    }
}

/// Its whole name, what it does and its size, for a tip.
pub fn full(tensor: Option<&WeightLayout>) -> String {
    let Some(tensor) = tensor else {
        return String::new();
    };
    let words = format!("{}\n{}", role(tensor), points(tensor.points));
    match tensor.name.as_str() {
        "" => words,
        name => format!("{name}\n{words}"),
    }
}

/// `4 608 points`.
pub fn points(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} point{plural}", number(count))
}

/// `4 608`.
pub fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{2009}'); // a thin space
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_grouped_by_thousands() {
        assert_eq!(points(1), "1 point");
        assert_eq!(number(999), "999");
        assert_eq!(points(1_234_567), "1\u{2009}234\u{2009}567 points");
    }
}
