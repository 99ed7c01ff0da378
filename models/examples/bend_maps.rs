//! Bends activation maps held in a file, so that another implementation can be compared with the operator:
//! `cargo run --release -p netbend-models --example bend_maps -- [JOB.json]`, the job being read from standard input where no file is
//! named:
//!
//! ```json
//! {"rows": 64, "columns": 257, "features": 4, "maps": "in.f32", "out": "out.f32",
//!  "bends": [{"transform": "rotate", "params": [30], "features": [0, 2], "amount": 1.0}]}
//! ```
//!
//! Both files hold little-endian `f32` values, `[feature, row, column]`. Bends apply in their order; without `features` a bend acts on
//! all of them, without `amount` wholly.

use std::error::Error;
use std::io::Read as _;
use std::path::PathBuf;

use netbend_models::bends::transform::MAX_PARAMETERS;
use netbend_models::bends::transform::{Scratch, TransformKind};
use netbend_models::node::operator;
use netbend_models::node::program::{Entry, Program};
use serde::Deserialize;

/// Any layer will do: a program's entries name the one they are applied to.
const LAYER: usize = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    rows: usize,
    columns: usize,
    features: usize,
    maps: PathBuf,
    out: PathBuf,
    bends: Vec<JobBend>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobBend {
    transform: String,
    #[serde(default)]
    params: Vec<f32>,
    features: Option<Vec<u32>>,
    #[serde(default = "whole")]
    amount: f32,
}

fn whole() -> f32 {
    1.0
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut json = String::new();
    match std::env::args_os().nth(1) {
        Some(path) => json = std::fs::read_to_string(path)?,
        None => {
            std::io::stdin().read_to_string(&mut json)?;
        }
    }
    let job: Job = serde_json::from_str(&json)?;
    let mut maps = read(&job)?;
    let program = program(&job)?;
    let shape = [1, job.features, job.rows, job.columns];
    operator::apply(
        LAYER,
        program.words(),
        shape,
        &mut maps,
        &mut Scratch::new(),
    );
    let bytes: Vec<u8> = maps.iter().flat_map(|x| x.to_le_bytes()).collect();
    std::fs::write(&job.out, bytes)?;
    Ok(())
}

fn read(job: &Job) -> Result<Vec<f32>, Box<dyn Error>> {
    let bytes = std::fs::read(&job.maps)?;
    let expected = job.features * job.rows * job.columns * size_of::<f32>();
    if bytes.len() != expected {
        return Err(format!(
            "{} holds {} bytes; {} maps of {} × {} take {expected}",
            job.maps.display(),
            bytes.len(),
            job.features,
            job.rows,
            job.columns
        )
        .into());
    }
    let (values, _) = bytes.as_chunks();
    Ok(values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect())
}

fn program(job: &Job) -> Result<Program, Box<dyn Error>> {
    let mut program = Program::new();
    for bend in &job.bends {
        let transform = TransformKind::from_name(&bend.transform)
            .ok_or_else(|| format!("there is no transform `{}`", bend.transform))?;
        let expected = transform.parameters().len();
        if bend.params.len() != expected {
            return Err(format!(
                "`{}` takes {expected} parameters; {} found",
                bend.transform,
                bend.params.len()
            )
            .into());
        }
        let mut parameters = [0.0; MAX_PARAMETERS];
        parameters[..expected].copy_from_slice(&bend.params);
        let features: Vec<f32> = match &bend.features {
            Some(features) => features.iter().map(|&feature| feature as f32).collect(),
            None => (0..job.features).map(|feature| feature as f32).collect(),
        };
        program.push(&Entry {
            layer: LAYER,
            item: 0,
            transform,
            amount: bend.amount,
            parameters,
            features: &features,
        });
    }
    Ok(program)
}
