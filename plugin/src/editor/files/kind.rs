//! What a file is to the editor, told by its name alone: nothing is read, so it is quick on any disk.

use std::path::{Path, PathBuf};

use crate::resources::library::ENDINGS;

/// What is taken.
pub const TAKEN: &str = "Netbend takes .yaml presets and .onnx models";
/// What else is taken where there is a player.
const TAKEN_TOO: &str = "Netbend takes .yaml presets, .onnx models and sounds to play as a loop";
/// How names of sounds end. What they are, their bytes say.
pub const SOUNDS: [&str; 17] = [
    "wav", "wave", "flac", "aif", "aiff", "aifc", "mp3", "ogg", "oga", "opus", "m4a", "mp4", "caf",
    "w64", "rf64", "bw64", "mka",
];

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is loaded.
    Preset,
    /// It is copied among the user's models and played.
    Model,
    /// It is played into the plugin, round and round.
    Loop,
}

/// Why files are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They are several, and no model with what belongs to it.
    #[error("{0} files at once. {TAKEN}, one at a time; a model may come with what belongs to it.")]
    Several(usize),
    /// It judges clusters of a model.
    #[error(
        "{0} is a metric: it belongs beside its model. Drop the model, and its metric comes along."
    )]
    Metric(String),
    /// It is a folder.
    #[error("{0} is a folder. {TAKEN}: drop the file itself.")]
    Folder(String),
    /// It ends like neither a preset nor a model.
    #[error("{0} ends in .{1}. {TAKEN}.")]
    Ending(String, String),
    /// Its name has no ending.
    #[error("The name of {0} has no ending. {TAKEN}.")]
    NoEnding(String),
}

/// Which of the files that came together is taken, and as what; a sound only where there is a player that `takes_loops`.
///
/// # Errors
/// Where none of them can be.
pub fn of(paths: &[PathBuf], takes_loops: bool) -> Result<(Kind, &Path), Refusal> {
    match paths {
        [one] if takes_loops && is_sound(one) => Ok((Kind::Loop, one)),
        [one] => Ok((kind(one)?, one)),
        several => with_model(several).ok_or(Refusal::Several(several.len())),
    }
}

/// What stands over the window while these files are dragged over it.
pub fn promise(paths: &[PathBuf], takes_loops: bool) -> &'static str {
    match of(paths, takes_loops) {
        Ok((Kind::Preset, _)) => "Drop: preset",
        Ok((Kind::Model, _)) => "Drop: model",
        Ok((Kind::Loop, _)) => "Drop: loop",
        Err(_) if takes_loops => TAKEN_TOO,
        Err(_) => TAKEN,
    }
}

/// A file's name, to be shown.
pub fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn kind(path: &Path) -> Result<Kind, Refusal> {
    let Some(ending) = path.extension() else {
        return Err(Refusal::NoEnding(name(path)));
    };
    let ending = ending.to_string_lossy();
    if ENDINGS.iter().any(|own| ending.eq_ignore_ascii_case(own)) {
        Ok(Kind::Preset)
    } else if !ending.eq_ignore_ascii_case("onnx") {
        Err(Refusal::Ending(name(path), ending.into_owned()))
    } else if is_metric(path) {
        Err(Refusal::Metric(name(path)))
    } else {
        Ok(Kind::Model)
    }
}

fn is_sound(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    SOUNDS.iter().any(|own| ending.eq_ignore_ascii_case(own))
}

fn is_metric(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default();
    let second = Path::new(stem).extension();
    second.is_some_and(|second| second.eq_ignore_ascii_case("metric"))
}

/// The one model among files that all bear its name: its sidecar and its metric lie beside it, and are copied with it.
fn with_model(paths: &[PathBuf]) -> Option<(Kind, &Path)> {
    let is_model = |path: &&PathBuf| kind(path) == Ok(Kind::Model);
    let mut models = paths.iter().filter(is_model);
    let (model, None) = (models.next()?, models.next()) else {
        return None;
    };
    let stem = model.file_stem()?.to_string_lossy().into_owned();
    let belongs = |path: &PathBuf| {
        let rest = name(path);
        let rest = rest.strip_prefix(&stem);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    let all = paths.iter().all(belongs);
    all.then_some((Kind::Model, model))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names
            .iter()
            .map(|name| Path::new("/x").join(name))
            .collect()
    }

    #[test]
    fn a_file_is_told_by_its_ending_in_either_case() {
        for (file, kind, promised) in [
            ("Wet Cardboard.yaml", Kind::Preset, "Drop: preset"),
            ("bends.YML", Kind::Preset, "Drop: preset"),
            ("drums.onnx", Kind::Model, "Drop: model"),
            ("drums.v2.ONNX", Kind::Model, "Drop: model"),
        ] {
            let paths = paths(&[file]);
            for takes_loops in [false, true] {
                let taken = of(&paths, takes_loops);
                assert_eq!(taken, Ok((kind, paths[0].as_path())), "{file}");
                assert_eq!(promise(&paths, takes_loops), promised, "{file}");
            }
        }
    }

    #[test]
    fn a_sound_is_taken_where_there_is_a_player() {
        for file in ["break.wav", "Amen.FLAC", "x.mp3"] {
            let paths = paths(&[file]);
            let taken = of(&paths, true);
            assert_eq!(taken, Ok((Kind::Loop, paths[0].as_path())), "{file}");
            assert_eq!(promise(&paths, true), "Drop: loop");
            assert!(of(&paths, false).is_err());
        }
        let two = paths(&["a.wav", "b.wav"]);
        assert_eq!(of(&two, true), Err(Refusal::Several(2)));
    }

    #[test]
    fn what_is_not_taken_is_named_with_what_is() {
        for (files, said) in [
            (&["kick.wav"][..], "kick.wav ends in .wav."),
            (&["README"], "The name of README has no ending."),
            (&[".yaml"], "The name of .yaml has no ending."),
            (&["a.yaml", "b.yaml"], "2 files at once."),
            (&["a.onnx", "b.onnx", "c.onnx"], "3 files at once."),
            (&["drums.onnx", "other.yaml"], "2 files at once."),
            (&["drums.onnx", "drumset.yaml"], "2 files at once."),
            (&[], "0 files at once."),
        ] {
            let paths = paths(files);
            let refusal = of(&paths, false).unwrap_err().to_string();
            assert!(refusal.starts_with(said), "{refusal}");
            assert!(refusal.contains(TAKEN), "{refusal}");
            assert_eq!(promise(&paths, false), TAKEN);
        }
        let metric = of(&paths(&["drums.metric.onnx"]), false)
            .unwrap_err()
            .to_string();
        assert!(metric.contains("Drop the model"), "{metric}");
    }

    #[test]
    fn a_model_may_come_with_its_sidecar_and_its_metric() {
        let paths = paths(&["drums.yaml", "drums.metric.onnx", "drums.onnx"]);
        assert_eq!(of(&paths, false), Ok((Kind::Model, paths[2].as_path())));
    }
}
