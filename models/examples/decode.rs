//! Decodes latents through the engine with a preset's bends, so that another implementation can be compared with it:
//! `cargo run --release -p netbend-models --example decode -- RESOURCES MODEL.onnx LATENTS.f32 OUT.f32 [PRESET.yaml]`, where the folder
//! RESOURCES holds ONNX Runtime.
//!
//! Both files hold little-endian `f32` values: latents `[item, latent]`, windows `[item, frame, bin]`. Every item is bent alike.

use std::error::Error;
use std::path::{Path, PathBuf};

use netbend_models::bends::weights::WeightBend;
use netbend_models::export::resolve;
use netbend_models::node::program::{Entry, Program};
use netbend_models::{Bender, Package, Preset, Runtime};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let (resources, model, latents, out, preset) = match arguments.as_slice() {
        [resources, model, latents, out] => (resources, model, latents, out, None),
        [resources, model, latents, out, preset] => (resources, model, latents, out, Some(preset)),
        _ => return Err("give RESOURCES MODEL.onnx LATENTS.f32 OUT.f32 [PRESET.yaml]".into()),
    };
    let runtime = Runtime::load(std::slice::from_ref(resources))?;
    let package = Package::load(model)?;
    let latents = read(latents)?;
    let items = latents.len() / package.manifest().latent_size;
    let preset = match preset {
        None => Preset::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path)?;
            Preset::from_yaml(&text, &path.display().to_string())?
        }
    };
    let program = for_items(&resolve(&preset, package.manifest())?, items);
    let weights: Vec<_> = preset.weights.iter().map(WeightBend::to_frame).collect();
    let mut bender = Bender::new(&package, runtime)?;
    let mut windows = Vec::new();
    if weights.is_empty() {
        bender.decode(&latents, &program, &mut windows)?;
    } else {
        bender.decode_weighted(&weights, &latents, &program, &mut windows)?;
    }
    let bytes: Vec<u8> = windows.iter().flat_map(|x| x.to_le_bytes()).collect();
    Ok(std::fs::write(out, bytes)?)
}

/// What the program does to item 0, done to each of the items.
fn for_items(program: &Program, items: usize) -> Program {
    let mut all = Program::new();
    for item in 0..items {
        for entry in Program::entries(program.words()) {
            all.push(&Entry { item, ..entry });
        }
    }
    all
}

fn read(path: &Path) -> Result<Vec<f32>, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let (values, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(format!("{} holds no whole number of values", path.display()).into());
    }
    Ok(values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect())
}
