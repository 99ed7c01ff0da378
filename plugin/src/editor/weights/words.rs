//! Tensors and their sizes in words.

use crate::report::layout::WeightLayout;

/// What tensor number `number` is called.
pub fn tensor(number: i32, tensor: Option<&WeightLayout>) -> String {
    match tensor {
        Some(tensor) if !tensor.name.is_empty() => format!("{number}  {}", tensor.name),
        _ => format!("Tensor {number}"),
    }
}

/// Its whole name and its size, for a tip.
pub fn full(tensor: Option<&WeightLayout>) -> String {
    match tensor {
        Some(tensor) if tensor.name.is_empty() => points(tensor.points),
        Some(tensor) => format!("{}, {}", tensor.name, points(tensor.points)),
        None => String::new(),
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
