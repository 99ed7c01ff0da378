//! What README and docs say to type: every `netbend` line is typed, in a folder that has what `cargo xtask demo` leaves and the files the pages
//! speak of. The `cargo xtask` lines are held by a test of `xtask`.

#![cfg(unix)] // the pages' lines are a shell's
#![allow(clippy::unwrap_used)] // helpers fail the way tests do

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::built;

/// The project's folder.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The lines of a page's `console` blocks, comments taken off.
fn lines(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            let line = line.split(" # ").next().unwrap().trim();
            lines.push(line.trim_start_matches("$ ").to_owned());
        }
    }
    lines
}

/// The pages for users.
fn pages() -> Vec<PathBuf> {
    let project = project();
    let docs = fs::read_dir(project.join("docs")).unwrap();
    let mut pages: Vec<_> = docs
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    pages.insert(0, project.join("README.md"));
    pages
}

/// Writes seconds of drums.
fn drums(path: &Path, seconds: f32) {
    let audio = Audio {
        sample_rate: 44_100,
        channels: drum_loop_stereo(44_100.0, seconds, 5).into(),
    };
    audio.write_wav(path).unwrap();
}

/// A folder with what the pages speak of.
fn surroundings() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("target/demo")).unwrap();
    symlink(built::folder(), at("target/bundled")).unwrap();
    symlink(project().join("docs"), at("docs")).unwrap();
    for name in ["target/demo/dry.wav", "target/demo/bent.wav", "loop.wav"] {
        drums(&at(name), 2.0);
    }
    for name in ["my-loops", "other-loops"] {
        fs::create_dir(at(name)).unwrap();
        drums(&at(name).join("one.wav"), 2.0);
    }
    let models = built::resources().join("models");
    for ending in ["onnx", "metric.onnx"] {
        let from = models.join(format!("drums.{ending}"));
        if from.exists() {
            fs::copy(from, at(&format!("my-model.{ending}"))).unwrap();
        }
    }
    folder
}

#[test]
fn what_the_pages_say_to_type_works() {
    let folder = surroundings();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut typed = 0;
    let mut problems = Vec::new();
    for page in pages() {
        for line in lines(&page) {
            let Some(arguments) = line
                .strip_prefix("target/bundled/netbend ")
                .or_else(|| line.strip_prefix("netbend "))
            else {
                continue;
            };
            // Measuring takes its minute; and the worked example's model is trained first.
            if arguments.contains("my-loops.onnx") || arguments.contains("invert.yaml") {
                continue;
            }
            let quick = if arguments.starts_with("bench") {
                if arguments.contains("--") {
                    continue;
                }
                " --seconds 1 --mode live"
            } else {
                ""
            };
            let ran = Command::new("sh")
                .args(["-c", &format!("{line}{quick}")])
                .current_dir(folder.path())
                .env("PATH", format!("{}:{path}", built::folder().display()))
                .env("NETBEND_RESOURCES", built::resources())
                .output()
                .unwrap();
            typed += 1;
            if !ran.status.success() {
                let said = String::from_utf8_lossy(&ran.stderr);
                problems.push(format!("{}: {line}\n{said}", page.display()));
            }
        }
    }
    assert_eq!(problems, Vec::<String>::new());
    assert!(typed > 8, "only {typed} lines found");
    assert!(folder.path().join("bent.wav").exists());
}

#[test]
fn files_that_pages_link_to_are_there() {
    let mut problems = Vec::new();
    let project = project();
    let more = ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"];
    let decisions = fs::read_dir(project.join("docs/decisions")).unwrap();
    let pages = pages()
        .into_iter()
        .chain(more.map(|name| project.join(name)))
        .chain(decisions.map(|entry| entry.unwrap().path()));
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets {
            let file = target.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            if !page.parent().unwrap().join(file).exists() {
                problems.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn the_map_of_the_code_names_every_folder() {
    let map = fs::read_to_string(project().join("docs/code-map.md")).unwrap();
    let mut missing = Vec::new();
    let mut folders = ["dsp", "models", "plugin", "tests", "xtask"]
        .map(|name| project().join(name))
        .to_vec();
    while let Some(folder) = folders.pop() {
        let mut has_sources = false;
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with(['.', '_']) && name != "build" {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                has_sources |= name != "build.rs";
            }
        }
        let name = folder
            .strip_prefix(project())
            .unwrap()
            .display()
            .to_string();
        if has_sources && !map.contains(&format!("| `{name}` |")) {
            missing.push(name);
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
