//! With no bend and the voice on *difference*, Netbend is a delay.

use netbend_tests::measure;

use crate::fixture;

/// The deepest null that 32-bit floats and two Fourier transforms leave room for is near −130 dB.
const NULL_DB: f64 = -100.0;

#[test]
fn no_bend_nulls_against_the_input_at_every_rate_and_layout() {
    let mut plugin = fixture::plugin();
    for rate in [44_100, 48_000, 96_000] {
        for channels in [1, 2] {
            let input = fixture::drums(rate, channels, 1.5);
            let null_db = measure::null_db(&input, &fixture::play(&mut plugin, &input));
            println!("{rate} Hz, {channels} channels: {null_db:.1} dB");
            assert!(
                null_db <= NULL_DB,
                "{rate} Hz, {channels} channels: {null_db:.1} dB"
            );
        }
    }
}

#[test]
fn a_dry_mix_is_the_input_whatever_is_bent() {
    let mut plugin = fixture::bending(&[("slot_transform_1", "Ablate"), ("mix", "0 %")]);
    let input = fixture::drums(48_000, 2, 1.0);
    let null_db = measure::null_db(&input, &fixture::play(&mut plugin, &input));
    assert!(null_db <= NULL_DB, "{null_db:.1} dB");
}
