//! `termwise plugin check`: what a component must keep before anybody relies on it.

use std::io::Write;
use std::path::PathBuf;

use termwise_base::digest::sha256;
use termwise_metric::{Description, Limit, Measurement, Parameter, Parameters, Table, Unavailable, english};
use termwise_plugins::examples::examples;
use termwise_plugins::host::{Plugins, Release};
use termwise_plugins::lock::Lock;
use termwise_plugins::steady::{all_alike, reordered};

use super::Alone;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The component (.wasm), or the folder of its sources
    component: PathBuf,
    /// Compare what it asks for with this project's plugins.lock
    #[arg(long)]
    project: Option<PathBuf>,
    /// Give it this many times the usual fuel
    #[arg(long)]
    fuel: Option<u32>,
    /// For Rust sources: build the standard library as well
    #[arg(long)]
    build_std: bool,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut alone = Alone::of(&args.component, args.fuel, args.build_std)?;
    writeln!(out, "{} (sha256 {})", args.component.display(), sha256(&alone.bytes))?;
    let Some(description) = alone.describe(out)? else { return Ok(false) };
    let contract = alone.plugins.contract(Alone::NAME, Release::Current)?;
    writeln!(out, "  ok: follows termwise:metric@{contract} and imports no function")?;
    describe(&description, out)?;
    let granted = match &args.project {
        Some(project) => grant(&description, Lock::read(project)?.unwrap_or_default(), out)?,
        None => true,
    };
    Ok(behaves(&mut alone.plugins, &description, out)? && granted)
}

/// What it is and asks for.
pub fn describe(description: &Description, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  {} {}: {}", description.id, description.version, english(&description.title))?;
    for (name, explanation, default) in description.parameters.list() {
        let default = match default {
            Some(Parameter::Number(number)) => format!(" (default {number})"),
            Some(value) => format!(" (default {})", serde_json::to_string(value)?),
            None => String::new(),
        };
        let explanation = if explanation.is_empty() { "not explained" } else { explanation };
        writeln!(out, "    parameter {name}{default}: {explanation}")?;
    }
    for column in &description.columns {
        writeln!(out, "    asks for {} as “{}”: {}", column.grant(), column.name, english(&column.explanation))?;
    }
    for output in &description.outputs {
        let title = english(&output.title);
        let rests = match output.rests_on.as_slice() {
            [] => String::new(),
            keys => format!(", shown only with {}", keys.join(" and ")),
        };
        let (key, unit, privacy) = (&output.key, &output.unit, output.privacy.word());
        writeln!(out, "    answers “{key}” ({title}): {privacy}, in {unit}{rests}")?;
    }
    let reasons: Vec<&str> = description.left_out.iter().map(|(key, _)| key.as_str()).collect();
    if !reasons.is_empty() {
        writeln!(out, "    may leave students out: {}", reasons.join(", "))?;
    }
    Ok(())
}

/// Whether the lock grants what it asks for.
fn grant(description: &Description, lock: Lock, out: &mut dyn Write) -> anyhow::Result<bool> {
    let Some(locked) = lock.plugin.iter().find(|p| p.name == description.id) else {
        writeln!(
            out,
            "  FAILED: plugins.lock does not name {}; `termwise plugin pin` shows the grant",
            description.id
        )?;
        return Ok(false);
    };
    let missing: Vec<String> = description.grants().into_iter().filter(|g| !locked.columns.contains(g)).collect();
    if missing.is_empty() {
        writeln!(out, "  ok: plugins.lock grants what it asks for")?;
    } else {
        writeln!(out, "  FAILED: plugins.lock does not grant {}", missing.join(", "))?;
    }
    Ok(missing.is_empty())
}

/// Asks in every way that must not matter.
fn behaves(plugins: &mut Plugins, description: &Description, out: &mut dyn Write) -> anyhow::Result<bool> {
    let parameters = description.parameters.example();
    let mut answered = 0;
    for example in examples(description, 400) {
        let table = &example.table;
        let found = match ask(plugins, &parameters, table) {
            Ok(found) => found,
            Err(why) => {
                // A metric may say that it is not made for a scale or for two measures.
                if matches!(why.cause, termwise_metric::Cause::Refused(_)) {
                    writeln!(out, "  note: {}: it gives no answer: {}", example.what, why.cause_alone())?;
                    continue;
                }
                writeln!(out, "  FAILED: {}: {}", example.what, why.cause_alone())?;
                if let termwise_metric::Cause::Stopped(Limit::Fuel(_)) = why.cause {
                    writeln!(
                        out,
                        "    help: `termwise plugin bench` shows what it uses; --fuel N allows N times as much"
                    )?;
                }
                return Ok(false);
            }
        };
        answered += 1;
        let groups: Vec<usize> = (0..table.groups()).collect();
        let backwards: Vec<usize> = groups.iter().rev().copied().collect();
        let turned = |found: Vec<Measurement>| found.into_iter().rev().collect::<Vec<_>>();
        let mut apart = Vec::new();
        for group in &groups {
            apart.extend(ask(plugins, &parameters, &reordered(table, &[*group], false))?);
        }
        let ways = [
            ("asked again", ask(plugins, &parameters, table)?),
            ("rows in another order", ask(plugins, &parameters, &reordered(table, &groups, true))?),
            ("groups in another order", turned(ask(plugins, &parameters, &reordered(table, &backwards, false))?)),
            ("each group by itself", apart),
        ];
        for (way, again) in ways {
            if !all_alike(&found, &again) {
                writeln!(out, "  FAILED: {}: other answers when {way}", example.what)?;
                return Ok(false);
            }
        }
        writeln!(
            out,
            "  ok: {}: answers fit, and are the same when asked again, with rows or groups in another order, and \
             group by group",
            example.what
        )?;
    }
    if answered == 0 {
        writeln!(out, "  FAILED: it answered none of the example questions")?;
    }
    Ok(answered > 0)
}

fn ask(plugins: &mut Plugins, parameters: &Parameters, table: &Table) -> Result<Vec<Measurement>, Unavailable> {
    plugins.evaluate(Alone::NAME, Release::Current, parameters, table)
}
