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
//! and choices step.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::parameters::ParameterSet;

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
pub(super) struct Automation {
    lanes: Vec<Lane>,
}

impl Automation {
    pub(super) fn read(path: &Path, parameters: &ParameterSet) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text, parameters).with_context(|| path.display().to_string())
    }

    fn parse(text: &str, parameters: &ParameterSet) -> Result<Self> {
        let mut lanes: BTreeMap<String, Vec<(f64, f32)>> = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let line = line.split('#').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            let fields: Vec<_> = line.splitn(3, ',').map(str::trim).collect();
            let &[seconds, id, value] = fields.as_slice() else {
                bail!("line {number}: `{line}` found; expected seconds,id,value");
            };
            if index == 0 && seconds.parse::<f64>().is_err() && id == "id" {
                continue;
            }
            let seconds: f64 = match seconds.parse() {
                Ok(seconds) if f64::is_finite(seconds) && seconds >= 0.0 => seconds,
                _ => bail!("line {number}: time `{seconds}` found; expected seconds from 0"),
            };
            if id == "latency" {
                bail!("line {number}: the latency mode cannot be automated; set it with --set");
            }
            let value = parameters
                .normalized(id, value)
                .with_context(|| format!("line {number}"))?;
            let points = lanes.entry(id.to_owned()).or_default();
            if points
                .last()
                .is_some_and(|(previous, _)| *previous > seconds)
            {
                bail!(
                    "line {number}: {seconds} s comes after a later time of `{id}`; sort the lines by time"
                );
            }
            points.push((seconds, value));
        }
        let lanes = lanes
            .into_iter()
            .map(|(id, points)| Lane {
                steps: parameters.is_stepped(&id),
                id,
                points,
            })
            .collect();
        Ok(Self { lanes })
    }

    /// Sets every automated parameter to its value at `seconds`. Parameters keep their value before
    /// their first point.
    pub(super) fn apply(&self, seconds: f64, parameters: &ParameterSet) {
        for lane in &self.lanes {
            if let Some(value) = lane.value(seconds) {
                parameters.set_normalized(&lane.id, value);
            }
        }
    }
}

impl Lane {
    fn value(&self, seconds: f64) -> Option<f32> {
        let after = self.points.partition_point(|(time, _)| *time <= seconds);
        let &(from_time, from) = self.points.get(after.checked_sub(1)?)?;
        match self.points.get(after) {
            Some(&(to_time, to)) if !self.steps && to_time > from_time => {
                let share = ((seconds - from_time) / (to_time - from_time)) as f32;
                Some(from + share * (to - from))
            }
            _ => Some(from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ramp_and_switches_step() {
        let parameters = ParameterSet::default();
        let text = "seconds,id,value\n1,slot_amount_1,0 %\n3,slot_amount_1,100 %\n\n# a comment\n1,slot_on_1,on\n2,slot_on_1,off\n";
        let automation = Automation::parse(text, &parameters).unwrap();
        let amount = &automation.lanes[0];
        assert_eq!(amount.value(0.5), None);
        assert_eq!(amount.value(1.0), Some(0.0));
        assert_eq!(amount.value(2.0), Some(0.5));
        assert_eq!(amount.value(9.0), Some(1.0));
        let on = &automation.lanes[1];
        assert_eq!((on.value(1.9), on.value(2.0)), (Some(1.0), Some(0.0)));
    }

    #[test]
    fn errors_name_the_line() {
        let parameters = ParameterSet::default();
        for (text, expected) in [
            ("1,slot_amount_1", "line 1"),
            ("0,mix,1\nx,mix,1", "line 2"),
            ("0,nonsense,1", "nonsense"),
            ("0,mix,purple", "purple"),
            ("2,mix,1\n1,mix,0", "line 2"),
            ("0,latency,live", "--set"),
        ] {
            let error = format!("{:#}", Automation::parse(text, &parameters).unwrap_err());
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
