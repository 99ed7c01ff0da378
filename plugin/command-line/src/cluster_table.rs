//! The clusters of a model as a table: what each carries, in figures.

use std::fmt::Write as _;

use netbend_models::package::bands::BANDS;
use netbend_models::package::manifest::{ClusterDescription, LayerClusters};

/// A table for each layer; empty without clusters. Each begins with an empty line.
pub(super) fn text(layers: &[LayerClusters]) -> String {
    layers.iter().map(table).collect()
}

fn table(group: &LayerClusters) -> String {
    let count = group.clusters.len();
    let sizes = group
        .clusters
        .iter()
        .map(|features| features.len().to_string());
    let Some(description) = &group.description else {
        let sizes: Vec<String> = sizes.collect();
        return format!(
            "\n  layer {}: {count} clusters of {} features, not described\n",
            group.layer,
            sizes.join(", ")
        );
    };
    let mut head = vec![
        "cluster", "features", "name", "rms", "level", "onset", "sustain", "tail",
    ];
    head.extend(BANDS.iter().map(|band| band.name));
    let mut rows: Vec<Vec<String>> = vec![head.into_iter().map(str::to_owned).collect()];
    for (number, (features, cluster)) in sizes.zip(&description.clusters).enumerate() {
        let mut row = vec![number.to_string(), features, cluster.name.clone()];
        row.push(format!("{:.1}", cluster.change_rms_db));
        row.extend(figures(cluster).map(|db| format!("{db:+.1}")));
        rows.push(row);
    }
    let mut text = format!(
        "\n  layer {}: decibels that ablating a cluster changes, over {} windows{}\n",
        group.layer,
        description.windows,
        apart(&description.differences_db)
    );
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = rows
                .iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0);
            // Names to the left, numbers to the right. Writing to a string does not fail.
            let _ = match column {
                2 => write!(line, "  {cell:<width$}"),
                _ => write!(line, "  {cell:>width$}"),
            };
        }
        text += &line;
        text.push('\n');
    }
    text
}

fn figures(cluster: &ClusterDescription) -> impl Iterator<Item = f64> {
    [
        cluster.level_db,
        cluster.onset_db,
        cluster.sustain_db,
        cluster.tail_db,
    ]
    .into_iter()
    .chain(cluster.bands_db.iter().copied())
}

/// How far what two clusters take away differs: the least and the most.
fn apart(differences_db: &[Vec<f64>]) -> String {
    let pairs = || {
        let below = |(one, row): (usize, &Vec<f64>)| row[..one.min(row.len())].to_vec();
        differences_db.iter().enumerate().flat_map(below)
    };
    let least = pairs().fold(f64::INFINITY, f64::min);
    match least.is_finite() {
        true => format!(
            "; two differ by {least:.1} to {:.1} dB rms",
            pairs().fold(0.0, f64::max)
        ),
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::package::manifest::LayerDescription;

    fn cluster(name: &str, onset_db: f64) -> ClusterDescription {
        ClusterDescription {
            name: name.into(),
            change_rms_db: 9.25,
            level_db: -1.0,
            onset_db,
            sustain_db: -0.5,
            tail_db: 0.0,
            bands_db: vec![-1.5; BANDS.len()],
        }
    }

    #[test]
    fn columns_line_up_and_undescribed_layers_say_so() {
        let described = LayerClusters {
            layer: 2,
            clusters: vec![vec![0; 12], vec![1]],
            description: Some(LayerDescription {
                windows: 35,
                clusters: vec![cluster("attacks", -10.5), cluster("low-mid body", 0.25)],
                differences_db: vec![vec![0.0, 7.5], vec![7.5, 0.0]],
            }),
        };
        let bare = LayerClusters {
            description: None,
            ..described.clone()
        };
        let printed = text(&[described, bare]);
        assert!(
            printed.contains("35 windows; two differ by 7.5 to 7.5 dB rms"),
            "{printed}"
        );
        assert!(printed.contains("layer 2: 2 clusters of 12, 1 features, not described"));
        let lines: Vec<&str> = printed.lines().skip(2).take(3).collect();
        let onset_ends = |line: &str, word: &str| line.find(word).unwrap() + word.len();
        assert_eq!(onset_ends(lines[0], "onset"), onset_ends(lines[1], "-10.5"));
        assert_eq!(onset_ends(lines[0], "onset"), onset_ends(lines[2], "+0.2"));
    }
}
