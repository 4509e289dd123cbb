//! Files in `templates/` that nothing uses: most often one that lies in another folder than the shipped
//! file that it was to replace.
//!
//! Comes in: the project. Goes out: a note a file. It reads texts only and guesses for the file's good.

use std::collections::BTreeSet;

use termwise_base::problem::{Place, Problem};
use termwise_config::Project;
use termwise_config::goals::Audience;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::typeset::WEB;

pub(super) fn check(project: &Project, templates: &TemplateRoots) -> Vec<Problem> {
    let shipped: BTreeSet<String> = TemplateRoots::shipped().paths().into_iter().collect();
    let own = templates.own_paths();
    let texts: Vec<(&String, String)> = own
        .iter()
        .filter(|path| path.ends_with(".typ"))
        .filter_map(|path| Some((path, String::from_utf8(templates.read(path)?.into_owned()).ok()?)))
        .collect();
    // By its name, or by its folder where the name is put together.
    let named = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = folder.rsplit('/').next().unwrap_or("");
        let folder = (!folder.is_empty() && folder != "lib").then(|| format!("{folder}/\""));
        texts.iter().any(|(other, text)| {
            *other != path && (text.contains(name) || folder.as_ref().is_some_and(|folder| text.contains(folder)))
        })
    };
    let languages: BTreeSet<&String> = project.reports.all_languages(&project.division.languages).collect();
    let used = |path: &String| {
        let entry = project.reports.extra.iter().map(|report| report.template.as_str());
        let mut entry = entry.chain(Audience::ALL.iter().map(|audience| audience.id()));
        let stem = path.strip_suffix(WEB).or_else(|| path.strip_suffix(".typ")).unwrap_or(path);
        let language = path.strip_prefix("words/").and_then(|file| file.strip_suffix(".toml"));
        path.starts_with("fonts/")
            || path.ends_with(".md")
            || path.split('/').any(|part| part.starts_with('.'))
            || language.map_or(shipped.contains(path), |language| languages.iter().any(|own| *own == language))
            || entry.any(|entry| entry.strip_suffix(".typ").unwrap_or(entry) == stem)
            || named(path)
    };
    own.iter().filter(|path| !used(path)).map(|path| idle(path, &shipped)).collect()
}

fn idle(path: &str, shipped: &BTreeSet<String>) -> Problem {
    let name = path.rsplit('/').next().unwrap_or(path);
    let meant = shipped.iter().find(|other| other.rsplit('/').next() == Some(name) && *other != path);
    let hint = meant.map_or_else(
        || {
            "A file is used if it lies where a shipped one does (`termwise template list`), if a [[report]] names it \
             as its template, or if another template does."
                .to_owned()
        },
        |meant| format!("To replace the shipped file, move it to templates/{meant}."),
    );
    Problem::note("Nothing uses this file.").at(Place::file(format!("templates/{path}"))).hint(hint)
}
