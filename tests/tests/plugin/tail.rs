//! How long the plugin says that it sounds on.

use crate::fixture;

const BLOCK: usize = 512;

#[test]
fn the_tail_is_what_is_on_its_way_or_endless_while_a_loop_plays() {
    let mut plugin = fixture::plugin();
    plugin.set_channels(1).unwrap();
    plugin.activate(48_000.0, BLOCK as u32).unwrap();
    let latency = plugin.latency().unwrap() as u32;
    let mut after = |settings: &[(&str, &str)]| {
        for (param, text) in settings {
            plugin.set_text(param, text).unwrap();
        }
        let mut output = [0.0; BLOCK];
        plugin
            .process(&[&[0.0; BLOCK]], &mut [&mut output], &[])
            .unwrap();
        plugin.tail().unwrap()
    };
    let finite = Some(latency + 1_024);
    assert_eq!(after(&[]), finite);
    assert_eq!(after(&[("latent_freeze", "On")]), finite);
    assert_eq!(after(&[("voice", "50 %")]), None);
    assert_eq!(after(&[("mix", "0 %")]), finite);
    assert_eq!(after(&[("mix", "10 %"), ("latent_freeze", "Off")]), finite);
    assert_eq!(after(&[("latent_blend", "20 %")]), None);
    assert_eq!(after(&[("bypass", "On")]), finite);
}
