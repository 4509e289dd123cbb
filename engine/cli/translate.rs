//! `termwise translate`: lists the project's texts that have no translation yet.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};

use termwise_config::translations::{FOLDER, key};
use termwise_reports::words::SHIPPED;
use termwise_run::translating;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  termwise translate fr samples/prairie-crocus\n  termwise translate uk --show")]
pub struct Args {
    /// Language to translate into, for example fr
    pub language: String,
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Only show the texts without a translation
    #[arg(long)]
    pub show: bool,
}

/// Adds every text without a translation to `translations/<language>.toml`, with an empty one to fill in.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = super::project(&args.project)?;
    let language = args.language.as_str();
    if language.is_empty() || !language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        bail!("“{language}” is not a language code; write, for example, fr or uk");
    }
    let path = project.root.join(FOLDER).join(format!("{language}.toml"));
    let shown = format!("{FOLDER}/{language}.toml");
    let translation = project.translations.get(language);
    let (project, told) = translating::texts(&project)?;
    let mut texts = project.texts_to_translate(language);
    // What stands in no file of the project, and what of it has no translation.
    let no_words = |text: &str| translation.is_none_or(|known| known.get(text).is_none());
    let told = project.told_to_translate(language, &told);
    told.into_iter().for_each(|text| {
        if !texts.iter().any(|(known, _)| *known == text.0) {
            texts.push(text)
        }
    });
    if texts.is_empty() {
        bail!(
            "the project's texts are written in “{language}” (`written-in` in [division]); there is nothing to translate"
        );
    }
    let open: Vec<&String> = texts.iter().map(|(text, _)| text).filter(|text| no_words(text)).collect();
    if args.show {
        for text in &open {
            writeln!(out, "{text}")?;
        }
        return Ok(true);
    }
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => format!(
            "# The division's own texts in “{language}”: the text as it is written = its translation.\n\
             review = \"needs review by a native speaker\"\nreviewed-by = \"\"\n\n[texts]\n"
        ),
        Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
    };
    let listed: toml::Table = before.parse().with_context(|| format!("{shown} cannot be read"))?;
    let listed = listed.get("texts").and_then(toml::Value::as_table);
    let fresh: Vec<&&String> = open
        .iter()
        .filter(|text| listed.is_none_or(|listed| !listed.keys().any(|known| key(known) == key(text))))
        .collect();
    let mut after = before;
    for text in &fresh {
        after.push_str(&format!("{} = \"\"\n", toml::Value::String(key(text))));
    }
    if !fresh.is_empty() {
        fs::create_dir_all(project.root.join(FOLDER))?;
        fs::write(&path, after).with_context(|| format!("{shown} cannot be written"))?;
    }
    writeln!(
        out,
        "{} of {} texts have no translation; {} were added to {shown}.",
        open.len(),
        texts.len(),
        fresh.len()
    )?;
    if !SHIPPED.contains(&language) {
        writeln!(out, "The fixed words of the reports need a dictionary too: templates/words/{language}.toml.")?;
    }
    Ok(true)
}
