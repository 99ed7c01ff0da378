//! What `netbend render` reads and writes: kinds of files, and that nothing is ever lost.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use netbend_tests::audio::Audio;
use netbend_tests::{built, measure};

use crate::netbend::{Workbench, run, said};

/// Whether `netbend render` succeeded, and what it said.
fn render(input: &Path, output: &Path, options: &[&str]) -> (bool, String) {
    let paths = [OsStr::new("render"), input.as_os_str(), output.as_os_str()];
    let all = paths.into_iter().chain(options.iter().map(OsStr::new));
    let ran = run(all, &built::resources());
    (ran.status.success(), said(&ran))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn no_input_is_ever_written() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(44_100, 1);
    let file = |name: &str, content: &str| {
        let path = bench.path(name);
        fs::write(&path, content).unwrap();
        path
    };
    let preset = file("preset.wav", "transforms: []\n");
    let curve = file("curve.wav", "0,mix,1\n");
    let side = bench.path("side.wav");
    fs::copy(&input, &side).unwrap();
    let link = bench.path("link.wav");
    fs::hard_link(&input, &link).unwrap();
    let before: Vec<_> = [&input, &preset, &curve, &side]
        .map(|path| fs::read(path).unwrap())
        .into();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let [preset_text, curve_text, side_text] = [&preset, &curve, &side].map(|path| text(path));
    let options = [
        "--preset",
        &preset_text,
        "--automate",
        &curve_text,
        "--sidechain",
        &side_text,
    ];
    let again = bench.path("").join(".").join(input.file_name().unwrap());
    for output in [&input, &again, &link, &preset, &curve, &side] {
        let (succeeded, said) = render(&input, output, &options);
        assert!(!succeeded && said.contains("another name"), "{said}");
        let named = text(output);
        let save = [&options[..], &["--save-preset", &named]].concat();
        let (succeeded, said) = render(&input, &bench.path("out.wav"), &save);
        assert!(!succeeded && said.contains("another name"), "{said}");
    }
    let after: Vec<_> = [&input, &preset, &curve, &side]
        .map(|path| fs::read(path).unwrap())
        .into();
    assert!(before == after);
    assert!(!bench.path("out.wav").exists());
}

#[test]
fn what_cannot_be_written_is_said_before_the_work() {
    let bench = Workbench::new();
    // A file that would be refused when it is read: what is said comes before.
    let input = bench.path("text.wav");
    fs::write(&input, "no sound").unwrap();
    for (output, options, words) in [
        ("o.mp3", &[][..], ".flac"),
        ("o", &[], ".wav"),
        ("o.wav", &["--format", "flac16"], "wav24"),
        ("o.flac", &["--format", "wav16"], "flac24"),
        ("o.wav", &["--format", "mp3"], "wav32f"),
        ("none/o.wav", &[], "make it first"),
    ] {
        let (succeeded, said) = render(&input, &bench.path(output), options);
        assert!(!succeeded && said.contains(words), "{output}: {said}");
    }
    let folder = bench.path("folder.wav");
    fs::create_dir(&folder).unwrap();
    let (succeeded, said) = render(&input, &folder, &[]);
    assert!(!succeeded && said.contains("folder"), "{said}");
    assert_eq!(names(&bench.path("")), ["folder.wav", "text.wav"]);
}

#[test]
fn every_format_is_the_same_render() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(44_100, 2);
    // Quiet enough for integers.
    let settings = [
        "--set",
        "slot_on_1=on",
        "--set",
        "slot_transform_1=ablate",
        "--set",
        "gain=-20 dB",
    ];
    let whole = bench.render(&input, &settings);
    for (name, bits) in [("wav16", 16), ("wav24", 24)] {
        let output = bench.path(&format!("{name}.wav"));
        let (succeeded, said) = render(
            &input,
            &output,
            &[&settings[..], &["--format", name]].concat(),
        );
        assert!(succeeded, "{said}");
        // Unbent, what was written comes out of Netbend again.
        let null_db = measure::null_db(&whole, &bench.render(&output, &[]));
        // Noise of half a step, against drums that were turned down by 20 dB.
        let expected_db = -6.02 * f64::from(bits) + 24.0 + 20.0;
        assert!(null_db < expected_db, "{name}: {null_db:.1} dB");
    }
    let flac = bench.path("out.flac");
    let (succeeded, said) = render(&input, &flac, &settings);
    assert!(succeeded, "{said}");
    assert!(fs::read(&flac).unwrap().starts_with(b"fLaC"));
    assert!(measure::null_db(&whole, &bench.render(&flac, &[])) < -100.0);
    let loud = bench.path("loud.wav");
    // The ceiling would leave nothing to clip.
    let loudly = ["--set", "gain=24 dB", "--set", "ceiling=off"];
    let wav16 = ["--format", "wav16"];
    let (succeeded, said) = render(&input, &loud, &[loudly.as_slice(), &wav16].concat());
    assert!(succeeded && said.contains("clipped"), "{said}");
}

#[test]
fn loop_points_come_through() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(44_100, 1);
    let mut content = fs::read(&input).unwrap();
    for (id, body) in [
        (b"smpl", vec![1_u8; 60]),
        (b"acid", vec![2; 24]),
        (b"cue ", vec![3; 28]),
    ] {
        content.extend(id);
        content.extend((body.len() as u32).to_le_bytes());
        content.extend(body);
    }
    let size = (content.len() as u32 - 8).to_le_bytes();
    content[4..8].copy_from_slice(&size);
    fs::write(&input, content).unwrap();
    for options in [&[][..], &["--loop", "--format", "wav24"]] {
        let output = bench.path("out.wav");
        let (succeeded, said) = render(&input, &output, options);
        assert!(succeeded && !said.contains("warning"), "{said}");
        let written = fs::read(output).unwrap();
        for body in [
            &b"smpl\x3c\0\0\0\x01\x01"[..],
            b"acid\x18\0\0\0\x02",
            b"cue \x1c\0\0\0\x03",
        ] {
            assert!(written.windows(body.len()).any(|found| found == body));
        }
    }
}

/// The middle one of three copies, and what followed it is how it begins.
#[test]
fn a_loop_runs_into_itself() {
    let bench = Workbench::new();
    let (input, audio) = bench.drums(44_100, 2);
    let copies = bench.path("copies.wav");
    let thrice = audio
        .channels
        .iter()
        .map(|channel| channel.repeat(3))
        .collect();
    let thrice = Audio {
        sample_rate: 44_100,
        channels: thrice,
    };
    thrice.write_wav(&copies).unwrap();
    let settings = [
        "--set",
        "slot_on_1=on",
        "--set",
        "slot_layer_1=3",
        "--set",
        "slot_transform_1=ablate",
    ];
    let looped = bench.render(&input, &[&settings[..], &["--loop"]].concat());
    let copies = bench.render(&copies, &settings);
    let length = audio.samples();
    assert_eq!(looped.samples(), length);
    for (looped, copies) in looped.channels.iter().zip(&copies.channels) {
        let fade = 44_100 / 20;
        assert!(looped[fade..] == copies[length + fade..2 * length]);
        assert_eq!(looped[0], copies[2 * length]);
        let steps = looped.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!((looped[0] - looped[length - 1]).abs() <= steps.fold(0.0, f32::max));
    }
}

/// A disk that fills up in the middle: here it is the size that a file may have.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_what_was_there() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(44_100, 2);
    let output = bench.path("out.wav");
    let preset = bench.path("mine.yaml");
    fs::write(&output, "the old render").unwrap();
    fs::write(&preset, "the old preset").unwrap();
    let before = names(&bench.path(""));
    // In blocks of a kilobyte; the signal that would come instead of an error is ignored, as a full disk sends none.
    let ran = std::process::Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 16; exec \"$0\" render \"$1\" \"$2\"",
        ])
        .arg(built::command_line())
        .args([&input, &output])
        .env("NETBEND_RESOURCES", built::resources())
        .output()
        .unwrap();
    assert!(
        !ran.status.success() && said(&ran).contains("out.wav"),
        "{}",
        said(&ran)
    );
    assert_eq!(fs::read_to_string(&output).unwrap(), "the old render");
    assert_eq!(names(&bench.path("")), before);
    let saved = render(
        &input,
        &output,
        &["--save-preset", preset.to_str().unwrap()],
    );
    assert!(saved.0, "{}", saved.1);
    assert!(fs::read_to_string(&preset).unwrap().contains("netbend: 1"));
    assert_eq!(names(&bench.path("")), before);
}
