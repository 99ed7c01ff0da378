//! The standalone's player as the audio thread has it: round and round to the sample, loops exchanged and output taped without allocating.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};

use netbend::{Deck, Loop};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

fn ramp(length: u16, scale: f32) -> Loop {
    let left: Vec<f32> = (0..length).map(|n| scale * f32::from(n + 1)).collect();
    let right = left.iter().map(|sample| -sample).collect();
    Loop::new([left, right]).unwrap()
}

fn block(deck: &mut Deck, samples: usize) -> [Vec<f32>; 2] {
    let mut sides = [vec![0.125; samples], vec![0.125; samples]];
    let [left, right] = &mut sides;
    let mut channels = [&mut left[..], &mut right[..]];
    assert_no_alloc(|| deck.play(&mut channels));
    sides
}

#[test]
fn it_goes_round_and_round_to_the_sample_in_blocks_of_any_size() {
    let (player, mut deck) = Deck::with_player();
    player.change(ramp(1_000, 0.001));
    player.set_plays(true);
    let mut heard = Vec::new();
    for samples in [1, 7, 512, 1_000, 333, 4_096, 64] {
        let [left, right] = block(&mut deck, samples);
        assert!(left.iter().zip(&right).all(|(left, right)| *left == -right));
        heard.extend(left);
    }
    for (n, sample) in heard.iter().enumerate() {
        let expected = 0.001 * (n % 1_000 + 1) as f32;
        assert_eq!(*sample, expected, "sample {n}");
    }
    let expected = (heard.len() % 1_000) as f32 / 1_000.0;
    assert!((player.place() - expected).abs() < 1e-6);
}

#[test]
fn what_comes_in_is_heard_while_it_does_not_play() {
    let (player, mut deck) = Deck::with_player();
    player.set_plays(true);
    assert_eq!(block(&mut deck, 64)[0], [0.125; 64], "no loop yet");
    player.set_plays(false);
    player.change(ramp(100, 0.01));
    assert_eq!(block(&mut deck, 64)[0], [0.125; 64], "stopped");
    player.set_plays(true);
    assert_eq!(block(&mut deck, 64)[0][..2], [0.01, 0.02]);
    player.set_plays(false);
    // It fades, and does not click.
    block(&mut deck, 512);
    assert_eq!(block(&mut deck, 64)[0], [0.125; 64]);
    player.set_plays(true);
    assert_eq!(block(&mut deck, 64)[0][..2], [0.01, 0.02], "from the start");
}

#[test]
fn loops_are_exchanged_and_freed_by_others() {
    let (player, mut deck) = Deck::with_player();
    player.set_plays(true);
    for round in 1..=20u16 {
        let scale = f32::from(round) * 1e-5;
        player.change(ramp(200, scale));
        block(&mut deck, 512);
        // What played before has faded.
        let [left, _] = block(&mut deck, 64);
        let expected = if round == 1 { 512 % 200 + 1 } else { 1 };
        assert_eq!(left[0], scale * expected as f32, "round {round}");
        player.free_retired();
    }
}

#[test]
fn with_nobody_to_free_them_loops_wait() {
    let (player, mut deck) = Deck::with_player();
    player.set_plays(true);
    for round in 0..20u16 {
        player.change(ramp(200, 1e-5 * f32::from(round + 1)));
        block(&mut deck, 512);
        block(&mut deck, 512);
    }
    // Four wait to be freed, the fifth plays.
    let [left, _] = block(&mut deck, 200);
    let peak = left.iter().fold(0.0f32, |peak, sample| peak.max(*sample));
    assert_eq!(peak, 1e-5f32 * 5.0 * 200.0);
    player.free_retired();
    block(&mut deck, 512);
    assert_eq!(block(&mut deck, 1)[0], [1e-5 * 20.0]);
}

#[test]
fn one_channel_hears_both_sides() {
    let (player, mut deck) = Deck::with_player();
    player.change(Loop::new([vec![0.5; 10], vec![0.25; 10]]).unwrap());
    player.set_plays(true);
    let mut channel = vec![0.0; 32];
    deck.play(&mut [&mut channel]);
    assert_eq!(channel, [0.375; 32]);
}

#[test]
fn what_goes_out_is_taped() {
    let (player, mut deck) = Deck::with_player();
    let tape = |deck: &mut Deck, value: f32| {
        let (mut left, mut right) = ([value; 100], [-value; 100]);
        let mut channels = [&mut left[..], &mut right[..]];
        assert_no_alloc(|| {
            deck.play(&mut channels);
            channels
                .iter_mut()
                .for_each(|channel| channel.fill(2.0 * value));
            deck.tape(&channels);
        });
    };
    let mut frames = Vec::new();
    for value in [0.25, 0.5] {
        tape(&mut deck, value);
        tape(&mut deck, -value);
        player.take_tape(&mut |frame| frames.push(frame));
    }
    let block = |value: f32| vec![[2.0 * value; 2]; 100];
    let expected = [0.25, -0.25, 0.5, -0.5].map(block).concat();
    assert_eq!(frames, expected);
    assert_eq!(player.lost(), 0);
}

#[test]
fn frames_that_nobody_takes_are_counted() {
    let (player, mut deck) = Deck::with_player();
    let (mut left, mut right) = (vec![0.1; 100_000], vec![0.1; 100_000]);
    for _ in 0..4 {
        let mut channels = [&mut left[..], &mut right[..]];
        deck.play(&mut channels);
        deck.tape(&channels);
    }
    let mut taken = 0u64;
    player.take_tape(&mut |_| taken += 1);
    assert_eq!(taken + player.lost(), 400_000);
    assert_eq!(taken, 2 * 192_000);
}
