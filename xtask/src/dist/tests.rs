//! The scripts in an archive, run on small files in a home folder of their own. The real archive is installed by `tests/tests/installed`.

mod fixture;

use std::fs;

use fixture::{Fixture, said, snapshot};

#[test]
fn what_is_installed_goes_again_and_the_home_is_as_before() {
    for name in ["home", "a home, \"quoted\" $HOME & 'odd'"] {
        let fixture = Fixture::new(name);
        fixture.write(".config/daw/settings", "the user's");
        let before = snapshot(&fixture.home());
        let installed = fixture.install(&[]);
        assert!(installed.status.success(), "{}", said(&installed));
        assert_eq!(fixture.read(&fixture.clap("Netbend.clap")), "clap 1");
        assert_eq!(
            fixture.read(&fixture.vst3("Netbend.vst3/Contents/Plugin")),
            "vst3 1"
        );
        assert_eq!(
            fixture.read(".local/bin/netbend"),
            fixture.read(".local/lib/netbend/netbend")
        );
        assert!(fixture.exists(".local/lib/netbend/licences/one.txt"));
        assert!(!fixture.exists(".local/lib/netbend/install.sh"));
        let removed = fixture.uninstall();
        assert!(removed.status.success(), "{}", said(&removed));
        assert_eq!(snapshot(&fixture.home()), before);
    }
}

#[test]
fn folders_can_be_chosen_and_are_left_as_they_were() {
    let fixture = Fixture::new("home");
    fixture.write("my plugins/other.clap", "another plugin");
    let before = snapshot(&fixture.home());
    let plugins = fixture.path("my plugins");
    let plugins = plugins.to_str().unwrap();
    let installed = fixture.install(&["--clap-dir", plugins, "--vst3-dir", plugins]);
    assert!(installed.status.success(), "{}", said(&installed));
    assert_eq!(fixture.read("my plugins/Netbend.clap"), "clap 1");
    assert!(!fixture.exists(&fixture.clap("")));
    assert!(fixture.uninstall().status.success());
    assert_eq!(snapshot(&fixture.home()), before);
}

#[test]
fn a_damaged_or_missing_file_is_named_and_nothing_changes() {
    let fixture = Fixture::new("home");
    let before = snapshot(&fixture.home());
    for spoil in [
        |fixture: &Fixture| fs::write(fixture.unpacked("Netbend.clap"), "clap 2").unwrap(),
        |fixture: &Fixture| fs::remove_file(fixture.unpacked("Netbend.clap")).unwrap(),
    ] {
        spoil(&fixture);
        let refused = fixture.install(&[]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            said(&refused).contains("Netbend.clap is "),
            "{}",
            said(&refused)
        );
        assert_eq!(snapshot(&fixture.home()), before);
    }
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_changes() {
    for (in_the_way, named) in [
        (".local/bin/netbend", ".local/bin/netbend is there"),
        (".local/lib", ".local/lib is a file"),
        (
            ".local/lib/netbend/netbend/x",
            "netbend/netbend is a folder",
        ),
    ] {
        let fixture = Fixture::new("home");
        fixture.write(in_the_way, "the user's");
        let before = snapshot(&fixture.home());
        let refused = fixture.install(&[]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains(named), "{}", said(&refused));
        assert_eq!(snapshot(&fixture.home()), before);
    }
}

#[test]
fn a_link_to_a_plugin_elsewhere_is_not_written_through() {
    let fixture = Fixture::new("home");
    fixture.write("build/Netbend.vst3/Contents/Plugin", "being worked on");
    fs::create_dir_all(fixture.path(&fixture.vst3(""))).unwrap();
    let link = fixture.path(&fixture.vst3("Netbend.vst3"));
    std::os::unix::fs::symlink(fixture.path("build/Netbend.vst3"), link).unwrap();
    let before = snapshot(&fixture.home());
    let refused = fixture.install(&[]);
    assert!(said(&refused).contains("is a link"), "{}", said(&refused));
    assert_eq!(snapshot(&fixture.home()), before);
}

#[test]
fn an_archive_for_another_system_or_processor_is_refused() {
    let fixture = Fixture::new("home");
    let before = snapshot(&fixture.home());
    let other = match std::env::consts::OS {
        "macos" => "linux",
        _ => "macos",
    };
    for (system, processor) in [(other, "universal"), (std::env::consts::OS, "pdp11")] {
        fixture.unpack("1", system, processor, &[]);
        let refused = fixture.install(&[]);
        assert!(
            said(&refused).contains("this archive is for "),
            "{}",
            said(&refused)
        );
        assert_eq!(snapshot(&fixture.home()), before);
    }
}

#[test]
fn a_newer_netbend_takes_the_place_of_an_older_one_and_keeps_what_is_the_users() {
    let fixture = Fixture::new("home");
    fixture.unpack_here("1", &[("licences/gone.txt", "of version 1 only")]);
    assert!(fixture.install(&[]).status.success());
    let model = fixture.clap("Netbend.resources/models/mine.onnx");
    let changed = fixture.clap("Netbend.resources/models/drums.onnx");
    fixture.write(&model, "a model of the user's");
    fixture.write(&changed, "the user's own drums");
    let mine = ".local/share/netbend/models/own.onnx";
    fixture.write(mine, "another");

    fixture.unpack_here("2", &[]);
    for _ in 0..2 {
        let installed = fixture.install(&[]);
        assert!(installed.status.success(), "{}", said(&installed));
    }
    assert_eq!(fixture.read(&fixture.clap("Netbend.clap")), "clap 2");
    assert!(!fixture.exists(".local/lib/netbend/licences/gone.txt"));
    assert_eq!(fixture.read(&changed), "drums 2");
    assert_eq!(
        fixture.read(&format!("{changed}.yours")),
        "the user's own drums"
    );
    assert_eq!(fixture.read(&model), "a model of the user's");

    fixture.write(".local/lib/netbend/README.txt", "notes");
    let removed = fixture.uninstall();
    assert!(removed.status.success(), "{}", said(&removed));
    let mut left: Vec<_> = snapshot(&fixture.home())
        .into_iter()
        .filter(|(_, contents)| contents != "folder")
        .map(|(path, _)| path)
        .collect();
    left.sort();
    let mut expected = vec![
        model.clone(),
        format!("{changed}.yours"),
        mine.to_owned(),
        ".local/lib/netbend/README.txt".to_owned(),
    ];
    expected.sort();
    assert_eq!(left, expected);
    for path in [&model, &expected[0]] {
        assert!(said(&removed).contains(path.as_str()), "{}", said(&removed));
    }
}

#[test]
fn an_installation_without_a_record_is_replaced() {
    let fixture = Fixture::new("home");
    fixture.write(&fixture.clap("Netbend.clap"), "clap 0");
    let installed = fixture.install(&[]);
    assert!(installed.status.success(), "{}", said(&installed));
    assert_eq!(fixture.read(&fixture.clap("Netbend.clap")), "clap 1");
}

#[test]
fn a_full_disk_leaves_the_older_netbend_whole() {
    let fixture = Fixture::new("home");
    assert!(fixture.install(&[]).status.success());
    let before = snapshot(&fixture.home());
    fixture.unpack_here("2", &[]);
    let copies = Fixture::calls_of("cp");
    assert!(copies > 5);
    for call in [1, copies / 2] {
        let failed = fixture.install_with_fault("cp", call);
        assert!(!failed.status.success());
        assert!(said(&failed).contains("disk"), "{}", said(&failed));
        assert_eq!(snapshot(&fixture.home()), before, "call {call}");
    }
}

#[test]
fn an_installation_stopped_at_any_move_can_be_repeated_and_removed() {
    let moves = Fixture::calls_of("mv");
    assert!(moves > 5);
    for call in 1..=moves {
        let fixture = Fixture::new("home");
        let before = snapshot(&fixture.home());
        let failed = fixture.install_with_fault("mv", call);
        assert!(!failed.status.success());
        if call % 2 == 0 {
            assert!(fixture.install(&[]).status.success());
            assert_eq!(fixture.read(&fixture.clap("Netbend.clap")), "clap 1");
        }
        fixture.uninstall();
        assert_eq!(snapshot(&fixture.home()), before, "call {call}");
    }
}
