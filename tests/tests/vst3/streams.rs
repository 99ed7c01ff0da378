//! States through streams as hosts have them.

use netbend_tests::vst3::{Stream, Trouble};

use crate::fixture;

/// What a host writes before the state, and behind it.
const HEADER: &[u8] = b"a host's own header";

fn saved() -> Vec<u8> {
    fixture::bending(&[("voice", "40 %")]).save().unwrap()
}

#[test]
fn a_state_is_read_from_where_the_stream_stands() {
    let state = saved();
    let bytes = [HEADER, &state].concat();
    let mut plugin = fixture::plugin();
    plugin
        .load_from(Stream::new(bytes, HEADER.len(), Trouble::None))
        .unwrap();
    assert_eq!(plugin.save().unwrap(), state);
}

#[test]
fn a_stream_may_come_in_pieces() {
    let state = saved();
    for most in [1, 7, 1_000] {
        let mut plugin = fixture::plugin();
        plugin
            .load_from(Stream::new(state.clone(), 0, Trouble::Short(most)))
            .unwrap();
        let stream = Stream::new(Vec::new(), 0, Trouble::Short(most));
        let written = plugin.save_to(stream).unwrap().bytes();
        assert_eq!(written, state, "{most} bytes at a time");
    }
}

#[test]
fn a_stream_that_cannot_be_sought_is_read_to_its_end() {
    let state = saved();
    let mut plugin = fixture::plugin();
    plugin
        .load_from(Stream::new(state.clone(), 0, Trouble::Unseekable))
        .unwrap();
    assert_eq!(plugin.save().unwrap(), state);
}

#[test]
fn a_stream_that_fails_changes_nothing() {
    let state = saved();
    let mut plugin = fixture::plugin();
    let before = plugin.save().unwrap();
    for most in [0, 1, 100, state.len() - 1] {
        let trouble = Trouble::FailsAfter(most);
        let loaded = plugin.load_from(Stream::new(state.clone(), 0, trouble));
        assert!(loaded.is_err(), "read {most} bytes");
        assert_eq!(plugin.save().unwrap(), before, "read {most} bytes");
        // What is saved may be shorter: it does not know the model's hash yet.
        let trouble = Trouble::FailsAfter(most.min(before.len() - 1));
        let stream = Stream::new(Vec::new(), 0, trouble);
        assert!(plugin.save_to(stream).is_err(), "wrote {most} bytes");
    }
}

#[test]
fn the_controller_may_be_told_again() {
    let state = saved();
    let mut plugin = fixture::plugin();
    plugin.load(&state).unwrap();
    plugin.inform_controller(&state).unwrap();
    assert_eq!(plugin.save().unwrap(), state);
}

/// As Netbend's two formats keep it: a CLAP's state has its length before it.
#[test]
fn the_state_of_a_clap_loads() {
    let state = saved();
    let framed = [&(state.len() as u64).to_le_bytes()[..], &state].concat();
    let mut plugin = fixture::plugin();
    plugin.load(&framed).unwrap();
    assert_eq!(plugin.save().unwrap(), state);
}
