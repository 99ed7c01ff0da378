//! How far two clusterings of the same things agree.

use netbend_dsp::number::nearest_f64;

use std::collections::HashMap;

/// The adjusted Rand index (Hubert and Arabie, 1985): 1 where both clusterings are the same but for their order, about 0
/// where they have no more in common than chance gives. Numbers that only one of them holds are left out.
pub fn adjusted_rand(one: &[Vec<usize>], two: &[Vec<usize>]) -> f64 {
    let group_in_two: HashMap<usize, usize> = two
        .iter()
        .enumerate()
        .flat_map(|(group, members)| members.iter().map(move |&member| (member, group)))
        .collect();
    let mut table = vec![vec![0_usize; two.len()]; one.len()];
    for (row, members) in table.iter_mut().zip(one) {
        for group in members.iter().filter_map(|member| group_in_two.get(member)) {
            row[*group] += 1;
        }
    }
    let pairs = |n: usize| nearest_f64(n * n.saturating_sub(1)) / 2.0;
    let together: f64 = table.iter().flatten().map(|&n| pairs(n)).sum();
    let rows: f64 = table.iter().map(|row| pairs(row.iter().sum())).sum();
    let columns: f64 = (0..two.len())
        .map(|column| pairs(table.iter().map(|row| row[column]).sum()))
        .sum();
    let all = pairs(table.iter().flatten().sum());
    if all == 0.0 {
        return 1.0;
    }
    let by_chance = rows * columns / all;
    let most = 0.5 * (rows + columns);
    if most == by_chance {
        1.0
    } else {
        (together - by_chance) / (most - by_chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_clusters_does_not_matter() {
        let one = [vec![0, 1, 2], vec![3, 4], vec![5]];
        let two = [vec![5], vec![4, 3], vec![2, 0, 1]];
        assert_eq!(adjusted_rand(&one, &two), 1.0);
    }

    #[test]
    fn a_known_case_has_its_known_value() {
        // Worked by hand: together 2, rows 6, columns 3, all 15.
        let one = [vec![0, 1, 2], vec![3, 4, 5]];
        let two = [vec![0, 1], vec![2, 3], vec![4, 5]];
        let expected = (2.0 - 6.0 * 3.0 / 15.0) / (0.5 * (6.0 + 3.0) - 6.0 * 3.0 / 15.0);
        assert!((adjusted_rand(&one, &two) - expected).abs() < 1e-12);
    }

    #[test]
    fn unrelated_clusterings_are_near_zero() {
        let one: Vec<Vec<usize>> = (0..10).map(|g| (g * 10..g * 10 + 10).collect()).collect();
        let two: Vec<Vec<usize>> = (0..10).map(|g| (g..100).step_by(10).collect()).collect();
        assert!(adjusted_rand(&one, &two) < 0.0);
        assert_eq!(adjusted_rand(&[], &[]), 1.0);
    }
}
