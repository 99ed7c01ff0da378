//! ONNX Runtime, loaded once per process from a known folder and kept for ever.

mod arena;
mod cancellation;
mod library;
mod session;
pub(crate) mod shared_weights;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ort::environment::Environment;
use ort::session::Session as OrtSession;
use prost::Message as _;

use crate::error::RuntimeError;
use crate::node::operator;
use crate::onnx::proto::{
    Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, ValueInfoProto,
};
pub use cancellation::Cancellation;
pub(crate) use session::{Session, output};
use shared_weights::SharedWeights;

/// File name of the shared library on this system.
pub const LIBRARY: &str = if cfg!(target_os = "windows") {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

/// The loaded library and its one environment.
pub struct Runtime {
    environment: Environment,
    library: PathBuf,
    weights: SharedWeights,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("library", &self.library)
            .finish_non_exhaustive()
    }
}

static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static LOADING: Mutex<()> = Mutex::new(());
static CREATED: AtomicU64 = AtomicU64::new(0);

impl Runtime {
    /// The process's runtime, loaded from the first of `folders` that holds [`LIBRARY`] if this is the
    /// first call that finds one. A failure is not remembered: a later call may succeed.
    ///
    /// # Errors
    /// [`RuntimeError::Missing`] where no folder holds the library, [`RuntimeError::Load`] where it
    /// does not load.
    pub fn load(folders: &[PathBuf]) -> Result<&'static Self, RuntimeError> {
        let _guard = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = RUNTIME.get() {
            return Ok(runtime);
        }
        let library = folders
            .iter()
            .map(|folder| folder.join(LIBRARY))
            .find(|path| path.is_file())
            .ok_or_else(|| RuntimeError::Missing {
                library: LIBRARY,
                places: folders.to_vec(),
            })?;
        library::check(&library)?;
        // A file that is no ONNX Runtime can make the loader panic rather than fail.
        let environment = catch_unwind(|| create_environment(&library)).unwrap_or_else(|_| {
            Err(RuntimeError::Load(format!(
                "{} is not ONNX Runtime",
                library.display()
            )))
        })?;
        Ok(RUNTIME.get_or_init(|| Self {
            environment,
            library,
            weights: SharedWeights::default(),
        }))
    }

    /// The process's runtime, which some call of [`load`](Self::load) has made.
    pub(crate) fn loaded() -> Option<&'static Self> {
        RUNTIME.get()
    }

    /// Creates a session. Several threads may do so at once, and one that takes very long holds up no other.
    ///
    /// # Errors
    /// What `create` reports.
    pub fn create<T, E>(&self, create: impl FnOnce(&Environment) -> Result<T, E>) -> Result<T, E> {
        CREATED.fetch_add(1, Ordering::Relaxed);
        create(&self.environment)
    }

    /// How many sessions this process has asked for. While sound is bent it does not move: what a bend does is data, not graph.
    pub fn sessions_created() -> u64 {
        CREATED.load(Ordering::Relaxed)
    }

    /// The weights that living sessions hold.
    pub(crate) fn weights(&self) -> &SharedWeights {
        &self.weights
    }

    /// The library file that was loaded.
    pub fn library(&self) -> &Path {
        &self.library
    }
}

/// Keeps ONNX Runtime's own telemetry from starting. Its builds of 1.31 otherwise make a device id and a database of events in the
/// user's cache folder as soon as there is an environment, before it can be told not to; this is the switch they read.
fn forbid_telemetry() {
    const SWITCH: &str = "ORT_DISABLE_TELEMETRY";
    if std::env::var_os(SWITCH).is_none() {
        // SAFETY: at worst another thread of the host reads a variable at this moment. The first addition in a process makes the
        // C library copy its list and leave the old one alone; this is the only one Netbend makes, and it makes it once.
        unsafe { std::env::set_var(SWITCH, "1") };
    }
}

fn create_environment(library: &Path) -> Result<Environment, RuntimeError> {
    forbid_telemetry();
    let environment = ort::init_from(library)
        .map_err(|error| RuntimeError::Load(error.to_string()))?
        .with_name("netbend")
        .with_telemetry(false)
        .build()
        .map_err(|error| RuntimeError::Load(error.to_string()))?;
    environment.set_log_level(ort::logging::LogLevel::Fatal);
    arena::share(&environment).map_err(|error| RuntimeError::Load(error.to_string()))?;
    make_operators_known(&environment).map_err(|error| RuntimeError::Load(error.to_string()))?;
    Ok(environment)
}

/// Makes Netbend's operators known to the process. ONNX Runtime 1.31 looks for a custom domain and adds it in two steps; two sessions at once
/// can both find it missing, and the second fails. So the first session is made here, while there is no other, of the smallest graph there is.
fn make_operators_known(environment: &Environment) -> ort::Result<()> {
    let one = |name| ValueInfoProto::float_tensor(name, &[Dimension::Fixed(1)]);
    let graph = GraphProto {
        name: Some("smallest".into()),
        node: vec![NodeProto::standard("Identity", &["in"], "out", Vec::new())],
        input: vec![one("in")],
        output: vec![one("out")],
        ..GraphProto::default()
    };
    let model = ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(17),
        }],
        graph: Some(graph),
        ..ModelProto::default()
    };
    OrtSession::builder(environment)?
        .with_operators(operator::domain()?)?
        .commit_from_memory(&model.encode_to_vec())?;
    Ok(())
}
