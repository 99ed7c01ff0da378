//! States spoilt at random. `cargo run --release -p netbend-tests --example fuzz_states` goes on for longer.

use netbend_tests::fuzz::{Plan, fuzz};
use netbend_tests::hosted::Hosted;
use netbend_tests::{alone, host, vst3};

use crate::sound::drums;

const PLAN: Plan = Plan {
    states: 2_000,
    every: 50,
    seed: 1,
};

fn assert_no_harm<P: Hosted>() {
    let findings = fuzz::<P>(PLAN, &drums(0.25), |_, _| {});
    let findings = findings.unwrap_or_else(|harm| panic!("{harm}"));
    println!("{}: {findings:?}", P::FORMAT);
    // Or else nothing has been tried.
    assert!(findings.taken > PLAN.states / 20, "{findings:?}");
    assert!(findings.refused > PLAN.states / 20, "{findings:?}");
}

#[test]
fn spoilt_states_do_no_harm_to_a_clap() {
    alone::apart(
        "mutations::spoilt_states_do_no_harm_to_a_clap",
        assert_no_harm::<host::Plugin>,
    );
}

#[test]
fn spoilt_states_do_no_harm_to_a_vst3() {
    alone::apart(
        "mutations::spoilt_states_do_no_harm_to_a_vst3",
        assert_no_harm::<vst3::Plugin>,
    );
}
