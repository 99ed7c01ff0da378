//! The machine as the reader of a figure wants to know it.

use anyhow::Result;
use netbend_models::Runtime;
use netbend_models::run::measure::runtime_version;
use serde::Serialize;

use netbend::offline::Resources;

/// What the figures were measured on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor's name, as the system says it.
    pub processor: String,
    /// Processors that threads of this process may run on.
    pub cores: usize,
    /// `linux x86_64` and the like.
    pub system: String,
    /// Version of ONNX Runtime.
    pub onnxruntime: String,
}

impl Machine {
    /// Asks the system.
    ///
    /// # Errors
    /// Where ONNX Runtime is missing.
    pub fn ask(resources: &Resources) -> Result<Self> {
        let runtime = Runtime::load(resources.runtime_folders())?;
        Ok(Self {
            processor: processor().unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            onnxruntime: runtime_version(runtime.library()).unwrap_or_else(|| "unknown".to_owned()),
        })
    }
}

#[cfg(target_os = "linux")]
fn processor() -> Option<String> {
    let said = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = said.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(target_os = "macos")]
fn processor() -> Option<String> {
    let said = std::process::Command::new("sysctl")
        .args(["-n", "machdep.cpu.brand_string"])
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn processor() -> Option<String> {
    std::env::var("PROCESSOR_IDENTIFIER").ok()
}
