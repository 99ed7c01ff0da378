//! Files that use each other in a circle.

use std::collections::HashSet;

use super::imports::Use;
use super::modules::Modules;

/// One line for each group of files of which each reaches every other.
pub(super) fn circles(modules: &Modules, uses: &[Use]) -> Vec<String> {
    let mut next = vec![Vec::new(); modules.len()];
    for one in uses {
        next[one.from].push(one.to);
    }
    let reach: Vec<HashSet<usize>> = (0..modules.len())
        .map(|start| reached(start, &next))
        .collect();
    let mut told: HashSet<usize> = HashSet::new();
    let mut lines = Vec::new();
    for start in 0..modules.len() {
        if told.contains(&start) || !reach[start].contains(&start) {
            continue;
        }
        let mut group: Vec<usize> = reach[start]
            .iter()
            .copied()
            .filter(|&other| reach[other].contains(&start))
            .collect();
        group.sort_unstable();
        told.extend(&group);
        let pairs = uses
            .iter()
            .filter(|one| group.contains(&one.from) && group.contains(&one.to));
        let pairs: Vec<String> = pairs
            .map(|one| {
                let (from, to) = (&modules.file(one.from).name, &modules.file(one.to).name);
                format!("  {from}:{} uses `{}` of {to}", one.line, one.what)
            })
            .collect();
        lines.push(format!(
            "a circle of {} files:\n{}",
            group.len(),
            pairs.join("\n")
        ));
    }
    lines
}

/// What can be reached from `start`, by one step or more.
fn reached(start: usize, next: &[Vec<usize>]) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut open = next[start].clone();
    while let Some(one) = open.pop() {
        if found.insert(one) {
            open.extend(&next[one]);
        }
    }
    found
}
