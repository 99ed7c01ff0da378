//! A bounce today is the bounce of tomorrow.

use netbend_tests::audio::Audio;
use netbend_tests::measure;

use crate::fixture;

const BEND: [(&str, &str); 3] = [
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Invert"),
    ("voice", "50 %"),
];

fn input() -> Audio {
    fixture::drums(44_100, 2, 1.5)
}

#[test]
fn fresh_instances_render_the_same_bits() {
    let first = fixture::play(&mut fixture::bending(&BEND), &input());
    for repeat in 0..2 {
        let again = fixture::play(&mut fixture::bending(&BEND), &input());
        assert!(first == again, "repeat {repeat} differs");
    }
}

#[test]
fn one_instance_renders_the_same_bits_each_time() {
    let mut plugin = fixture::bending(&BEND);
    let first = fixture::play(&mut plugin, &input());
    for repeat in 0..2 {
        assert!(
            first == fixture::play(&mut plugin, &input()),
            "repeat {repeat} differs"
        );
    }
}

/// With no bend the worker is far ahead of the host, and what it sent in one run may still be on
/// its way when the next begins.
#[test]
fn one_instance_renders_the_same_bits_each_time_with_nothing_to_compute() {
    let mut plugin = fixture::plugin();
    let input = fixture::drums(44_100, 1, 1.0);
    let first = fixture::play(&mut plugin, &input);
    for repeat in 0..20 {
        let again = fixture::play(&mut plugin, &input);
        let difference = measure::first_difference(&first, &again, 0.0);
        assert_eq!(
            difference, None,
            "repeat {repeat}: the first sample that differs"
        );
    }
}

#[test]
fn two_instances_at_once_render_what_one_does() {
    let alone = fixture::play(&mut fixture::bending(&BEND), &input());
    let together: Vec<_> = (0..2)
        .map(|_| std::thread::spawn(|| fixture::play(&mut fixture::bending(&BEND), &input())))
        .collect();
    for thread in together {
        assert!(alone == thread.join().unwrap());
    }
}
