//! Clusters of a waveform model: which features do the same to the sound.
//!
//! A sound is played through the model once. Then every feature of the layers that are shown is ablated alone, for a few blocks from the states
//! that the clean run had there, and what that changes in the spectrum (attack, body and tail, by band) is the feature's point for k-means. Maps
//! that look alike are not looked for: a waveform model has no learned metric.
//!
//! | module | what it is |
//! |---|---|
//! | `clean` | the clean run, and the states at its moments |
//! | `ear` | blocks of sound as a spectrogram |
//! | `lag` | how many blocks late a layer is heard |
//! | `shared` | work that several players share |

mod clean;
mod ear;
mod lag;
mod shared;

use netbend_dsp::number::nearest_f32;

use super::LayerPoints;
use super::describe::{Change, Energy, Measured, Parts, Spectrogram};
use super::effect::compressed;
use crate::error::ModelError;
use crate::package::manifest::{Layer, LayerClusters};
use crate::waveform::WaveformPlayer;
use clean::{Clean, Moment};
use ear::Ear;
use shared::{Players, share};

/// Features times windows of a layer: one of thousands of features is measured on [`LEAST_WINDOWS`], or it would take hours.
const FEATURES_TIMES_WINDOWS: usize = 1_024;
const LEAST_WINDOWS: usize = 2;

/// A waveform model that has heard a sound, and says what becomes of it without some of its features.
#[derive(Debug)]
pub struct WaveformListener {
    players: Players,
    clean: Clean,
    ear: Ear,
    /// `[layer − 1]`, of those that are shown: blocks until what is ablated is heard.
    lags: Vec<usize>,
}

/// A feature, ablated alone.
struct Alone {
    layer: usize,
    feature: usize,
    energy: Energy,
}

impl WaveformListener {
    /// Plays `sound`, `[channel, sample]` at the model's rate, through the model. `players` are as many as shall work at once, all of one model.
    /// A model of one channel hears the first.
    ///
    /// # Errors
    /// [`ModelError::Clusters`] without players, or where nothing comes out; [`ModelError::Runtime`] where inference fails.
    pub fn new(players: Vec<WaveformPlayer>, sound: &[Vec<f32>]) -> Result<Self, ModelError> {
        let mut players = Players::new(players)?;
        let ear = Ear::new(players.manifest())?;
        let mut clean = Clean::of(players.first(), sound, &ear)?;
        let lags = lag::of_layers(players.first(), &mut clean, &ear)?;
        Ok(Self {
            players,
            clean,
            ear,
            lags,
        })
    }

    /// Windows of sound that clusters are described on.
    pub fn windows(&self) -> usize {
        self.clean.windows().len()
    }

    /// How many ablations [`effect`](Self::effect) takes.
    pub fn ablations(&self) -> usize {
        let layers = self.layers();
        let count = self.clean.windows().len();
        layers
            .iter()
            .map(|layer| layer.features * windows_of(layer, count))
            .sum()
    }

    /// The layers that are shown and have more than one feature.
    fn layers(&self) -> Vec<Layer> {
        let face = self.players.face();
        let shown = face.layers.iter().take(self.lags.len());
        shown.filter(|layer| layer.features > 1).cloned().collect()
    }

    /// Ablates every feature of every layer that is shown, alone, and gives a number a feature for the change of the attacks' flux, of what
    /// follows them and of the tail, in each of the [bands](crate::package::bands::BANDS): decibels, compressed as by [`effect()`](super::effect()).
    ///
    /// `progress` is told of every ablation that is done, from several threads. The same sound gives the same points, whatever the number of players.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where inference fails.
    pub fn effect(&mut self, progress: &(dyn Fn() + Sync)) -> Result<Vec<LayerPoints>, ModelError> {
        let layers = self.layers();
        let windows = self.clean.windows().to_vec();
        let mut clean_energies = vec![Energy::default(); layers.len()];
        let mut jobs: Vec<Vec<Alone>> = layers.iter().map(alone).collect();
        for (number, &window) in windows.iter().enumerate() {
            let heard = |layer: &Layer| {
                let count = windows_of(layer, windows.len());
                (0..count).any(|n| n * windows.len() / count == number)
            };
            let mut now: Vec<&mut Alone> = Vec::new();
            let clean = self.ear.hear(self.clean.made(window), None);
            let parts = Parts::of(&clean.spectrogram);
            let all = layers.iter().zip(&mut jobs).zip(&mut clean_energies);
            for ((_, jobs), clean_energy) in all.filter(|((layer, _), _)| heard(layer)) {
                clean_energy.add(&clean.spectrogram, &parts, self.ear.bands());
                now.extend(jobs);
            }
            let moments = self
                .clean
                .moments(self.players.first(), window, &self.lags)?;
            let (ear, run, lags) = (&self.ear, &self.clean, &self.lags);
            share(&mut self.players, now, |player, job: &mut &mut Alone| {
                let place = Place {
                    window,
                    moments: &moments,
                    lag: lags[job.layer - 1],
                    peak: clean.peak,
                };
                let without = place.without(player, run, ear, job.layer, &[job.feature])?;
                job.energy.add(&without, &parts, ear.bands());
                progress();
                Ok(())
            })?;
        }
        let points = layers.into_iter().zip(&jobs).zip(&clean_energies);
        Ok(points
            .map(|((layer, jobs), clean)| LayerPoints {
                layer,
                values: jobs
                    .iter()
                    .flat_map(|job| point(&Change::between(clean, &job.energy)))
                    .collect(),
            })
            .collect())
    }

    /// Ablates every cluster of `layers` and puts what was measured beside them, as [`describe`](super::describe()) does for a spectrogram model.
    /// Clusters of layers that are not shown stay as they are. `progress` is told of every [window](Self::windows) of a layer that is done.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where inference fails.
    pub fn describe(
        &mut self,
        layers: &mut [LayerClusters],
        progress: &(dyn Fn() + Sync),
    ) -> Result<(), ModelError> {
        let windows = self.clean.windows().to_vec();
        let shown = 1..=self.lags.len();
        let layers = layers.iter_mut();
        let layers: Vec<_> = layers.filter(|l| shown.contains(&l.layer)).collect();
        let mut clean_energy = Energy::default();
        let mut measured: Vec<Measured> = layers.iter().map(|l| Measured::new(l)).collect();
        for &window in &windows {
            let clean = self.ear.hear(self.clean.made(window), None);
            let parts = Parts::of(&clean.spectrogram);
            clean_energy.add(&clean.spectrogram, &parts, self.ear.bands());
            let moments = self
                .clean
                .moments(self.players.first(), window, &self.lags)?;
            let (ear, run, lags) = (&self.ear, &self.clean, &self.lags);
            let jobs: Vec<_> = layers.iter().zip(&mut measured).collect();
            share(&mut self.players, jobs, |player, (layer, measured)| {
                let place = Place {
                    window,
                    moments: &moments,
                    lag: lags[layer.layer - 1],
                    peak: clean.peak,
                };
                let clusters = layer.clusters.iter();
                let without = clusters
                    .map(|cluster| place.without(player, run, ear, layer.layer, cluster))
                    .collect::<Result<Vec<_>, _>>()?;
                measured.add(&clean.spectrogram, &without, &parts, ear.bands());
                progress();
                Ok(())
            })?;
        }
        for (layer, measured) in layers.into_iter().zip(&measured) {
            let description = measured.description(windows.len(), &clean_energy, &layer.clusters);
            layer.description = Some(description);
        }
        Ok(())
    }
}

/// Windows that a layer is measured on, of so many.
fn windows_of(layer: &Layer, count: usize) -> usize {
    let share = FEATURES_TIMES_WINDOWS / layer.features.max(1);
    share.clamp(LEAST_WINDOWS, clean::MOST_WINDOWS).min(count)
}

fn alone(layer: &Layer) -> Vec<Alone> {
    let alone = |feature| Alone {
        layer: layer.index,
        feature,
        energy: Energy::default(),
    };
    (0..layer.features).map(alone).collect()
}

/// What changes in each part and band; nothing where nothing is audible.
fn point(change: &Change) -> impl Iterator<Item = f64> + use<> {
    let cells = change.cells_db.into_iter().flatten();
    cells.map(|cell| compressed(cell.unwrap_or(0.0)))
}

/// Where in the clean run something is ablated.
struct Place<'p> {
    window: usize,
    moments: &'p [Moment],
    lag: usize,
    /// Of the clean window.
    peak: f32,
}

impl Place<'_> {
    /// The window without these features of a layer.
    fn without(
        &self,
        player: &mut WaveformPlayer,
        clean: &Clean,
        ear: &Ear,
        layer: usize,
        features: &[usize],
    ) -> Result<Spectrogram, ModelError> {
        let begin = self.window - self.lag;
        let moment = self.moments.iter().find(|moment| moment.block == begin);
        let Some(moment) = moment.filter(|_| !features.is_empty()) else {
            return Ok(ear
                .hear(clean.made(self.window), Some(self.peak))
                .spectrogram);
        };
        let features: Vec<f32> = features.iter().map(|&f| nearest_f32(f)).collect();
        let count = self.lag + ear.blocks();
        let made = clean.without(player, moment, layer, &features, count)?;
        Ok(ear.hear(&made[self.lag..], Some(self.peak)).spectrogram)
    }
}
