#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use super::value::range;
use super::*;

fn with(id: &str, value: &str) -> Mended {
    mend(format!(r#"{{"params":{{"{id}":{{"f32":{value}}}}},"fields":{{}}}}"#).as_bytes()).unwrap()
}

fn kept_value(mended: &Mended, id: &str) -> Value {
    let state: Value = serde_json::from_slice(&mended.json).unwrap();
    without_kind(state["params"][id].clone())
}

#[test]
fn a_value_out_of_range_becomes_the_nearest_and_is_told() {
    let (min, max) = range(ptr("gain"));
    for (found, nearest, says) in [("20", max, "24"), ("-5", min, "-24")] {
        let mended = with("gain", found);
        let gain = kept_value(&mended, "gain").as_f64().unwrap() as f32;
        assert_eq!(gain, nearest, "{found}");
        assert_eq!(mended.notices.len(), 1);
        let notice = &mended.notices[0];
        assert!(
            notice.contains("`gain`") && notice.contains(says),
            "{notice}"
        );
    }
}

#[test]
fn a_value_far_out_of_range_becomes_the_default_and_is_told() {
    for (id, found) in [
        ("gain", "1e39"),
        ("gain", "1e6"),
        ("gain", "-1e300"),
        ("phase_iterations", "2000000000"),
        ("phase_iterations", "-9223372036854775808"),
        ("slot_layer_1", "-700"),
    ] {
        let mended = with(id, found);
        assert_eq!(kept_value(&mended, id), value_of(ptr(id)), "{id} {found}");
        assert_eq!(mended.notices.len(), 1, "{id} {found}");
    }
}

fn ptr(id: &str) -> ParamPtr {
    // Leaked, so that the pointer stays good.
    let params: &'static NetbendParams = Box::leak(Box::default());
    let found = params.param_map().into_iter().find(|(own, ..)| own == id);
    found.unwrap().1
}

#[test]
fn a_value_of_another_kind_becomes_the_default_and_is_told() {
    for (id, found) in [
        ("gain", "null"),
        ("gain", r#""loud""#),
        ("bypass", "3"),
        ("latency", r#""never""#),
        ("latency", "99"),
        ("seed", "[]"),
    ] {
        let mended = with(id, found);
        assert_eq!(kept_value(&mended, id), value_of(ptr(id)), "{id} {found}");
        assert_eq!(mended.notices.len(), 1, "{id} {found}");
    }
}

#[test]
fn what_is_left_out_is_the_default_and_nothing_is_said() {
    let mended = mend(br#"{"params":{}}"#).unwrap();
    assert!(mended.notices.is_empty(), "{:?}", mended.notices);
    let state: Value = serde_json::from_slice(&mended.json).unwrap();
    let params = NetbendParams::default();
    for (id, param, _) in params.param_map() {
        assert_eq!(
            state["params"][&id],
            with_kind(param, value_of(param)),
            "{id}"
        );
    }
    assert_eq!(state["fields"]["model"], r#""drums""#);
}

#[test]
fn every_value_that_a_knob_reaches_is_left_alone() {
    let params = NetbendParams::default();
    for (id, param, _) in params.param_map() {
        for position in [0.0, 0.1, 0.5, 0.77, 1.0] {
            // SAFETY: `params` outlives the pointer.
            let plain = unsafe {
                param._internal_set_normalized_value(position);
                match param {
                    ParamPtr::FloatParam(_) => {
                        serde_json::to_string(&param.unmodulated_plain_value()).unwrap()
                    }
                    ParamPtr::IntParam(_) => format!("{}", param.unmodulated_plain_value() as i64),
                    ParamPtr::BoolParam(_) => {
                        format!("{}", param.unmodulated_plain_value() > 0.5)
                    }
                    ParamPtr::EnumParam(choice) => {
                        format!("{:?}", (*choice).unmodulated_plain_id().unwrap())
                    }
                }
            };
            let mended = with(&id, &plain);
            assert!(
                mended.notices.is_empty(),
                "{id} {plain}: {:?}",
                mended.notices
            );
        }
    }
}

#[test]
fn what_was_mended_stays_as_it_is() {
    let once = with("gain", "1e39");
    let twice = mend(&once.json).unwrap();
    assert_eq!(once.json, twice.json);
    assert!(twice.notices.is_empty());
    assert_eq!(mend(&with_length(&once.json)).unwrap().json, once.json);
}

#[test]
fn what_is_no_state_is_refused_with_a_reason() {
    let deep = "[".repeat(100_000);
    for (bytes, reason) in [
        (&b""[..], "cannot be read"),
        (b"\0\0\0\0\0\0\0\0", "cannot be read"),
        (b"[]", "no keys"),
        (b"{}", "no `params`"),
        (br#"{"params":3}"#, "no `params`"),
        (br#"{"params":{},"fields":[]}"#, "no texts"),
        (deep.as_bytes(), "cannot be read"),
        (&vec![b' '; MAX_BYTES + 1], "expected at most"),
    ] {
        let error = mend(bytes).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn what_nice_plug_wrote_is_left_alone() {
    let written = br#"{"version":"0.1.0","params":{"gain":{"f32":1.5},"bypass":{"bool":true},"seed":{"i32":9},
        "latency":{"string":"live"}},"fields":{"model":"\"own\""}}"#;
    let mended = mend(written).unwrap();
    assert!(mended.notices.is_empty(), "{:?}", mended.notices);
    let before: Value = serde_json::from_slice(written).unwrap();
    let after: Value = serde_json::from_slice(&mended.json).unwrap();
    for (id, value) in before["params"].as_object().unwrap() {
        assert_eq!(after["params"][id], *value);
    }
    assert_eq!(after["fields"]["model"], before["fields"]["model"]);
}

#[test]
fn every_truncation_is_refused_or_whole() {
    let json = mend(br#"{"params":{}}"#).unwrap().json;
    for length in 0..json.len() {
        assert!(mend(&json[..length]).is_err(), "{length}");
    }
    let prefixed = with_length(&json);
    for length in 8..prefixed.len() {
        assert!(mend(&prefixed[..length]).is_err(), "{length}");
    }
}

#[test]
fn texts_that_are_none_are_left_out() {
    let mended = mend(br#"{"params":{},"fields":{"model":"drums","fixed-bends":3,"other":"x"}}"#);
    let mended = mended.unwrap();
    let state: Value = serde_json::from_slice(&mended.json).unwrap();
    // `drums` without quotes of its own is no JSON.
    assert_eq!(state["fields"]["model"], r#""drums""#);
    assert_eq!(state["fields"]["fixed-bends"], r#""""#);
    assert_eq!(mended.notices.len(), 2);
}

#[test]
fn many_notices_are_counted() {
    let params: Vec<_> = (0..100).map(|n| format!(r#""x{n}":1"#)).collect();
    let mended = mend(format!(r#"{{"params":{{{}}}}}"#, params.join(",")).as_bytes()).unwrap();
    assert_eq!(mended.notices.len(), MAX_NOTICES + 1);
    assert_eq!(mended.notices[MAX_NOTICES], "and 92 more");
}
