use super::*;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::WeightFrame;

fn slots(amount: f32) -> Moment {
    let mut moment = Moment::default();
    moment.slots[1].target.layer = 2;
    moment.slots[1].amount = amount;
    moment
}

fn placed(moments: &[Moment]) -> Knots {
    placed_at(Quality::Full, moments)
}

fn placed_at(quality: Quality, moments: &[Moment]) -> Knots {
    let mut knots = Knots::default();
    knots.place(moments, false, Spacing::of(quality));
    knots
}

#[test]
fn resting_controls_need_one_decode_and_idle_ones_none() {
    assert_eq!(placed(&[slots(0.0); 65]).states().len(), 0);
    let knots = placed(&[slots(0.7); 65]);
    assert_eq!(knots.states().len(), 1);
    for frame in 0..65 {
        let (from, to, _) = knots.at(frame);
        assert_eq!((from, to), (1, 1));
    }
}

#[test]
fn a_step_is_exact_to_the_frame() {
    let mut track = [slots(0.0); 65];
    track[40..].fill(slots(1.0));
    let knots = placed(&track);
    assert_eq!(knots.states().len(), 1);
    for frame in 0..65 {
        let (from, to, share) = knots.at(frame);
        let item = if share < 0.5 { from } else { to };
        assert_eq!(item, usize::from(frame >= 40), "frame {frame}");
        assert!(
            from == to || share == 0.0 || frame == 40,
            "frame {frame}: {from} {to} {share}"
        );
    }
}

#[test]
fn a_change_of_transform_is_a_step_too() {
    let mut track = [slots(0.5); 17];
    for state in &mut track[9..] {
        state.slots[1].target.transform = TransformKind::Invert;
    }
    let knots = placed(&track);
    assert_eq!(knots.states().len(), 2);
    assert_eq!(knots.at(8), (1, 1, 0.0));
    assert_eq!(knots.at(9), (2, 2, 0.0));
}

#[test]
fn a_ramp_is_a_knot_every_span_and_straight_between() {
    let track: Vec<Moment> = (0..65).map(|frame| slots(frame as f32 / 64.0)).collect();
    let knots = placed(&track);
    assert!((4..=5).contains(&knots.states().len()));
    for (frame, state) in track.iter().enumerate() {
        let (from, to, share) = knots.at(frame);
        let amount = |item: usize| {
            if item == 0 {
                0.0
            } else {
                knots.states()[item - 1].slots[1].amount
            }
        };
        let heard = amount(from) + share * (amount(to) - amount(from));
        assert!(
            (heard - state.slots[1].amount).abs() < 2e-3,
            "frame {frame}"
        );
    }
}

#[test]
fn less_quality_asks_less_often_while_controls_move_and_as_often_for_steps() {
    // What a host does that sends a value every fourth frame.
    let mut track: Vec<Moment> = (0..81)
        .map(|frame| slots(0.3 + 0.0015 * (frame / 4 * 4) as f32))
        .collect();
    let asked = |quality: Quality, track: &[Moment]| placed_at(quality, track).states().len();
    assert_eq!(
        Quality::ALL.map(|quality| asked(quality, &track)),
        [8, 4, 2, 2, 2]
    );
    track[40..].fill(slots(0.9));
    for quality in Quality::ALL {
        let knots = placed_at(quality, &track);
        assert!(knots.states().len() > 2, "{quality:?}");
        let amount = |frame: usize| {
            let (from, to, share) = knots.at(frame);
            let [from, to] = [from, to].map(|item| knots.states()[item - 1].slots[1].amount);
            from + share * (to - from)
        };
        if quality != Quality::Full {
            assert!(amount(39) < 0.4 && amount(40) > 0.8, "{quality:?}");
        }
    }
}

#[test]
fn wild_controls_stay_within_the_limit() {
    let track: Vec<Moment> = (0..65)
        .map(|frame| slots((frame * 37 % 64) as f32 / 64.0))
        .collect();
    let knots = placed(&track);
    assert!(knots.states().len() <= MAX_ITEMS);
    for frame in 0..65 {
        let (from, to, share) = knots.at(frame);
        assert!(from.max(to) <= knots.states().len() && (0.0..=1.0).contains(&share));
    }
}

#[test]
fn fixed_bends_make_idle_slots_a_bent_item() {
    let mut knots = Knots::default();
    knots.place(&[slots(0.0); 5], true, Spacing::of(Quality::Full));
    assert_eq!(knots.states().len(), 1);
    assert_eq!(knots.at(3).0, 1);
}

fn drawn(seed: u32, blend: f32) -> Moment {
    let mut moment = Moment::default();
    moment.latent.draw.seed = seed;
    moment.latent.blend = blend;
    moment
}

#[test]
fn a_blend_of_nothing_is_idle_whatever_is_drawn() {
    let track: Vec<Moment> = (0..65).map(|frame| drawn(frame, 0.0)).collect();
    assert_eq!(placed(&track).states().len(), 0);
}

#[test]
fn another_seed_a_hold_and_a_blend_are_exact_to_the_frame() {
    let held = |at| {
        let mut moment = Moment::default();
        moment.latent.hold = at;
        moment
    };
    for (before, after) in [
        (drawn(1, 1.0), drawn(2, 1.0)),
        (drawn(1, 0.0), drawn(1, 1.0)),
        (held(None), held(Some(9))),
        (held(Some(3)), held(Some(9))),
    ] {
        let mut track = [before; 65];
        track[40..].fill(after);
        let knots = placed(&track);
        let heard = |frame: usize| match knots.at(frame) {
            (0, _, 0.0) => Moment::default(),
            (item, _, 0.0) => knots.states()[item - 1],
            between => panic!("frame {frame}: {between:?}"),
        };
        assert!(heard(39).same_sound(&before) && heard(40).same_sound(&after));
    }
}

fn weighted(layer: u16, share: f32, amount: f32) -> Moment {
    let mut moment = Moment::default();
    moment.weights[1] = WeightFrame {
        layer,
        share,
        amount,
        ..WeightFrame::default()
    };
    moment
}

#[test]
fn a_weight_slot_of_no_amount_or_no_points_is_idle_wherever_it_points() {
    for (share, amount) in [(0.5, 0.0), (0.0, 0.5)] {
        let track: Vec<Moment> = (0..65).map(|n| weighted(n, share, amount)).collect();
        assert_eq!(placed(&track).states().len(), 0);
    }
}

#[test]
fn a_step_of_a_weight_slot_is_exact_to_the_frame() {
    for (before, after) in [
        (weighted(3, 0.5, 0.0), weighted(3, 0.5, 0.7)),
        (weighted(3, 0.0, 0.7), weighted(3, 0.5, 0.7)),
        (weighted(2, 0.5, 0.7), weighted(3, 0.5, 0.7)),
        (weighted(2, 0.5, 0.7), weighted(2, 0.1, 0.7)),
        (weighted(3, 0.5, -0.7), weighted(3, 0.5, 0.7)),
    ] {
        for (before, after) in [(before, after), (after, before)] {
            let mut track = [before; 65];
            track[40..].fill(after);
            let knots = placed(&track);
            assert!(knots.states().len() <= 2);
            let heard = |frame: usize| match knots.at(frame) {
                (0, _, 0.0) => Moment::default(),
                (item, _, 0.0) => knots.states()[item - 1],
                between => panic!("frame {frame}: {between:?}"),
            };
            assert!(heard(39).same_sound(&before) && heard(40).same_sound(&after));
        }
    }
}

#[test]
fn ramps_of_weight_amount_and_share_are_a_knot_every_span_and_straight_between() {
    type Track = fn(f32) -> Moment;
    let tracks: [Track; 3] = [
        |share| weighted(3, 0.5, share),
        |share| weighted(3, share, 0.5),
        |share| weighted(3, 1.0 - share, 0.2 + share),
    ];
    for track in tracks {
        let track: Vec<Moment> = (0..65).map(|frame| track(frame as f32 / 64.0)).collect();
        let knots = placed(&track);
        assert!((4..=5).contains(&knots.states().len()));
        for (frame, state) in track.iter().enumerate() {
            let (from, to, share) = knots.at(frame);
            let product = |item: usize| match item.checked_sub(1) {
                None => 0.0,
                Some(place) => {
                    let slot = knots.states()[place].weights[1];
                    slot.amount * slot.share
                }
            };
            let heard = product(from) + share * (product(to) - product(from));
            let expected = state.weights[1].amount * state.weights[1].share;
            // A product of two straight lines bends by up to (16/64)²/4 between knots.
            assert!((heard - expected).abs() < 0.02, "frame {frame}");
        }
    }
}

#[test]
fn the_seed_of_weights_that_are_not_drawn_makes_no_knot() {
    let track: Vec<Moment> = (0..65)
        .map(|frame| {
            let mut moment = weighted(3, 0.5, 0.5);
            moment.weights[1].seed = frame;
            moment
        })
        .collect();
    assert_eq!(placed(&track).states().len(), 1);
}

#[test]
fn a_ramp_of_blend_is_a_knot_every_span() {
    let track: Vec<Moment> = (0..65).map(|frame| drawn(1, frame as f32 / 64.0)).collect();
    assert!((4..=5).contains(&placed(&track).states().len()));
}
