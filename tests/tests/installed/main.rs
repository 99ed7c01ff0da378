//! The archive of `cargo xtask dist`: unpacked, installed into an empty home folder by its own script, played from there, uninstalled.
//!
//! Nothing of the checkout is in sight of what is installed: neither the current folder nor the environment leads there.

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

mod home;

use std::collections::BTreeSet;

use home::Home;
use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::built::CLAP_ID;
use netbend_tests::host::{self, Automation, Blocks};
use netbend_tests::{measure, vst3};

/// Names the host that a process of this test is to be. Without it this process is the one that installs.
const HOST: &str = "NETBEND_TEST_HOST";
const BEND: [(&str, &str); 3] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Ablate"),
];
/// How far below its input what [`BEND`] changes is at most, in dB.
const BENT_DB: f64 = -40.0;

#[test]
fn an_archive_plays_from_an_empty_home_and_leaves_it_empty() {
    if let Ok(host) = std::env::var(HOST) {
        return bounce(&host);
    }
    let home = Home::empty();
    let before = home.files();
    home.install();
    let installed = home.files();

    let dry = drums();
    dry.write_wav(&home.path("dry.wav")).unwrap();
    let settings = BEND.map(|(param, text)| format!("--set {param}={}", text.to_lowercase()));
    home.shell(&format!(
        "netbend render dry.wav bent.wav {}",
        settings.join(" ")
    ));
    let bent = Audio::read_wav(&home.path("bent.wav")).unwrap();
    assert!(measure::is_finite(&bent));
    let null_db = measure::null_db(&dry, &bent);
    assert!(null_db > BENT_DB, "dry: {null_db:.1} dB");
    for command in home.commands_of_readme() {
        std::fs::copy(home.path("dry.wav"), home.path("loop.wav")).unwrap();
        home.shell(&command);
        let rendered = Audio::read_wav(&home.path("bent.wav")).unwrap();
        assert!(measure::null_db(&dry, &rendered) > BENT_DB, "{command}");
    }

    for settings in [
        format!("--preset {}", home.example("crush.yaml")),
        format!(
            "--set slot_on_1=on --set slot_transform_1=ablate --automate {}",
            home.example("sweep.csv")
        ),
    ] {
        home.shell(&format!("netbend render dry.wav example.wav {settings}"));
        let rendered = Audio::read_wav(&home.path("example.wav")).unwrap();
        assert!(measure::null_db(&dry, &rendered) > BENT_DB, "{settings}");
    }

    for host in ["clap", "vst3"] {
        home.this_test(
            "an_archive_plays_from_an_empty_home_and_leaves_it_empty",
            HOST,
            host,
        );
        let bounced = Audio::read_wav(&home.path(&format!("{host}.wav"))).unwrap();
        assert!(bounced == bent, "{host} and the command line differ");
    }

    let sounds = [
        "dry.wav",
        "loop.wav",
        "bent.wav",
        "example.wav",
        "clap.wav",
        "vst3.wav",
    ];
    let sounds = sounds.map(|name| home.path(name));
    for sound in &sounds {
        std::fs::remove_file(sound).unwrap();
    }
    // Playing leaves nothing behind, in the installation or beside it.
    let more: BTreeSet<_> = home.files().difference(&installed).cloned().collect();
    assert_eq!(more, BTreeSet::new());
    home.uninstall();
    assert_eq!(home.files(), before);
}

/// Plays the sound in the home folder, which is the current one, through the plugin that is installed there.
fn bounce(host: &str) {
    let home = Home::here();
    let dry = Audio::read_wav(&home.path("dry.wav")).unwrap();
    let bent = if host == "clap" {
        let mut plugin = host::Bundle::open(&home.clap())
            .unwrap()
            .create(CLAP_ID)
            .unwrap();
        plugin.set_offline(true).unwrap();
        for (param, text) in BEND {
            plugin.set_text(param, text).unwrap();
        }
        let bent = plugin.render(&dry, Blocks::Fixed(333), &Automation::default());
        home.assert_runtime_is_from_here();
        bent.unwrap()
    } else {
        let mut plugin = vst3::Bundle::open(&home.vst3()).unwrap().create().unwrap();
        for (param, text) in BEND {
            plugin.set_text(param, text).unwrap();
        }
        let bent = plugin.play(&dry, &vst3::Play::default());
        home.assert_runtime_is_from_here();
        bent.unwrap()
    };
    bent.write_wav(&home.path(&format!("{host}.wav"))).unwrap();
}

fn drums() -> Audio {
    let channels = drum_loop_stereo(48_000.0, 1.37, 11);
    Audio {
        sample_rate: 48_000,
        channels: channels.into(),
    }
}
