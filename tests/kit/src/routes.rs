//! A preset in which much moves by itself.

/// Eight slots, and twenty routes from every kind of modulator.
pub fn twenty_routes() -> String {
    let slots = (0..8).map(|place| {
        let (layer, transform) = [
            (2, "ablate"),
            (3, "invert"),
            (1, "ablate"),
            (4, "invert"),
        ][place % 4];
        format!(
            "- {{layer: {layer}, transform: {transform}, features: random, feature-param: 0.25, amount: 0.5}}\n"
        )
    });
    let sources = [
        "lfo-1",
        "lfo-2",
        "lfo-3",
        "sequencer-1",
        "sequencer-2",
        "follower-1",
        "follower-2",
        "random",
        "macro-1",
        "macro-8",
    ];
    let amounts = (0..8).map(|place| (sources[place], format!("slot_amount_{}", place + 1)));
    let shares = (0..8).map(|place| {
        (
            sources[(place + 3) % 10],
            format!("slot_percentage_{}", place + 1),
        )
    });
    let others = [
        ("lfo-3", "voice"),
        ("random", "band_low"),
        ("macro-1", "latent_blend"),
        ("sequencer-2", "mix"),
    ];
    let others = others.map(|(from, to)| (from, to.to_owned()));
    let routes = amounts.chain(shares).chain(others).map(|(from, to)| {
        format!("  - {{from: {from}, to: {to}, depth: 0.4, polarity: bipolar}}\n")
    });
    format!(
        "transforms:\n{}modulation:\n  macros: [0.3, 0, 0, 0, 0, 0, 0, 0.8]\n  \
         lfo-1: {{shape: sine, rate: 1/4}}\n  \
         lfo-2: {{shape: sample-hold, rate: 1/16t}}\n  \
         lfo-3: {{shape: triangle, hertz: 3.3, retrigger: attack}}\n  \
         sequencer-1: {{values: [1, 0, 0.5, 0.25], length: 4, glide: 0.3, swing: 0.4}}\n  \
         sequencer-2: {{values: [0, 1, 0.5], length: 3, step: 1/8d}}\n  \
         follower-1: {{band-low: 60, band-high: 400}}\n  \
         follower-2: {{hears: sidechain, mode: attacks}}\n  \
         random: {{rate: 1/2}}\n  routes:\n{}",
        slots.collect::<String>(),
        routes.collect::<String>(),
    )
}
