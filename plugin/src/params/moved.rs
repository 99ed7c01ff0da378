//! A parameter that is moved away from where it is set.

use nice_plug::prelude::Param;

/// The value where the knob is moved by `offset` of its way, as far as the way goes. Where it is not moved, it is the parameter's to the bit.
///
/// # Real-time safety
/// Reads atomics; never allocates, locks or panics.
pub(super) fn moved<P: Param>(param: &P, offset: f32) -> P::Plain {
    if offset == 0.0 {
        return param.modulated_plain_value();
    }
    let position = param.modulated_normalized_value() + offset;
    param.preview_plain(position.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::NetbendParams;
    use crate::params::preset::set;
    use netbend_models::bends::modulation::Target;
    use nice_plug::params::Params as _;

    #[test]
    fn every_target_is_a_parameter() {
        let ids: Vec<_> = NetbendParams::default()
            .param_map()
            .into_iter()
            .map(|(id, _, _)| id)
            .collect();
        for target in Target::all() {
            assert!(ids.contains(&target.name()), "{}", target.name());
        }
    }

    #[test]
    fn a_knob_is_moved_along_its_way_and_not_beyond() {
        let params = NetbendParams::default();
        let low = &params.voice.band_low;
        set(low, 300.0);
        assert_eq!(moved(low, 0.0).to_bits(), low.value().to_bits());
        let middle = low.preview_plain(low.preview_normalized(300.0) + 0.25);
        assert!((moved(low, 0.25) - middle).abs() < 1e-3);
        assert_eq!((moved(low, 2.0), moved(low, -2.0)), (20_000.0, 20.0));
        let on = &params.slots[0].on;
        assert_eq!((moved(on, 0.4), moved(on, 0.6)), (false, true));
        let cluster = &params.slots[0].cluster;
        assert_eq!((moved(cluster, 0.2), moved(cluster, 1.0)), (3, 15));
    }
}
