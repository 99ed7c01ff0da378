//! Whole numbers as options, with what is counted in the complaint.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use anyhow::{Result, anyhow};

/// A reader of whole numbers within `range`, of `what` there are (`samples`; empty for numbers that count nothing).
pub(super) fn whole<T>(
    range: RangeInclusive<T>,
    what: &'static str,
) -> impl Fn(&str) -> Result<T> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.trim().parse().ok();
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let of = if what.is_empty() { "" } else { " of " };
                anyhow!(
                    "expected a whole number{of}{what} from {} to {}",
                    range.start(),
                    range.end()
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_out_of_its_range_is_told_range_and_unit() {
        let block = whole(1..=1_024_u32, "samples");
        assert_eq!(block("64").unwrap(), 64);
        for text in ["0", "-1", "1025", "1.5", "99999999999999999999", "many", ""] {
            let said = block(text).unwrap_err().to_string();
            assert_eq!(said, "expected a whole number of samples from 1 to 1024");
        }
        let seed = whole(0..=9_u64, "");
        assert_eq!(
            seed("10").unwrap_err().to_string(),
            "expected a whole number from 0 to 9"
        );
    }
}
