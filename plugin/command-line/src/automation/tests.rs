//! Automation files as people's programs write them.

use super::*;

fn parse(text: &str) -> Result<Automation> {
    Automation::parse(text, &ParameterSet::default())
}

#[test]
fn numbers_ramp_and_switches_step() {
    let text = "seconds,id,value\n1,slot_amount_1,0 %\n3,slot_amount_1,100 %\n\n# a comment\n1,slot_on_1,on\n2,slot_on_1,off\n";
    let automation = parse(text).unwrap();
    let amount = &automation.lanes[0];
    assert_eq!(amount.value(0.5), None);
    assert_eq!(amount.value(1.0), Some(0.0));
    assert_eq!(amount.value(2.0), Some(0.5));
    assert_eq!(amount.value(9.0), Some(1.0));
    let on = &automation.lanes[1];
    assert_eq!((on.value(1.9), on.value(2.0)), (Some(1.0), Some(0.0)));
    assert_eq!(automation.points_after(2.0), 1);
    assert_eq!(automation.points_after(3.0), 0);
}

#[test]
fn files_of_spreadsheets_are_read() {
    let plain = parse("0,mix,0.5\n1.5,mix,25 %\n1.5,mix,1\n2,slot_on_1,true\n").unwrap();
    for text in [
        "Seconds,ID,Value\r\n0,mix,0.5\r\n1.5,mix,25 %\r\n1.5,mix,1\r\n2,slot_on_1,true\r\n",
        "# two\n\nseconds,id,value\n0,mix,0.5\n1.5,mix,25 %\n1.5,mix,1\n2,slot_on_1,true\n",
        "\"seconds\",\"id\",\"value\"\n\"0\",\"mix\",\"0.5\"\n1.5,\"mix\",25 %,,\n1.5,mix,1\n2,slot_on_1,true",
        "seconds;id;value\n0;mix;0,5\n1,5;mix;25 %\n1,5;mix;1\n2;slot_on_1;true\n",
        "0\tmix\t0,5\n1,5\tmix\t25 %\n1.5\tmix\t1\n2\tslot_on_1\ttrue\n",
        "time,parameter,value\r0,mix,0.5\r1.5,mix,25 %\r1.5,mix,1\r2,slot_on_1,true\r",
    ] {
        assert_eq!(parse(text).unwrap(), plain, "{text}");
    }
}

#[test]
fn errors_name_the_line() {
    let many = "0,mix,1\n".repeat(3);
    for (text, expected) in [
        ("1,slot_amount_1", "line 1"),
        ("0,mix,1\nx,mix,1", "line 2: time `x` found"),
        ("0,nonsense,1", "nonsense"),
        ("0,mxi,1", "did you mean `mix`?"),
        ("0,mix,purple", "purple"),
        ("2,mix,1\n1,mix,0", "line 2"),
        ("0,latency,live", "--set"),
        ("0,mix,nan", "line 1: mix: `nan` found"),
        ("0,mix,1\n1,mix,inf", "line 2"),
        ("0,voice,1.7", "0 to 1"),
        ("nan,mix,1", "line 1: time `nan`"),
        ("inf,mix,1", "time `inf`"),
        ("-1,mix,1", "time `-1`"),
        ("1e9,mix,1", "0 to 86400"),
        ("0,5,mix,1", "decimals with a point"),
        ("0,mix,0,5", "decimals with a point"),
        ("0,\"mix,1", "quote"),
        (&many, "line 3: a third value at 0 s"),
        ("", "no points found"),
        ("# nothing\n\n", "no points found"),
        ("seconds,id,value\n", "no points found"),
        (
            "transforms:\n- layer: 2\n  transform: ablate\n",
            "this is a preset",
        ),
        (
            "1:\n- {cluster_index: 0, feature_index: 0}\n",
            "cluster file",
        ),
        (
            "0,slot_parameter_1,k=2\n0,slot_transform_1,rotate\n",
            "line 1: a transform's own unit",
        ),
    ] {
        let error = format!("{:#}", parse(text).unwrap_err());
        assert!(error.contains(expected), "{text}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
}
