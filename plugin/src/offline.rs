//! The plugin without a host: what a program needs to play a sound through Netbend and get the samples that a bounce would give.
//!
//! The command line, the benchmarks and the tests stand on this and on nothing else of the plugin. In order:
//!
//! 1. [`Resources`] say where models lie, [`NetbendParams`] hold what is set (a [`preset`] sets them), and [`resolve`] finds the file of the
//!    model that is [wanted](WantedModel).
//! 2. An [`Engine`] loads that model and says by its [`Status`] when it is ready.
//! 3. A [`StreamShape`] follows from the model's [format](FormatReader), the rate and the [`LatencyMode`]. `Engine::open` opens a stream of it.
//! 4. A [`Processor`], [live](Processor::live) or [offline](Processor::offline), takes blocks of samples with their [`Controls`], and gives back the sound of
//!    [latency](StreamShape::latency_samples) samples before.
//!
//! Nothing here is for a host's audio thread but [`Processor`]. What a thread may do is a matter of types: [`LiveProcessor`] and [`LiveEnd`] cannot
//! wait, [`OfflineProcessor`] and [`OfflineEnd`] can, and a [`WorkerEnd`] asks for the [`PoolThread`].

pub use crate::engine::Engine;
pub use crate::engine::search::resolve;
pub use crate::error::{Error, LearningError, Origin};
pub use crate::exchange::{AudioEnd, LiveEnd, MAX_CHANNELS, OfflineEnd, Progress, WorkerEnd};
pub use crate::host::boundary::state;
pub use crate::modulation::{KeyEvent, Transport};
pub use crate::params::NetbendParams;
pub use crate::params::model::WantedModel;
pub use crate::params::modulation::ModulationStore;
pub use crate::params::modulators::{Modulators, MovingControls};
pub use crate::params::pads::PadStore;
pub use crate::params::part_names::PartNames;
pub use crate::params::slot::{SelectionChoice, SlotParams};
pub use crate::params::sound_clusters::{Note, SoundClusterStore};
pub use crate::processor::{LiveProcessor, OfflineProcessor, Processor};
pub use crate::report::quality::Quality;
pub use crate::report::scope::Scope;
pub use crate::report::status::{EngineState, Loaded, Status};
pub use crate::resources::format::FormatReader;
pub use crate::resources::{DEFAULT_MODEL, Resources};
pub use crate::stream::controls::{Controls, SLOTS, StereoMode};
pub use crate::stream::latency::LatencyMode;
pub use crate::stream::shape::{StreamShape, strides};
pub use crate::stream::source::{ControlSource, Incoming};
pub use crate::threads::pool_thread::PoolThread;
pub use crate::worker::history::History;
pub use crate::worker::waveform::converter::Converter;

/// Settings tried out before they are heard.
pub mod audition {
    pub use crate::audition::{CARDS, Judge, Locks, Range, Reference, Roll, Verdict, roll, vary};
    pub use crate::params::snapshot::Snapshot;
    pub use crate::report::labels::ClusterLabels;
    pub use crate::report::layout::ModelLayout;
    pub use crate::report::magma::magma;
}

/// Parameters from a preset, a preset from parameters, and presets as files for hosts.
pub mod preset {
    pub use crate::host::boundary::vst3::preset_file::{
        ENDING as VST3_PRESET_ENDING, Vst3PresetFile, vst3_preset, vst3_preset_files,
        vst3_preset_folder,
    };
    pub use crate::params::preset::{
        apply, apply_bends, bend_of, capture, fixed_of_state, frames, weight_frames,
    };
    pub use crate::params::snapshot::Snapshot;
}
