//! How bends become sound, as presets say it: voice, band, phases, channels.
//!
//! These are the presets' own words and ranges. What they do is the plugin's: nothing in this crate acts on them.

/// Quietest to highest floor of the difference's gain, in dB.
pub const FLOOR_RANGE_DB: (f32, f32) = (-60.0, 0.0);
/// Lowest to loudest ceiling of the difference's gain, in dB.
pub const CEILING_RANGE_DB: (f32, f32) = (0.0, 24.0);
/// Lowest to highest edge of the band, in hertz.
pub const BAND_RANGE_HZ: (f32, f32) = (20.0, 20_000.0);
/// Fewest to most iterations of Griffin-Lim.
pub const ITERATION_RANGE: (u32, u32) = (1, 32);
/// Fewest to most frames that Griffin-Lim looks ahead.
pub const LOOK_AHEAD_RANGE: (u32, u32) = (0, 3);

/// How bent frames get their phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    /// Chosen frame by frame.
    #[default]
    Auto,
    /// The input's own.
    Input,
    /// Phase gradient heap integration.
    Rtpghi,
    /// Phase vocoder.
    Vocoder,
    /// Streaming Griffin-Lim.
    GriffinLim,
}

impl Phase {
    /// Every method.
    pub const ALL: [Self; 5] = [
        Self::Auto,
        Self::Input,
        Self::Rtpghi,
        Self::Vocoder,
        Self::GriffinLim,
    ];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Input => "input",
            Self::Rtpghi => "rtpghi",
            Self::Vocoder => "vocoder",
            Self::GriffinLim => "griffin-lim",
        }
    }

    /// The method called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }
}

/// What the encoder hears of two channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stereo {
    /// One inference for both.
    #[default]
    Linked,
    /// One for each.
    Dual,
}

impl Stereo {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Linked, Self::Dual];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Dual => "dual",
        }
    }

    /// The mode called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stereo| stereo.name() == name)
    }
}

/// How bends become sound. By default every parameter is at its default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sound {
    /// The difference's quietest gain in dB, within [`FLOOR_RANGE_DB`].
    pub floor_db: f32,
    /// Its loudest in dB, within [`CEILING_RANGE_DB`].
    pub ceiling_db: f32,
    /// How much its gain is smoothed over time and frequency, 0–1.
    pub smoothing: f32,
    /// How much of the input's attacks is kept, 0–1.
    pub transient_lock: f32,
    /// Where bends are heard: lower edge in hertz, within [`BAND_RANGE_HZ`]. At the range's end the band is open.
    pub band_low_hz: f32,
    /// Upper edge, likewise.
    pub band_high_hz: f32,
    /// Whether bends keep the loudness.
    pub auto_gain: bool,
    /// How bent frames get their phases.
    pub phase: Phase,
    /// Iterations of Griffin-Lim, within [`ITERATION_RANGE`].
    pub phase_iterations: u32,
    /// Frames that Griffin-Lim looks ahead, within [`LOOK_AHEAD_RANGE`].
    pub phase_look_ahead: u32,
    /// What the encoder hears of two channels.
    pub stereo: Stereo,
    /// Whether the encoder hears the sidechain in place of the input.
    pub sidechain: bool,
}

impl Default for Sound {
    fn default() -> Self {
        Self {
            floor_db: FLOOR_RANGE_DB.0,
            ceiling_db: 12.0,
            smoothing: 0.0,
            transient_lock: 0.0,
            band_low_hz: BAND_RANGE_HZ.0,
            band_high_hz: BAND_RANGE_HZ.1,
            auto_gain: true,
            phase: Phase::Auto,
            phase_iterations: 4,
            phase_look_ahead: 1,
            stereo: Stereo::Linked,
            sidechain: false,
        }
    }
}
