//! What the pictures show: grids of presets, for the built command line to play.

/// One picture.
pub struct Scene {
    /// The page it is for, and the folder it lies in, below `docs`.
    pub page: &'static str,
    /// The file's name, without `.png`.
    pub file: &'static str,
    /// What is bent.
    pub sound: Sound,
    /// What stands before each row.
    pub rows: Vec<String>,
    /// What stands above each column.
    pub columns: Vec<String>,
    /// What is heard in each cell, `[row][column]`.
    pub presets: Vec<Vec<String>>,
}

/// What a picture bends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// A drum loop.
    Drums,
    /// A drum loop over held chords.
    DrumsAndChords,
}

/// The pages with pictures.
pub const PAGES: [&str; 2] = ["transforms", "parts"];

/// A transform, as the pictures show it.
struct Shown {
    transform: &'static str,
    /// As in a preset.
    parameters: &'static str,
    /// The share of a layer's features.
    share: f32,
}

const TRANSFORMS: [Shown; 11] = [
    shown("ablate", "[]", 0.5),
    shown("invert", "[]", 0.25),
    shown("scalar-multiply", "[3]", 0.5),
    shown("binary-thresh", "[1]", 1.0),
    shown("flip-h", "[]", 1.0),
    shown("flip-v", "[]", 1.0),
    shown("translate", "[0.1, 0.1]", 1.0),
    shown("scale", "[1.5]", 1.0),
    shown("rotate", "[20]", 1.0),
    shown("erode", "[0.5]", 1.0),
    shown("dilate", "[1]", 1.0),
];

const LAYERS: [u32; 4] = [1, 2, 3, 4];

/// Weight bends and their amounts.
const WEIGHTS: [(&str, f32); 6] = [
    ("offset", 0.5),
    ("randomise", 0.5),
    ("invert", 0.5),
    ("multiply", 1.0),
    ("roll", 0.5),
    ("flip", 0.5),
];

/// How fast a draw wanders in hertz, and what stands above it.
const DRIFTS: [(f32, &str); 4] = [
    (0.0, "random"),
    (0.5, "drift 0.5 Hz"),
    (2.0, "drift 2 Hz"),
    (8.0, "drift 8 Hz"),
];

const VOICES: [(&str, f32); 2] = [("difference", 0.0), ("model", 1.0)];
const NOTHING: &str = "transforms: []\n";

const fn shown(transform: &'static str, parameters: &'static str, share: f32) -> Shown {
    Shown {
        transform,
        parameters,
        share,
    }
}

impl Shown {
    /// The bend of a layer, as preset YAML.
    fn on(&self, layer: u32) -> String {
        let Self {
            transform,
            parameters,
            share,
        } = self;
        // A threshold in the layer's deviation, as the knob has it, lets a like share through on every layer.
        let relative = if *transform == "binary-thresh" {
            "  relative: true\n"
        } else {
            ""
        };
        format!(
            "transforms:\n- layer: {layer}\n  transform: {transform}\n  params: {parameters}\n\
             {relative}  features: random\n  feature-param: {share}\n"
        )
    }
}

/// Every picture of the page of transforms, in its order.
pub fn transforms() -> Vec<Scene> {
    let transforms = TRANSFORMS.iter().map(on_layers);
    transforms.chain([voice(), weights(), drift()]).collect()
}

/// The parts of a model, by their names: each taken out by the mixer, and below that each alone.
pub fn parts(model: &str, names: &[String]) -> Scene {
    let rows = [("taken out", "mute"), ("alone", "solo")];
    let preset = |bends: &str| preset_of(model, 0.0, bends);
    let whole = std::iter::once(preset(NOTHING));
    let row = |button: &str| {
        // As JSON, which YAML understands, whatever a part is called.
        let bends = names
            .iter()
            .map(|name| format!("parts:\n  {name:?}: {{{button}: true}}\n"));
        let moved = bends.map(|bends| preset(&bends));
        whole.clone().chain(moved).collect()
    };
    Scene {
        page: PAGES[1],
        file: "loop",
        sound: Sound::DrumsAndChords,
        rows: rows.map(|(name, _)| String::from(name)).into(),
        columns: std::iter::once(String::from("the loop"))
            .chain(names.iter().cloned())
            .collect(),
        presets: rows.map(|(_, button)| row(button)).into(),
    }
}

/// A transform on one layer after the other.
fn on_layers(shown: &Shown) -> Scene {
    let bent = LAYERS.map(|layer| (format!("layer {layer}"), shown.on(layer)));
    both_voices(shown.transform, bent)
}

/// Each weight bend of the same tensor.
fn weights() -> Scene {
    let bent = WEIGHTS.map(|(kind, amount)| {
        let weights = format!(
            "weights:\n- {{layer: 3, transform: {kind}, percentage: 0.5, amount: {amount}, seed: 1}}\n"
        );
        (String::from(kind), weights)
    });
    both_voices("weights", bent)
}

/// A random quarter that stays, and as many features that others take the place of.
fn drift() -> Scene {
    let drawn = DRIFTS.map(|(hertz, name)| {
        let bend = format!(
            "transforms:\n- layer: 2\n  transform: invert\n  params: []\n  features: random\n  \
             feature-param: 0.25\n  drift: {hertz}\n"
        );
        (String::from(name), bend)
    });
    both_voices("drift", drawn)
}

/// Nothing bent, then the bends given with their titles, at *difference* and below that at *model*.
fn both_voices(file: &'static str, bent: impl IntoIterator<Item = (String, String)>) -> Scene {
    let unbent = (String::from("nothing bent"), String::from(NOTHING));
    let (columns, bends): (Vec<_>, Vec<_>) = std::iter::once(unbent).chain(bent).unzip();
    Scene {
        page: PAGES[0],
        file,
        sound: Sound::Drums,
        rows: VOICES.map(|(name, _)| String::from(name)).into(),
        columns,
        presets: VOICES
            .map(|(_, voice)| bends.iter().map(|bends| preset(voice, bends)).collect())
            .into(),
    }
}

/// The voice in five steps, with nothing bent and with a bend.
fn voice() -> Scene {
    let steps = [0u8, 25, 50, 75, 100];
    let bends = [
        ("nothing bent", String::from(NOTHING)),
        ("bent", shown("translate", "[0.1, 0.1]", 1.0).on(2)),
    ];
    let row = |bends: &str| {
        steps
            .map(|step| preset(f32::from(step) / 100.0, bends))
            .into()
    };
    Scene {
        page: PAGES[0],
        file: "voice",
        sound: Sound::Drums,
        rows: bends.iter().map(|(name, _)| String::from(*name)).collect(),
        columns: steps.map(|step| format!("voice {step} %")).into(),
        presets: bends.iter().map(|(_, bends)| row(bends)).collect(),
    }
}

fn preset(voice: f32, bends: &str) -> String {
    preset_of("drums", voice, bends)
}

fn preset_of(model: &str, voice: f32, bends: &str) -> String {
    // Auto gain would hide how loud and how quiet bends are.
    format!("netbend: 1\nmodel: {model}\nseed: 1\nvoice: {voice}\nauto-gain: false\n{bends}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Scene> {
        let names = ["kick", "snare", "hats"].map(String::from);
        let transforms = transforms().into_iter();
        transforms.chain([parts("own", &names)]).collect()
    }

    #[test]
    fn every_picture_is_a_full_grid_under_a_name_of_its_own() {
        let scenes = all();
        for (index, scene) in scenes.iter().enumerate() {
            assert_eq!(scene.presets.len(), scene.rows.len(), "{}", scene.file);
            for row in &scene.presets {
                assert_eq!(row.len(), scene.columns.len(), "{}", scene.file);
            }
            let others = &scenes[..index];
            assert!(others.iter().all(|other| other.file != scene.file));
        }
    }

    #[test]
    fn the_pages_show_every_picture() {
        let pages = [
            include_str!("../../../docs/transforms.md"),
            include_str!("../../../docs/parts.md"),
        ];
        for scene in all() {
            let link = format!("]({}/{}.png)", scene.page, scene.file);
            let page = PAGES.iter().position(|page| *page == scene.page).unwrap();
            assert!(pages[page].contains(&link), "{link}");
        }
    }
}
