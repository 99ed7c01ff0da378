//! The kinds of files, and what must hold of one that is read: what it says is finite, and saved again it says the same.

use netbend::offline::preset::{apply, capture};
use netbend::offline::{NetbendParams, state};
use netbend_command_line::{Automation, ParameterSet};
use netbend_models::package::sidecar::Sidecar;
use netbend_models::{Manifest, Preset, cluster};
use nice_plug::params::Params;

/// Moments at which automation is looked at, in seconds.
const MOMENTS: [f64; 6] = [0.0, 0.3, 1.0, 2.25, 3.0, 1e6];

/// A kind of text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A preset.
    Preset,
    /// A cluster file.
    Clusters,
    /// A model's sidecar.
    Sidecar,
    /// A project's state.
    State,
    /// An automation file.
    Automation,
    /// A model's manifest.
    Manifest,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Preset,
        Self::Clusters,
        Self::Sidecar,
        Self::State,
        Self::Automation,
        Self::Manifest,
    ];

    /// The name, which is that of its corpus, too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Clusters => "clusters",
            Self::Sidecar => "sidecar",
            Self::State => "state",
            Self::Automation => "automation",
            Self::Manifest => "manifest",
        }
    }

    /// Files that Netbend writes itself.
    pub fn made(self) -> Vec<String> {
        match self {
            Self::State => {
                let saved = state::snapshot(&NetbendParams::default());
                vec![String::from_utf8_lossy(&saved).into_owned()]
            }
            Self::Preset => vec![Preset::default().to_yaml()],
            _ => Vec::new(),
        }
    }

    /// Reads a file; whether it was taken.
    ///
    /// # Errors
    /// What does not hold of a file that was taken.
    pub fn read(self, file: &[u8]) -> Result<bool, String> {
        let text = String::from_utf8_lossy(file);
        match self {
            Self::Preset => preset(&text),
            Self::Clusters => clusters(&text),
            Self::Sidecar => Ok(Sidecar::from_yaml(&text, "spoilt.yaml").is_ok()),
            Self::State => saved_state(file),
            Self::Automation => automation(&text),
            Self::Manifest => manifest(&text),
        }
    }
}

fn preset(text: &str) -> Result<bool, String> {
    let preset = match Preset::from_yaml(text, "spoilt.yaml") {
        Ok(preset) => preset,
        Err(error) => return told(&error.to_string()),
    };
    let numbers = [
        preset.voice,
        preset.mix,
        preset.latent.blend,
        preset.latent.rate_hz,
    ];
    let of_bends = preset.bends.iter().flat_map(|bend| {
        bend.parameters
            .iter()
            .copied()
            .chain([bend.amount, bend.cluster_share])
    });
    let of_weights = preset
        .weights
        .iter()
        .flat_map(|bend| [bend.share, bend.amount]);
    if !numbers
        .into_iter()
        .chain(of_bends)
        .chain(of_weights)
        .all(f32::is_finite)
    {
        return Err("a number is not finite".to_owned());
    }
    let written = preset.to_yaml();
    let again = Preset::from_yaml(&written, "written.yaml")
        .map_err(|error| format!("what was written does not load: {error}\n{written}"))?;
    let same = (&again.bends, &again.weights, &again.sound_clusters)
        == (&preset.bends, &preset.weights, &preset.sound_clusters)
        && (again.sound, again.latent) == (preset.sound, preset.latent)
        && again.metadata == preset.metadata
        && again.to_yaml() == written;
    if !same {
        return Err(format!(
            "what was written loads as something else:\n{written}"
        ));
    }
    let manifest = tiny()?;
    let _ = (
        preset.check(&manifest),
        preset.check_cost(&manifest),
        preset.check_weights(4),
    );
    let params = NetbendParams::default();
    if apply(&preset, &params).is_ok() {
        in_range(&params)?;
        let captured = capture(&params).map_err(|error| format!("not captured: {error}"))?;
        Preset::from_yaml(&captured.to_yaml(), "captured.yaml")
            .map_err(|error| format!("what was captured does not load: {error}"))?;
    }
    Ok(true)
}

fn clusters(text: &str) -> Result<bool, String> {
    let manifest = tiny()?;
    let read = match cluster::from_yaml(text, "spoilt.yaml", &manifest) {
        Ok(read) => read,
        Err(error) => return told(&error.to_string()),
    };
    let written = cluster::to_yaml(&read);
    match cluster::from_yaml(&written, "written.yaml", &manifest) {
        Ok(again) if again == read => Ok(true),
        Ok(_) => Err(format!(
            "what was written loads as something else:\n{written}"
        )),
        Err(error) => Err(format!(
            "what was written does not load: {error}\n{written}"
        )),
    }
}

fn saved_state(file: &[u8]) -> Result<bool, String> {
    let mended = match state::mend(file) {
        Ok(mended) => mended,
        Err(error) => return told(&error.to_string()),
    };
    let again = state::mend(&mended.json).map_err(|error| format!("mended: {error}"))?;
    if again.json != mended.json || !again.notices.is_empty() {
        return Err(format!("mended twice, it is another: {:?}", again.notices));
    }
    let params = NetbendParams::default();
    state::restore(file, &params).map_err(|error| format!("not restored: {error}"))?;
    in_range(&params)?;
    let saved = state::snapshot(&params);
    let other = NetbendParams::default();
    state::restore(&saved, &other).map_err(|error| format!("saved again: {error}"))?;
    let again = state::snapshot(&other);
    if again == saved {
        Ok(true)
    } else {
        Err(format!(
            "what was saved loads as something else:\n{}\n{}\n",
            String::from_utf8_lossy(&saved),
            String::from_utf8_lossy(&again)
        ))
    }
}

fn automation(text: &str) -> Result<bool, String> {
    let set = ParameterSet::default();
    let automation = match Automation::parse(text, &set) {
        Ok(automation) => automation,
        Err(error) => return told(&format!("{error:#}")),
    };
    for seconds in MOMENTS {
        automation.apply(seconds, &set);
        in_range(set.params())?;
    }
    Ok(true)
}

fn manifest(text: &str) -> Result<bool, String> {
    let read = match Manifest::from_json(text) {
        Ok(read) => read,
        Err(error) => return told(&error.to_string()),
    };
    let written = serde_json::to_string(&read).map_err(|error| error.to_string())?;
    match Manifest::from_json(&written) {
        Ok(again) if again == read => Ok(true),
        Ok(_) => Err(format!(
            "what was written loads as something else:\n{written}"
        )),
        Err(error) => Err(format!(
            "what was written does not load: {error}\n{written}"
        )),
    }
}

fn tiny() -> Result<Manifest, String> {
    let text = include_str!("../../../corpora/manifest/tiny.json");
    Manifest::from_json(text).map_err(|error| error.to_string())
}

/// A refusal has to say something, and not for ever.
fn told(error: &str) -> Result<bool, String> {
    match error.len() {
        0 => Err("it is refused without a word".to_owned()),
        1..4_000 => Ok(false),
        length => Err(format!("the refusal has {length} bytes")),
    }
}

fn in_range(params: &NetbendParams) -> Result<(), String> {
    for (id, pointer, _) in params.param_map() {
        // SAFETY: the pointer comes from `params`, which outlives it.
        let value = unsafe { pointer.unmodulated_normalized_value() };
        if !(0.0..=1.0).contains(&value) {
            return Err(format!("{id} is at {value}"));
        }
    }
    Ok(())
}
