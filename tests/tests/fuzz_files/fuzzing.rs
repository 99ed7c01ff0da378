//! Text files spoilt in a way that knows of their structure, and what must hold of each that is read. Used by an example and, for a
//! moment, by a test.

mod kind;
mod spoil;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use netbend_tests::sounding::thread_seconds;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use kind::Kind;
use spoil::spoilt;

/// No file of a few kilobytes may take more of a thread's own time.
const LONGEST: Duration = Duration::from_secs(5);
/// Nor may the process ever hold more, in kilobytes.
const MOST_RESIDENT: u64 = 1 << 20;
/// How often memory is looked at.
const MEMORY_EVERY: u64 = 256;

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Findings {
    /// Files that were read.
    pub taken: u64,
    /// Files that were refused.
    pub refused: u64,
    /// The longest that one took.
    pub slowest: Duration,
}

/// Files of one kind to be spoilt.
pub struct Trial {
    kind: Kind,
    sources: Vec<String>,
}

impl Trial {
    /// The files of the kind's corpus.
    ///
    /// # Errors
    /// Where they cannot be read, or do not do what is claimed as they are.
    pub fn new(kind: Kind) -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpora")
            .join(kind.name());
        let told = |error: std::io::Error| format!("{}: {error}", folder.display());
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(told)? {
            paths.push(entry.map_err(told)?.path());
        }
        paths.sort();
        let mut sources = kind.made();
        for path in paths {
            sources.push(std::fs::read_to_string(&path).map_err(told)?);
        }
        for source in &sources {
            match kind.read(source.as_bytes()) {
                Ok(true) => {}
                Ok(false) => return Err(format!("a file of the corpus is refused:\n{source}")),
                Err(harm) => return Err(format!("a file of the corpus: {harm}\n{source}")),
            }
        }
        Ok(Self { kind, sources })
    }

    /// Spoils a file as `seed` says and reads it.
    ///
    /// # Errors
    /// What harm it did, and the file.
    pub fn read_one(&self, seed: u64, findings: &mut Findings) -> Result<(), String> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let file = spoilt(&self.sources, &mut random);
        let harm = |what: String| {
            let shown = String::from_utf8_lossy(&file);
            Err(format!(
                "{}, seed {seed}: {what}\n{shown}",
                self.kind.name()
            ))
        };
        let start = thread_seconds();
        let read = catch_unwind(AssertUnwindSafe(|| self.kind.read(&file)));
        let took = Duration::from_secs_f64((thread_seconds() - start).max(0.0));
        findings.slowest = findings.slowest.max(took);
        match read {
            Ok(Ok(true)) => findings.taken += 1,
            Ok(Ok(false)) => findings.refused += 1,
            Ok(Err(what)) => return harm(what),
            Err(_) => return harm("it panicked".to_owned()),
        }
        if took > LONGEST {
            return harm(format!("it took {took:.1?}"));
        }
        if (findings.taken + findings.refused).is_multiple_of(MEMORY_EVERY)
            && most_resident().is_some_and(|kilobytes| kilobytes > MOST_RESIDENT)
        {
            return harm(format!(
                "it or one of {MEMORY_EVERY} before it took more than 1 GB"
            ));
        }
        Ok(())
    }
}

/// The most kilobytes that the process ever held, where the system tells.
fn most_resident() -> Option<u64> {
    let said = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = said.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
