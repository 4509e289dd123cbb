//! `termwise plugin build|list|check`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args as ClapArgs, Subcommand};

use crate::config::PluginLimits;
use crate::digest::sha256;
use crate::metrics::builder::{self, Build};
use crate::metrics::host::Plugins;
use crate::metrics::{Column, ColumnData, Parameter, Parameters, Table};

/// Arguments of `termwise plugin`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: PluginCommand,
}

#[derive(Debug, Subcommand)]
enum PluginCommand {
    /// Build a metric written in Rust and pin it in plugins.lock
    Build {
        /// The metric's folder
        folder: PathBuf,
        /// Where the component and plugins.lock go
        #[arg(long, default_value = "plugins")]
        out: PathBuf,
        /// Build Rust's standard library from its source as well
        #[arg(long)]
        build_std: bool,
    },
    /// List the plugins that a project may run
    List {
        /// The project folder
        #[arg(default_value = ".")]
        project: PathBuf,
    },
    /// Check a component: contract, imports, determinism, bounds
    Check {
        /// The component (.wasm)
        file: PathBuf,
    },
}

/// Runs the command. `Ok(false)` means that a check failed and was told.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    match &args.command {
        PluginCommand::Build { folder, out: place, build_std } => {
            let build = Build { folder: folder.clone(), out: place.clone(), build_std: *build_std };
            let locked = builder::build(&build)?;
            writeln!(out, "{} {} built: {}", locked.name, locked.version, place.join(&locked.file).display())?;
            writeln!(out, "  pinned in {} (sha256 {})", place.join("plugins.lock").display(), locked.sha256)?;
            Ok(true)
        }
        PluginCommand::List { project } => list(project, out),
        PluginCommand::Check { file } => check(file, out),
    }
}

fn list(project: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut plugins = Plugins::open(project, Path::new(""), &PluginLimits::default())?;
    let pinned: Vec<_> = plugins.pinned().cloned().collect();
    for locked in pinned {
        let state = match plugins.describe(&locked.name) {
            Ok(_) => "pinned".to_owned(),
            Err(why) => why.to_string(),
        };
        writeln!(out, "{} {}  {state}", locked.name, locked.version)?;
        writeln!(out, "  contract termwise:metric@{}, columns {}", locked.contract, locked.columns.join(", "))?;
    }
    Ok(true)
}

fn check(file: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read.", file.display()))?;
    let name = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    writeln!(out, "{} (sha256 {})", file.display(), sha256(&bytes))?;
    let mut plugins = Plugins::single(&name, bytes, &PluginLimits::default())?;
    let description = match plugins.describe(&name) {
        Ok(description) => description.clone(),
        Err(why) => {
            writeln!(out, "  not usable: {why}")?;
            return Ok(false);
        }
    };
    writeln!(out, "  ok: follows termwise:metric@1.0.0 and imports nothing")?;
    writeln!(out, "  ok: {} {}, {} outputs", description.id, description.version, description.outputs.len())?;
    let parameters: Parameters = description
        .parameters
        .iter()
        .map(|(name, default)| (name.clone(), Parameter::Number(default.unwrap_or(1.0))))
        .collect();
    let whole = example(&description.columns, 64);
    let first = match plugins.evaluate(&name, &parameters, &whole) {
        Ok(found) => found,
        Err(why) => {
            writeln!(out, "  not usable on example rows: {why}")?;
            return Ok(false);
        }
    };
    let again = plugins.evaluate(&name, &parameters, &whole)?;
    let mut apart = Vec::new();
    for group in 0..whole.offsets.len() - 1 {
        apart.extend(plugins.evaluate(&name, &parameters, &only(&whole, group))?);
    }
    for (same, what) in [(first == again, "asked twice"), (first == apart, "groups asked one by one")] {
        writeln!(out, "  {}: same answers when {what}", if same { "ok" } else { "FAILED" })?;
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Rows that meet every class, in groups of 0 to 15 rows.
fn example(columns: &[crate::metrics::ColumnSpec], rows: u32) -> Table {
    let mut offsets = vec![0];
    let mut size = 0;
    while *offsets.last().expect("never empty") < rows {
        let next = (offsets[offsets.len() - 1] + size % 16).min(rows);
        offsets.push(next);
        size += 5;
    }
    let columns = columns
        .iter()
        .enumerate()
        .map(|(place, column)| Column {
            name: column.name.clone(),
            series: 0,
            data: if column.class {
                ColumnData::Class((0..rows).map(|row| ((row + place as u32) % 7).min(3) as u8 % 4).collect())
            } else {
                ColumnData::Number((0..rows).map(|row| f64::from((row * 7 + place as u32 * 3) % 11)).collect())
            },
        })
        .collect();
    Table { offsets, columns }
}

/// One group of a table, alone.
fn only(table: &Table, group: usize) -> Table {
    let rows = table.offsets[group] as usize..table.offsets[group + 1] as usize;
    Table {
        offsets: vec![0, u32::try_from(rows.len()).expect("part of a small table")],
        columns: table
            .columns
            .iter()
            .map(|column| Column {
                name: column.name.clone(),
                series: column.series,
                data: match &column.data {
                    ColumnData::Number(cells) => ColumnData::Number(cells[rows.clone()].to_vec()),
                    ColumnData::Class(cells) => ColumnData::Class(cells[rows.clone()].to_vec()),
                },
            })
            .collect(),
    }
}
