//! What the pictures show: grids of presets, for the built command line to play.

/// One picture.
pub struct Scene {
    /// The file's name, without `.png`.
    pub file: &'static str,
    /// What stands before each row.
    pub rows: Vec<String>,
    /// What stands above each column.
    pub columns: Vec<String>,
    /// What is heard in each cell, `[row][column]`.
    pub presets: Vec<Vec<String>>,
}

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

/// Every picture, in the page's order.
pub fn all() -> Vec<Scene> {
    let transforms = TRANSFORMS.iter().map(on_layers);
    transforms.chain([voice(), weights()]).collect()
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

/// Nothing bent, then the bends given with their titles, at *difference* and below that at *model*.
fn both_voices(file: &'static str, bent: impl IntoIterator<Item = (String, String)>) -> Scene {
    let unbent = (String::from("nothing bent"), String::from(NOTHING));
    let (columns, bends): (Vec<_>, Vec<_>) = std::iter::once(unbent).chain(bent).unzip();
    Scene {
        file,
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
        file: "voice",
        rows: bends.iter().map(|(name, _)| String::from(*name)).collect(),
        columns: steps.map(|step| format!("voice {step} %")).into(),
        presets: bends.iter().map(|(_, bends)| row(bends)).collect(),
    }
}

fn preset(voice: f32, bends: &str) -> String {
    // Auto gain would hide how loud and how quiet bends are.
    format!("netbend: 1\nmodel: drums\nseed: 1\nvoice: {voice}\nauto-gain: false\n{bends}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_page_shows_every_picture() {
        let page = include_str!("../../../docs/transforms.md");
        for scene in all() {
            let link = format!("](transforms/{}.png)", scene.file);
            assert!(page.contains(&link), "{link}");
        }
    }
}
