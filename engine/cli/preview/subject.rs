//! What a preview shows: which report, with whose figures.
//!
//! Comes in: the arguments. Goes out: a model and its template, or one text that says why there is none.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use jiff::civil::Date;
use serde_json::{Value, json};

use termwise_base::problem::{Problem, nearest};
use termwise_config::goals::Audience;
use termwise_config::reports::ExtraReport;
use termwise_config::{Edition, Format, Plc, Project, SchoolId, edition, load};
use termwise_reports::templates::TemplateRoots;
use termwise_reports::typeset::WEB;
use termwise_run::{self as run, Options, Outcome};

use super::Args;

/// Everything but the template's text.
pub(super) struct Figures {
    /// The model, JSON text.
    pub model: String,
    /// Entry file.
    pub template: String,
    /// “Today” for the template.
    pub date: Date,
    /// What the division may want to mend in its words.
    pub notes: Vec<Problem>,
}

/// The report that was asked for.
struct Wanted<'a> {
    audience: Audience,
    own: Option<&'a ExtraReport>,
    team: Option<&'a Plc>,
}

/// Reads the project as it is now, and its figures unless invented ones will do.
pub(super) fn read(args: &Args) -> anyhow::Result<Figures> {
    // Without a project the shipped templates and invented figures are shown.
    let here = args.project.join("termwise.toml").is_file();
    let (project, mut notes) = if args.sample && !here { (None, Vec::new()) } else { project(&args.project)? };
    let project = project.as_ref();
    let wanted = wanted(project, &args.report)?;
    let templates = TemplateRoots::of_project(&args.project);
    let template = wanted.template(args.web);
    if templates.read(&template).is_none() {
        return Err(run::no_template(&template).fatal());
    }
    let date = match (&args.as_of, project) {
        (Some(day), _) => day.parse().with_context(|| format!("“{day}” is not a date; write it like 2026-03-20"))?,
        (None, Some(project)) => super::super::today(project)?,
        (None, None) => Date::constant(2026, 3, 20),
    };
    let model = match project {
        Some(project) if !args.sample => real(args, project, &wanted, date, &mut notes)?,
        _ => sample(args, &wanted, &templates, &mut notes)?,
    };
    notes.retain(|problem| problem.place.file.as_deref().is_some_and(|file| file.starts_with("templates/words/")));
    Ok(Figures { model, template, date, notes })
}

/// The project, or everything that is wrong with its configuration.
fn project(root: &Path) -> anyhow::Result<(Option<Project>, Vec<Problem>)> {
    let (project, problems) = load::load(root);
    if project.is_none() {
        return Err(run::unusable(problems.into_iter().filter(Problem::is_error).collect()));
    }
    Ok((project, problems))
}

impl Wanted<'_> {
    fn id(&self) -> &str {
        self.own.map_or(self.audience.id(), |own| own.id.as_str())
    }

    fn template(&self, web: bool) -> String {
        let template = self.own.map_or_else(|| format!("{}.typ", self.audience.id()), |own| own.template.clone());
        if web { template.trim_end_matches(".typ").to_owned() + WEB } else { template }
    }
}

/// Finds the report: an audience's, one of the division's own, or either with a team's id after it.
fn wanted<'a>(project: Option<&'a Project>, report: &str) -> anyhow::Result<Wanted<'a>> {
    let audiences = Audience::ALL.into_iter().map(|audience| (audience.id().to_owned(), audience, None));
    let own = project.into_iter().flat_map(|project| &project.reports.extra);
    let own = own.map(|own| (own.id.clone(), own.like, Some(own)));
    let mut all = Vec::new();
    for (id, audience, own) in audiences.chain(own) {
        let teams = project.filter(|_| audience == Audience::Plc).into_iter().flat_map(|project| &project.plcs);
        let teams = teams.map(|team| (edition::name(&id, Some(&team.id)), Wanted { audience, own, team: Some(team) }));
        let teams: Vec<_> = teams.collect();
        all.push((id, Wanted { audience, own, team: None }));
        all.extend(teams);
    }
    // Invented figures are of no team in particular.
    if project.is_none() && report.starts_with("plc-") {
        return Ok(Wanted { audience: Audience::Plc, own: None, team: None });
    }
    let names: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
    let found = all.into_iter().find(|(name, _)| name == report);
    found.map(|(_, wanted)| wanted).with_context(|| {
        let near = nearest(report, names.iter().map(String::as_str)).into_iter().next();
        let meant = near.map_or_else(|| "there are".to_owned(), |near| format!("did you mean “{near}”? There are"));
        format!("there is no report “{report}”; {meant} {}", names.join(", "))
    })
}

/// The shipped invented figures of an audience, with the division's own words for the pages.
fn sample(
    args: &Args,
    wanted: &Wanted<'_>,
    templates: &TemplateRoots,
    notes: &mut Vec<Problem>,
) -> anyhow::Result<String> {
    let audience = wanted.audience.id();
    let text = templates
        .read(&format!("example/{audience}.json"))
        .with_context(|| format!("there are no invented figures for “{audience}”; leave out --sample"))?;
    let mut model: Value = serde_json::from_slice(&text).context("the invented figures cannot be read")?;
    let language = model["lang"].as_str().unwrap_or("en").to_owned();
    if let Some(asked) = args.lang.as_ref().filter(|asked| **asked != language) {
        bail!("the invented figures are in “{language}” only; leave out --lang {asked} or --sample");
    }
    let words = run::words(templates, &language).map_err(run::unusable)?;
    model["words"] = json!(words.section("page"));
    notes.extend(words.notes);
    Ok(model.to_string())
}

/// The figures of the project, cleared for the report's audience.
fn real(
    args: &Args,
    project: &Project,
    wanted: &Wanted<'_>,
    date: Date,
    notes: &mut Vec<Problem>,
) -> anyhow::Result<String> {
    let models = tempfile::tempdir()?;
    let options = Options {
        school: school(args, project, wanted)?,
        audience: Some(wanted.audience),
        report: Some(wanted.id().to_owned()),
        models: Some(models.path().to_owned()),
        nameless: true,
        ..Options::dry(date)
    };
    let mut outcome = run::run(project, &options, jiff::Timestamp::UNIX_EPOCH, &mut |_| {})?;
    let model = find(args, project, wanted, &outcome)?.model_path();
    notes.append(&mut outcome.problems);
    fs::read_to_string(models.path().join(model)).context("the figures cannot be read")
}

/// The school that the report is about; none for the whole division, or where a team decides.
fn school(args: &Args, project: &Project, wanted: &Wanted<'_>) -> anyhow::Result<Option<SchoolId>> {
    let asked = args.school.as_deref().map(|school| {
        project.schools.iter().position(|own| own.id == school).map(SchoolId).with_context(|| {
            format!("there is no school “{school}”; there are {}", ids(project.schools.iter().map(|s| s.id.as_str())))
        })
    });
    let asked = asked.transpose()?;
    if wanted.audience == Audience::Division {
        if asked.is_some() {
            bail!("“{}” is about all schools of the division; leave out --school", args.report);
        }
        return Ok(None);
    }
    if let Some(team) = wanted.team {
        if asked.is_some_and(|asked| asked != team.school) {
            bail!("the team “{}” is of {}; leave out --school", team.id, project.school(team.school).id);
        }
        return Ok(Some(team.school));
    }
    Ok(asked.or((wanted.audience != Audience::Plc).then_some(SchoolId(0))))
}

/// The report among those that a run would make.
fn find(args: &Args, project: &Project, wanted: &Wanted<'_>, outcome: &Outcome) -> anyhow::Result<Edition> {
    let team = wanted.team.map(|team| edition::name(wanted.id(), Some(&team.id)));
    let meant = |edition: &&Edition| {
        edition.format == Format::Pdf && team.as_ref().is_none_or(|team| *team == edition.report.name)
    };
    let made: Vec<&Edition> = outcome.reports.iter().filter(meant).collect();
    let first = project.reports.languages_of(wanted.audience, wanted.own, &project.division.languages).first();
    let language = args.lang.clone().or(first.cloned()).unwrap_or_else(|| "en".to_owned());
    if let Some(edition) = made.iter().find(|edition| edition.language == language) {
        return Ok((*edition).clone());
    }
    // What was refused says why.
    let refused = outcome.not_made.iter().filter(meant).any(|edition| edition.language == language);
    let errors: Vec<Problem> = outcome.problems.iter().filter(|problem| problem.is_error()).cloned().collect();
    if (refused || made.is_empty()) && !errors.is_empty() {
        return Err(run::unusable(errors));
    }
    if made.is_empty() {
        bail!("there is no “{}” to show: nobody whom it is for has a goal", args.report);
    }
    let mut languages: Vec<&str> = made.iter().map(|edition| edition.language.as_str()).collect();
    languages.sort_unstable();
    languages.dedup();
    bail!(
        "“{}” is not made in “{language}”; there is {} ([reports.languages] in termwise.toml)",
        args.report,
        languages.join(", ")
    );
}

fn ids<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
