//! `--automate FILE.csv`: parameter values over time.
//!
//! ```csv
//! seconds,id,value
//! 0.0,slot_amount_1,0 %
//! 2.0,slot_amount_1,100 %
//! ```
//!
//! A header line is optional, `#` begins a comment. Values are written as the host shows them, as for
//! `--set`. Numbers that follow each other are joined by straight lines, sampled at every hop; switches
//! and choices step, and so does what has two values at one time. As spreadsheets write it, fields may be quoted and
//! separated by semicolons or tabs; then decimals may have a comma.

mod fields;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use netbend_dsp::number::nearest_f32;
use netbend_models::text::file::file_text;
use netbend_models::text::kind::said_of;
use netbend_models::text::nearest::quoted;

use crate::parameters::ParameterSet;
use fields::Separator;

/// More points than anybody draws.
const MOST_POINTS: usize = 200_000;
/// A day.
const MOST_SECONDS: f64 = 86_400.0;

/// Points of one parameter, in time order.
#[derive(Debug, Clone, PartialEq)]
struct Lane {
    id: String,
    /// `(seconds, normalised value)`.
    points: Vec<(f64, f32)>,
    steps: bool,
}

/// Every automated parameter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Automation {
    lanes: Vec<Lane>,
    /// What is worth a word.
    notes: Vec<String>,
}

impl Automation {
    pub(super) fn read(path: &Path, parameters: &ParameterSet) -> Result<Self> {
        let named = || path.display().to_string();
        let text = file_text(path, "an automation file").with_context(named)?;
        Self::parse(&text, parameters).with_context(named)
    }

    /// Reads the text of an automation file.
    ///
    /// # Errors
    /// The line of the first thing that is wrong, what was found and what was expected.
    pub fn parse(text: &str, parameters: &ParameterSet) -> Result<Self> {
        // A carriage return alone ends a line, too, as it did on old machines.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let plain = |line: &'_ str| line.split('#').next().unwrap_or("").trim().to_owned();
        let lines: Vec<(usize, String)> = (1..)
            .zip(text.lines().map(plain))
            .filter(|(_, line)| !line.is_empty())
            .collect();
        let Some((first, header)) = lines.first() else {
            bail!("no points found; expected lines of seconds,id,value");
        };
        let separator = Separator::of(header);
        let mut points: BTreeMap<String, Vec<(f64, f32)>> = BTreeMap::new();
        let mut in_own_units = BTreeMap::new();
        let mut count = 0;
        let mut notes = BTreeMap::new();
        for (number, line) in &lines {
            let mut parse = || -> Result<Option<(f64, String, f32)>> {
                let [seconds, id, value] = fields::split(line, separator)?;
                if number == first && is_header(&seconds, &id) {
                    return Ok(None);
                }
                let seconds = time(&seconds, separator)?;
                if id == "latency" {
                    bail!("the latency mode cannot be automated; set it with --set");
                }
                let value = separator.with_point(&value);
                let normalized = parameters.normalized(&id, &value)?;
                if let Some(transform) = parameters.transform_that_counts(&id, &value) {
                    in_own_units.entry(transform).or_insert(*number);
                }
                if let Some(note) = parameters.taken_as_percentage(&id, &value) {
                    notes.entry(id.clone()).or_insert(note);
                }
                Ok(Some((seconds, id, normalized)))
            };
            let parsed = parse().map_err(|error| {
                match said_of(&text).filter(|what| {
                    number == first && what.starts_with("this is a") && !what.contains("--automate")
                }) {
                    Some(what) => anyhow!("{what}; expected lines of seconds,id,value"),
                    None => error.context(format!("line {number}")),
                }
            })?;
            let Some((seconds, id, value)) = parsed else {
                continue;
            };
            count += 1;
            if count > MOST_POINTS {
                bail!(
                    "line {number}: more than {MOST_POINTS} points found; expected at most so many"
                );
            }
            let points = points.entry(id).or_default();
            add(points, seconds, value).with_context(|| format!("line {number}"))?;
        }
        if points.is_empty() {
            bail!("no points found; expected lines of seconds,id,value");
        }
        if let Some((id, line)) = in_own_units.iter().find(|(id, _)| points.contains_key(*id)) {
            bail!(
                "line {line}: a transform's own unit found while `{id}` is automated, too; give the knob's position in percent"
            );
        }
        let lanes = points.into_iter().map(|(id, points)| Lane {
            steps: parameters.is_stepped(&id),
            id,
            points,
        });
        Ok(Self {
            lanes: lanes.collect(),
            notes: notes.into_values().collect(),
        })
    }

    /// What is worth a word: bare numbers that were taken as percentages.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The parameters that move.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.lanes.iter().map(|lane| lane.id.as_str())
    }

    /// When the parameters have points that are `wanted`, in order, and the beginning.
    pub(super) fn times(&self, wanted: impl Fn(&str) -> bool) -> Vec<f64> {
        let lanes = self.lanes.iter().filter(|lane| wanted(&lane.id));
        let points = lanes.flat_map(|lane| lane.points.iter().map(|(seconds, _)| *seconds));
        let mut times: Vec<f64> = std::iter::once(0.0).chain(points).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    }

    /// The highest value of parameter `id`, normalised; `None` where it does not move.
    pub(super) fn highest(&self, id: &str) -> Option<f32> {
        let lane = self.lanes.iter().find(|lane| lane.id == id)?;
        lane.points.iter().map(|(_, value)| *value).reduce(f32::max)
    }

    /// How many points come after `seconds`.
    pub(super) fn points_after(&self, seconds: f64) -> usize {
        let late = |lane: &Lane| {
            let before = lane.points.partition_point(|(time, _)| *time <= seconds);
            lane.points.len() - before
        };
        self.lanes.iter().map(late).sum()
    }

    /// Sets every automated parameter to its value at `seconds`. Parameters keep their value before
    /// their first point.
    pub fn apply(&self, seconds: f64, parameters: &ParameterSet) {
        for lane in &self.lanes {
            if let Some(value) = lane.value(seconds) {
                parameters.set_normalized(&lane.id, value);
            }
        }
    }
}

/// Whether the first line names what stands beneath.
fn is_header(seconds: &str, id: &str) -> bool {
    seconds.parse::<f64>().is_err()
        && ["id", "parameter", "param"]
            .iter()
            .any(|name| id.eq_ignore_ascii_case(name))
}

fn time(text: &str, separator: Separator) -> Result<f64> {
    let written = separator.with_point(text);
    match written.parse() {
        Ok(seconds) if (0.0..=MOST_SECONDS).contains(&seconds) => Ok(seconds),
        _ => bail!(
            "time `{}` found; expected seconds from 0 to {MOST_SECONDS}",
            quoted(text)
        ),
    }
}

/// Adds a point behind those there are.
fn add(points: &mut Vec<(f64, f32)>, seconds: f64, value: f32) -> Result<()> {
    match points.as_slice() {
        [.., (previous, _)] if *previous > seconds => bail!(
            "{seconds} s comes after a later time of the same parameter ({previous} s); sort the lines by time"
        ),
        [.., (one, _), (two, _)] if *one == seconds && *two == seconds => {
            bail!("a third value at {seconds} s found; expected one, or two for a step")
        }
        _ => points.push((seconds, value)),
    }
    Ok(())
}

impl Lane {
    fn value(&self, seconds: f64) -> Option<f32> {
        let after = self.points.partition_point(|(time, _)| *time <= seconds);
        let &(from_time, from) = self.points.get(after.checked_sub(1)?)?;
        match self.points.get(after) {
            Some(&(to_time, to)) if !self.steps && to_time > from_time => {
                let share = nearest_f32((seconds - from_time) / (to_time - from_time));
                Some(from + share * (to - from))
            }
            _ => Some(from),
        }
    }
}

#[cfg(test)]
mod tests;
