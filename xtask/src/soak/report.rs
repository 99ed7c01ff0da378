//! What came of a soak, as a table, and what of it is a fault.

use std::fmt;

use hdrhistogram::Histogram;
use netbend_tests::held::Held;

use super::actions::Done;
use super::audio::Heard;
use super::{BLOCK, RATE};

/// What memory may have grown by.
const GROWTH_KIB: usize = 5 << 10;
/// What a call may take, as a share of the block, but for one in a thousand.
const CALL: f64 = 0.1;
/// No output is louder: +12 dBFS.
const LOUDEST: f32 = 3.981_072;

/// What was heard and seen.
pub struct Report {
    pub seconds: f64,
    pub heard: Vec<Heard>,
    pub offsets: Vec<Option<i64>>,
    pub before: Held,
    pub after: Held,
    pub actions: Done,
}

/// Percentiles of a call's time, as shares of the block.
struct Calls {
    p50: f64,
    p99: f64,
    p999: f64,
    longest: f64,
}

impl Calls {
    fn of<'a>(times: impl Iterator<Item = &'a Histogram<u64>>) -> Self {
        let mut all: Histogram<u64> = Heard::default().passed;
        for times in times {
            all += times;
        }
        let at = |share: f64| {
            let nanoseconds = all.value_at_quantile(share);
            nanoseconds as f64 / 1e9 * f64::from(RATE) / BLOCK as f64
        };
        Self {
            p50: at(0.5),
            p99: at(0.99),
            p999: at(0.999),
            longest: at(1.0),
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, p999, longest] =
            [self.p50, self.p99, self.p999, self.longest].map(|share| 100.0 * share);
        write!(
            f,
            "p50 {p50:.2} %, p99 {p99:.2} %, p99.9 {p999:.2} %, longest {longest:.1} %"
        )
    }
}

impl Report {
    fn missed(&self) -> usize {
        self.heard.iter().map(|heard| heard.missed).sum()
    }

    fn passed(&self) -> Calls {
        Calls::of(self.heard.iter().map(|heard| &heard.passed))
    }

    fn worked(&self) -> Calls {
        Calls::of(self.heard.iter().map(|heard| &heard.worked))
    }

    fn grown_kib(&self) -> i64 {
        self.after.allocated_kib as i64 - self.before.allocated_kib as i64
    }

    /// What is not as it should be.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.missed() > 0 {
            faults.push(format!("{} hops missed", self.missed()));
        }
        if self.heard.iter().any(|heard| heard.not_finite > 0) {
            faults.push("not every sample is a number".into());
        }
        if self.heard.iter().any(|heard| heard.loudest > LOUDEST) {
            faults.push("louder than +12 dBFS".into());
        }
        if self.offsets.iter().any(|offset| *offset != Some(0)) {
            faults.push(format!("wet is not where dry is: {:?}", self.offsets));
        }
        if self.grown_kib() > GROWTH_KIB as i64 {
            faults.push(format!("memory grew by {} KiB", self.grown_kib()));
        }
        if self.after.threads > self.before.threads {
            faults.push("there are more threads".into());
        }
        if self.after.descriptors > self.before.descriptors {
            faults.push("there are more descriptors".into());
        }
        // What passed hangs on who else wanted the processor, unless nobody may take it from the thread.
        if self.worked().p999 > CALL {
            faults.push(format!("calls take too long: {}", self.worked()));
        }
        faults
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hops: usize = self.heard.iter().map(|heard| heard.hops).sum();
        let each: Vec<_> = self.heard.iter().map(|heard| heard.missed).collect();
        let calls: usize = self
            .heard
            .iter()
            .map(|heard| heard.passed.len() as usize)
            .sum();
        let urgent = self.heard.iter().all(|heard| heard.urgent);
        let late = self.heard.first().map_or(0, |heard| heard.late);
        writeln!(
            f,
            "    {:.1} minutes: {}",
            self.seconds / 60.0,
            self.actions
        )?;
        writeln!(
            f,
            "    hops missed            {} of {hops} {each:?}",
            self.missed()
        )?;
        writeln!(f, "    wet against dry        {:?} samples", self.offsets)?;
        writeln!(
            f,
            "    calls                  {calls}, of the block: {}",
            self.passed()
        )?;
        writeln!(f, "      their own work       {}", self.worked())?;
        writeln!(
            f,
            "    blocks called late     {late} (audio priority: {})",
            if urgent { "yes" } else { "no" }
        )?;
        writeln!(
            f,
            "    allocated              {} KiB, then {} KiB ({:+} KiB)",
            self.before.allocated_kib,
            self.after.allocated_kib,
            self.grown_kib()
        )?;
        writeln!(
            f,
            "    resident               {} KiB, then {} KiB",
            self.before.resident_kib, self.after.resident_kib
        )?;
        write!(
            f,
            "    threads, descriptors   {}, {}, then {}, {}",
            self.before.threads,
            self.before.descriptors,
            self.after.threads,
            self.after.descriptors
        )
    }
}
