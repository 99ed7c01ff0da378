//! The time that files in an archive bear: that of the source, never that of the build.

use anyhow::{Context, Result};
use zip::DateTime;

use crate::workspace::Workspace;

/// 1 January 1980, the earliest that a zip can say.
const EARLIEST: u64 = 315_532_800;
const SECONDS_PER_DAY: u64 = 86_400;

/// Seconds since 1970: `SOURCE_DATE_EPOCH` where it is set, else the time of the commit, else 1980.
///
/// # Errors
/// Where `SOURCE_DATE_EPOCH` is no number.
pub fn of_source(workspace: &Workspace) -> Result<u64> {
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        let seconds = text.parse::<u64>();
        let seconds = seconds.with_context(|| {
            format!("SOURCE_DATE_EPOCH is `{text}`, expected seconds since 1970")
        })?;
        return Ok(seconds.max(EARLIEST));
    }
    let git = std::process::Command::new("git")
        .args(["log", "-1", "--format=%ct"])
        .current_dir(&workspace.root)
        .output();
    let committed = git
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .and_then(|text| text.trim().parse::<u64>().ok());
    Ok(committed.unwrap_or(EARLIEST).max(EARLIEST))
}

/// The same time as a zip says it, in UTC.
///
/// # Errors
/// Where it is not between 1980 and 2107.
pub fn zip_time(seconds: u64) -> Result<DateTime> {
    let (year, month, day) = civil(seconds / SECONDS_PER_DAY);
    let rest = seconds % SECONDS_PER_DAY;
    let part = |value: u64| u8::try_from(value).context("no time of a day");
    let year = u16::try_from(year).context("a year after 65535")?;
    DateTime::from_date_and_time(
        year,
        part(month)?,
        part(day)?,
        part(rest / 3600)?,
        part(rest / 60 % 60)?,
        part(rest % 60)?,
    )
    .ok()
    .with_context(|| format!("a zip cannot say the year {year}"))
}

/// Year, month and day of a day after 1 January 1970, in years that begin in March and eras of 400 of them.
fn civil(day: u64) -> (u64, u64, u64) {
    let since_era_0 = day + 719_468;
    let (era, of_era) = (since_era_0 / 146_097, since_era_0 % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(EARLIEST / SECONDS_PER_DAY), (1980, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(11_017), (2000, 3, 1));
        assert_eq!(civil(20_453), (2025, 12, 31));
    }

    #[test]
    fn a_zip_says_the_time_in_utc() {
        let time = zip_time(1_700_000_000).unwrap();
        assert_eq!(
            (
                time.year(),
                time.month(),
                time.day(),
                time.hour(),
                time.minute(),
                time.second()
            ),
            (2023, 11, 14, 22, 13, 20)
        );
        assert!(zip_time(0).is_err());
    }
}
