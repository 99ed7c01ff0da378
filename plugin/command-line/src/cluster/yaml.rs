//! Clusters as a network-bending cluster file.

use anyhow::Result;
use netbend_models::cluster::to_yaml;
use netbend_models::package::manifest::LayerClusters;

use super::arguments::Arguments;
use crate::print::say;
use crate::replace::replace;

/// Writes the file of `--yaml`, where there is one.
pub(super) fn write_yaml(arguments: &Arguments, clusters: &[LayerClusters]) -> Result<()> {
    if let Some(file) = &arguments.yaml {
        replace(file, to_yaml(clusters).as_bytes())?;
        say!("written: {}", file.display())?;
    }
    Ok(())
}
