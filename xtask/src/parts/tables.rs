//! The tables of `docs/parts.md`.

use std::fmt::Write as _;

use super::mixer::{FADER, Faded};
use super::network::{Network, Taken};

/// What taking a part out does on its best layer and on all, between the ideal masks and what `beside` can.
pub fn network(network: &Network, beside: &[Network]) -> String {
    let mut head = format!(
        "{}, {} patterns; lowered / rest harmed / nearer by, dB:\n\n| part | best layer | all layers |",
        network.model, network.patterns
    );
    let mut rule = String::from("\n|---|---|---|");
    for other in beside {
        let _ = write!(head, " {} |", other.model);
        rule.push_str("---|");
    }
    let mut table = format!("{head} ideal mask |{rule}---|\n");
    for part in &network.parts {
        let best = part
            .layers
            .iter()
            .find(|layer| Some(layer.layer) == part.best_layer);
        let best = best.map(|layer| format!("{} (layer {})", said(&layer.taken), layer.layer));
        let all = part.all_layers.as_ref().map(said);
        let _ = write!(
            table,
            "| **{}** | {} | {} |",
            part.name,
            best.unwrap_or_else(none),
            all.unwrap_or_else(none)
        );
        for other in beside {
            let _ = write!(table, " {} |", of_other(other, &part.name));
        }
        let _ = writeln!(table, " {} |", said(&part.ideal));
    }
    table
}

/// What another model does to a part of that name, on its best layer or with its best cluster.
fn of_other(other: &Network, name: &str) -> String {
    let Some(part) = other.parts.iter().find(|part| part.name == name) else {
        return none();
    };
    let best = part
        .layers
        .iter()
        .find(|layer| Some(layer.layer) == part.best_layer);
    if let Some(layer) = best {
        return format!("{} (layer {})", said(&layer.taken), layer.layer);
    }
    let cluster = part.cluster.as_ref();
    cluster.map_or_else(none, |cluster| {
        format!("{} ({})", said(&cluster.taken), cluster.name)
    })
}

/// What taking a part out does on each layer.
pub fn layers(network: &Network) -> String {
    let first = network.parts.iter().find(|part| !part.layers.is_empty());
    let numbers: Vec<usize> = first
        .iter()
        .flat_map(|part| part.layers.iter().map(|layer| layer.layer))
        .collect();
    let mut table = String::from("| part |");
    for number in &numbers {
        let _ = write!(table, " layer {number} |");
    }
    table.push_str("\n|---|");
    table.push_str(&"---|".repeat(numbers.len()));
    table.push('\n');
    for part in &network.parts {
        let _ = write!(table, "| **{}** |", part.name);
        for number in &numbers {
            let layer = part.layers.iter().find(|layer| layer.layer == *number);
            let cell = layer.map_or_else(none, |layer| said(&layer.taken));
            let _ = write!(table, " {cell} |");
        }
        table.push('\n');
    }
    table
}

/// What the faders do in both formats.
pub fn faders(faded: &[Faded]) -> String {
    let mut table = format!(
        "| fader at {} | format | part | rest | patterns |\n|---|---|---|---|---|\n",
        FADER.replace('-', "−")
    );
    for faded in faded {
        let median = faded.median();
        let range = |of| {
            let sorted = faded.sorted(of);
            match (sorted.first(), sorted.last()) {
                (Some(&lowest), Some(&highest)) => {
                    format!("{} … {}", decibels(lowest), decibels(highest))
                }
                _ => none(),
            }
        };
        let _ = writeln!(
            table,
            "| **{}** | {} | {} dB ({}) | {} dB ({}) | {} |",
            faded.part,
            faded.format,
            decibels(median.part_db),
            range(|levels| levels.part_db),
            decibels(median.rest_db),
            range(|levels| levels.rest_db),
            faded.patterns.len()
        );
    }
    table
}

fn said(taken: &Taken) -> String {
    let [lowered, harmed, gain] = [taken.lowered, taken.harmed, taken.gain].map(decibels);
    format!("{lowered} / {harmed} / {gain}")
}

/// With a sign that is a minus.
fn decibels(db: f64) -> String {
    let text = format!("{db:+.1}");
    match text.as_str() {
        "-0.0" | "+0.0" => String::from("0.0"),
        _ => text.replace('-', "−"),
    }
}

fn none() -> String {
    String::from("–")
}

#[cfg(test)]
mod tests {
    use super::super::{mixer, network};
    use super::*;

    #[test]
    fn the_table_of_networks_has_the_best_layer_and_the_others_best_cluster() {
        let [new, old] = network::examples();
        let table = network(&new, &[old]);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| part | best layer | all layers | old 1 | ideal mask |",
                "|---|---|---|---|---|",
                "| **kick** | −8.0 / −18.0 / +2.5 (layer 2) | −8.0 / −18.0 / +2.5 | – | −8.0 / −18.0 / +2.5 |",
                "| **hats** | −8.0 / −18.0 / +2.5 (layer 2) | −8.0 / −18.0 / +2.5 | −4.0 / −14.8 / −3.5 (layer 3, cluster 0) | −8.0 / −18.0 / +2.5 |",
            ]
        );
    }

    #[test]
    fn every_layer_has_its_column() {
        let [new, _] = network::examples();
        let table = layers(&new);
        assert_eq!(
            table.lines().last().unwrap(),
            "| **hats** | −3.0 / −20.0 / 0.0 | −8.0 / −18.0 / +2.5 |"
        );
    }

    #[test]
    fn faders_have_medians_and_ranges() {
        let faded = mixer::example("CLAP", "hats", &[(-9.0, -0.2), (-12.0, -0.4), (-10.0, 0.0)]);
        assert_eq!(
            faders(&[faded]).lines().last().unwrap(),
            "| **hats** | CLAP | −10.0 dB (−12.0 … −9.0) | −0.2 dB (−0.4 … 0.0) | 3 |"
        );
    }
}
