//! `termwise plugin test`: a metric's worked examples on the real component.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use termwise_plugins::fixtures;

use super::Alone;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The component (.wasm), or the folder of its sources
    component: PathBuf,
    /// The folder that holds `fixtures/` (default: the sources' folder, or the component's)
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Give it this many times the usual fuel
    #[arg(long)]
    fuel: Option<u32>,
    /// For Rust sources: build the standard library as well
    #[arg(long)]
    build_std: bool,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None if args.component.is_dir() => args.component.clone(),
        None => args.component.parent().context("Name the folder of the fixtures with --folder.")?.to_owned(),
    };
    let files = fixtures::read(&folder)?;
    let mut alone = Alone::of(&args.component, args.fuel, args.build_std)?;
    let Some(description) = alone.describe(out)? else { return Ok(false) };
    let (mut right, mut all) = (0, 0);
    for (path, cases) in &files {
        for case in cases {
            all += 1;
            let differences = fixtures::differences(&mut alone.plugins, Alone::NAME, case)
                .with_context(|| format!("{} cannot be used.", path.display()))?;
            if differences.is_empty() {
                right += 1;
                writeln!(out, "  ok: {}", case.name)?;
                continue;
            }
            let from = case.answer_from.as_ref().map_or_else(String::new, |from| format!(" (answer from: {from})"));
            writeln!(out, "  FAILED: {}{from}", case.name)?;
            for difference in differences {
                writeln!(out, "    {difference}")?;
            }
        }
    }
    writeln!(out, "{} {}: {right} of {all} worked examples", description.id, description.version)?;
    Ok(right == all && all > 0)
}
