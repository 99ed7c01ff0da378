//! Builds `netbend-bench`, runs it with the resources of the bundle, and reads its data.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bundle::PACKAGES;
use crate::step::step;
use crate::workspace::{RESOURCES, Workspace, run_command};

/// The package, and its program.
const PACKAGE: &str = "netbend-bench";

/// Latency modes, in the order of columns and curves.
pub const MODES: [&str; 4] = ["direct", "live", "tight", "studio"];

/// What is varied while all else stays.
#[derive(Debug, Clone, PartialEq)]
pub enum Sweep {
    /// Instances that play in real time.
    Instances(Vec<u32>),
    /// Active slots of one instance.
    Slots(Vec<u32>),
    /// Percent of the features that each of two bends acts on.
    Features(Vec<u32>),
}

/// One measurement of a sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// How many instances, slots or percent.
    pub x: u32,
    /// What it takes of one core, percent.
    pub core_percent: f64,
    /// Share of the hops that came late, percent; 0 where nothing was played in real time.
    pub late_percent: f64,
}

/// The points of each of [`MODES`].
pub type Curves = Vec<Vec<Point>>;

impl Sweep {
    /// All of them; of the quick ones only the ends.
    pub fn all(quick: bool) -> Vec<Self> {
        let ends = |all: Vec<u32>| match quick {
            true => vec![all[0], all[all.len() - 1]],
            false => all,
        };
        let instances = if quick {
            vec![1, 2]
        } else {
            vec![1, 2, 4, 8, 12, 16]
        };
        vec![
            Self::Instances(instances),
            Self::Slots(ends((0..=8).collect())),
            Self::Features(ends(vec![0, 10, 25, 50, 75, 100])),
        ]
    }

    /// The name of its plot and of its place on the page.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Instances(_) => "instances",
            Self::Slots(_) => "slots",
            Self::Features(_) => "features",
        }
    }

    /// What the numbers count.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Instances(_) => "instances",
            Self::Slots(_) => "active bends",
            Self::Features(_) => "features bent, %",
        }
    }

    /// The numbers.
    pub fn numbers(&self) -> &[u32] {
        match self {
            Self::Instances(numbers) | Self::Slots(numbers) | Self::Features(numbers) => numbers,
        }
    }
}

/// The program that measures, and how long it is to.
pub struct Bench {
    program: PathBuf,
    resources: PathBuf,
    quick: bool,
}

impl Bench {
    /// Builds the program.
    ///
    /// # Errors
    /// Where that fails.
    pub fn build(workspace: &Workspace, quick: bool) -> Result<Self> {
        let mut build = workspace.cargo();
        // With those that are bundled, so that their dependencies have the same features and are there already.
        build.args(["build", "--release"]);
        for package in PACKAGES.into_iter().chain([PACKAGE]) {
            build.args(["--package", package]);
        }
        let name = format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX);
        step("netbend-bench", || run_command(&mut build))?;
        Ok(Self {
            program: workspace.target.join("release").join(name),
            resources: workspace.bundled().join(RESOURCES),
            quick,
        })
    }

    /// Everything about one instance, compared with PyTorch where `python` has it.
    ///
    /// # Errors
    /// Where the program fails.
    pub fn report(&self, python: &Path) -> Result<Value> {
        let mut options = Vec::new();
        if has_pytorch(python) {
            options.extend(["--against", "pytorch", "--python"].map(str::to_owned));
            options.push(python.display().to_string());
        }
        self.run(&options)
    }

    /// The points of a sweep, mode by mode.
    ///
    /// # Errors
    /// Where the program fails.
    pub fn sweep(&self, sweep: &Sweep) -> Result<Curves> {
        let curve = |mode: &&str| -> Result<Vec<Point>> {
            let point = |&x: &u32| self.point(sweep, mode, x);
            sweep.numbers().iter().map(point).collect()
        };
        MODES.iter().map(curve).collect()
    }

    fn point(&self, sweep: &Sweep, mode: &str, x: u32) -> Result<Point> {
        let number = x.to_string();
        let mut options = vec!["--mode", mode, "--seconds", "3", "--rounds", "3"];
        options.extend(match sweep {
            Sweep::Instances(_) => ["--only", "live", "--instances", &number],
            Sweep::Slots(_) => ["--only", "render", "--slots", &number],
            Sweep::Features(_) => ["--only", "render", "--features", &number],
        });
        let options: Vec<_> = options.into_iter().map(str::to_owned).collect();
        let report = self.run(&options)?;
        let figure = |path: &str| {
            report
                .pointer(&format!("/modes/0{path}"))
                .and_then(Value::as_f64)
        };
        let share = match sweep {
            Sweep::Instances(_) => figure("/live/cores"),
            _ => figure("/render/worker_share"),
        };
        let late = figure("/live/misses").zip(figure("/live/hops"));
        Ok(Point {
            x,
            core_percent: 100.0
                * share.context("this system does not say how long a process has worked")?,
            late_percent: late.map_or(0.0, |(misses, hops)| 100.0 * misses / hops),
        })
    }

    fn run(&self, options: &[String]) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command
            .arg("--json")
            .args(options)
            .env("NETBEND_RESOURCES", &self.resources);
        if self.quick {
            command.arg("--quick");
        }
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("could not start {}", self.program.display()))?;
        if !output.status.success() {
            bail!("`netbend-bench {}` failed", options.join(" "));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

fn has_pytorch(python: &Path) -> bool {
    let mut command = Command::new(python);
    let silent = command
        .args(["-c", "import torch, onnx"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}
