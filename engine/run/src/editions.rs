//! Which reports a run makes, in which languages, and their models.
//!
//! Figures are cleared once for each school and audience; every language gets the same ones. Nothing
//! unprotected leaves this file.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use termwise_base::problem::{Place, Problem};
use termwise_config::goals::Audience;
use termwise_config::reports::ExtraReport;
use termwise_config::{PeriodId, Plc, Project, SchoolId};
use termwise_disclosure::{self as disclosure, Cleared, GoalFigures, NameList, Overview};
use termwise_judging::goals::Judged;
use termwise_judging::roll::Roll;
use termwise_operations::delivery::report_path;
use termwise_operations::ledger::{GoalBook, Wanted};
use termwise_plugins::host::Plugins;
use termwise_reports::compose::{self, Beside, Edit, Origin, Subject};
use termwise_reports::model::Model;
use termwise_reports::reading;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::twins;
use termwise_reports::typeset::WEB;
use termwise_reports::words::{SHIPPED, Words};

use super::edits::edits;
use super::family::{Source, Sources};
use super::{InEditions, Options, VerdictRow, inquire};

/// What reports say of how they were made.
pub(crate) struct Made<'a> {
    /// Short code of the run.
    pub code: &'a str,
    /// The record of the goals.
    pub book: &'a GoalBook,
    /// The reporting period.
    pub period: PeriodId,
    /// What the caller asked for.
    pub options: &'a Options,
}

/// A report before it is typeset.
pub(super) struct Prepared {
    pub path: String,
    /// What editions share that are compared page by page: those in print, or the web pages.
    pub twin: String,
    pub school: String,
    pub audience: Audience,
    pub template: String,
    pub verdicts: Vec<VerdictRow>,
    pub model: Model,
    /// What it was written from.
    pub from: Rc<Sources>,
}

/// What a run is to make.
pub(super) struct Plan {
    /// Reports that can be typeset.
    pub prepared: Vec<Prepared>,
    /// Every edition of every report that the run was asked for, those that cannot be made among them.
    pub wanted: Vec<Wanted>,
}

/// A report that is to be made, in each of its languages.
struct Planned<'a> {
    /// One, or all for the division's office.
    schools: Vec<SchoolId>,
    audience: Audience,
    plc: Option<&'a Plc>,
    /// Place of the division's own report in the project.
    extra: Option<usize>,
}

/// What one school gives to a report.
struct Part {
    school: SchoolId,
    figures: Cleared<Vec<GoalFigures>>,
    overview: Option<Cleared<Overview>>,
    names: Cleared<Vec<NameList>>,
    edits: Vec<Edit>,
    record: String,
    /// Goals that this audience sees judged by a metric in rehearsal.
    trials: BTreeSet<usize>,
}

/// A language with its dictionary and the project's texts in it.
struct Spoken {
    words: Words,
    project: Project,
    /// How each text is printed, by its own language and itself.
    printed: BTreeMap<(String, String), String>,
}

impl Spoken {
    /// Texts that are printed alike in both languages: names that their translations leave as they are.
    fn alike(&self, other: &Self) -> BTreeSet<&str> {
        let both = self.printed.iter().filter(|(text, own)| other.printed.get(*text) == Some(*own));
        both.map(|(_, own)| own.as_str()).collect()
    }
}

/// Clears the figures for each audience and writes the models of its reports. Beside them every edition that was
/// asked for, with why it cannot be made where that is so.
pub(super) fn prepare(
    roll: &Roll<'_>,
    judged: &[InEditions<'_>],
    plugins: &mut Plugins,
    from: &Made<'_>,
    problems: &mut Vec<Problem>,
) -> anyhow::Result<Plan> {
    let Made { period, options, .. } = *from;
    let Roll { project, dataset, .. } = *roll;
    let templates = TemplateRoots::of_project(&project.root);
    let spoken = spoken(project, &templates, problems)?;
    let (mut prepared, mut wanted) = (Vec::new(), Vec::new());
    let mut alike: BTreeMap<(&String, &String), BTreeSet<&str>> = BTreeMap::new();
    for Planned { schools, audience, plc, extra } in planned(project, options) {
        let mut parts = Vec::new();
        for school in schools {
            let mine: Vec<(usize, &Judged)> = judged
                .iter()
                .enumerate()
                .filter(|(place, _)| project.goals[*place].school == school)
                .filter(|(place, _)| plc.is_none_or(|plc| project.goals[*place].plcs.contains(&plc.id)))
                .map(|(place, judged)| (place, judged.for_audience(audience)))
                .collect();
            let figures = disclosure::clear(&project.privacy, audience, &mine);
            let trials = mine.iter().map(|(place, _)| *place).filter(|place| judged[*place].in_trial(audience));
            let trials = trials.collect();
            let mine = project.goals.iter().filter(|goal| goal.school == school).map(|goal| goal.id.as_str());
            parts.push(Part {
                school,
                edits: edits(from.book, project, school),
                record: from.book.head(mine)[..8].to_owned(),
                overview: (audience == Audience::Leadership)
                    .then(|| inquire::overview(roll, judged, (school, period), plugins)),
                // A report of the division's own carries no names.
                names: disclosure::clear_names(roll, (audience, plc.filter(|_| extra.is_none())), period),
                figures,
                trials,
            });
        }
        if plc.is_some() && parts.iter().all(|part| part.figures.is_empty()) {
            continue;
        }
        let rows = parts.iter().flat_map(|part| part.figures.iter().map(move |figures| (part, figures)));
        let verdicts: Vec<VerdictRow> = rows
            .map(|(part, figures)| VerdictRow {
                school: project.school(project.goals[figures.goal].school).id.clone(),
                audience: audience.id(),
                goal: project.goals[figures.goal].id.clone(),
                verdict: figures.verdict.key(),
                is_final: figures.ended && !part.trials.contains(&figures.goal),
            })
            .collect();
        let id = match audience {
            Audience::Division => Audience::Division.id(),
            _ => &project.school(parts[0].school).id,
        };
        let extra: Option<&ExtraReport> = extra.map(|place| &project.reports.extra[place]);
        let name = extra.map_or(audience.id(), |extra| extra.id.as_str());
        let template = extra.map_or_else(|| format!("{}.typ", audience.id()), |extra| extra.template.clone());
        let compose = |language: &str| {
            let Spoken { words, project, .. } = &spoken[language];
            let own = extra.and_then(|extra| project.reports.extra.iter().find(|own| own.id == extra.id));
            let plc = plc.and_then(|plc| project.plcs.iter().find(|own| own.id == plc.id));
            let models = parts.iter().map(|part| {
                let subject = Subject { school: part.school, audience, plc, now: period, own };
                let (edits, record) = (&part.edits, part.record.as_str());
                let beside = Beside { overview: part.overview.as_ref(), names: &part.names };
                let origin = Origin { code: from.code, made: options.as_of, files: &dataset.files, edits, record };
                compose::compose(project, &subject, &part.figures, words, &beside, &origin)
            });
            let mut model = compose::together(models.collect());
            if options.nameless {
                model.number_names();
            }
            model
        };
        let on = project.calendar.period(period);
        let path = |language: &str| report_path(&on.year, &on.id, id, name, plc.map(|plc| plc.id.as_str()), language);
        let path_of_all = path("*");
        let languages = project.reports.languages_of(audience, extra, &project.division.languages);
        // Editions in two languages are the audience's; a report with languages of its own has none.
        let pairs =
            project.reports.bilingual.get(&audience).filter(|_| extra.is_none_or(|own| own.languages.is_none()));
        let pairs = pairs.map_or(&[][..], Vec::as_slice);
        // A web page, too, where there is a template for it.
        let web = Some(template.trim_end_matches(".typ").to_owned() + WEB).filter(|web| templates.read(web).is_some());
        let mut want = |path: String, refused: Option<&str>| {
            let page = web.as_ref().map(|_| page_of(&path));
            wanted.extend([Some(path), page].into_iter().flatten().map(|path| Wanted {
                path,
                school: id.to_owned(),
                audience: audience.id().to_owned(),
                refused: refused.map(str::to_owned),
            }));
        };
        if templates.read(&template).is_none() {
            let missing = no_template(&template);
            languages.iter().for_each(|language| want(path(language), Some(&missing.message)));
            pairs.iter().for_each(|[one, two]| want(path(&format!("{one}-{two}")), Some(&missing.message)));
            if !problems.contains(&missing) {
                problems.push(missing);
            }
            continue;
        }
        // An edition that says something else than the first one is not made, alone or beside another.
        let mut made: Vec<(&String, Model)> = Vec::new();
        let mut faulty: BTreeMap<&String, String> = BTreeMap::new();
        let mut tried = BTreeSet::new();
        for language in languages.iter().chain(pairs.iter().flatten()) {
            if !tried.insert(language) {
                continue;
            }
            let model = compose(language);
            let differences = made.first().map(|(known, first)| {
                let texts = || spoken[*known].alike(&spoken[language]);
                let alike = alike.entry((*known, language)).or_insert_with(texts);
                twins::compare((&path(known), first), (&path(language), &model), alike)
            });
            let mut faults = differences.unwrap_or_default();
            faults.extend(reading::check(&path(language), &model, &project.reports.reading_level));
            match faults.first() {
                Some(first) => drop(faulty.insert(language, first.message.clone())),
                None => made.push((language, model)),
            }
            problems.extend(faults);
        }
        let sources = parts.into_iter().map(|part| {
            let Part { school, figures: goals, overview, trials, .. } = part;
            Source { school, goals, overview, trials }
        });
        let sources = Sources::new(&path_of_all, (audience, plc), period, sources.collect());
        let push = |path: String, model: Model, prepared: &mut Vec<Prepared>| {
            let one = |path: String, twin: String, template: String, model: Model| {
                let (school, verdicts) = (id.to_owned(), verdicts.clone());
                Prepared { path, twin, school, audience, template, verdicts, model, from: Rc::clone(&sources) }
            };
            if let Some(web) = &web {
                prepared.push(one(page_of(&path), format!("{path_of_all} html"), web.clone(), model.clone()));
            }
            prepared.push(one(path, path_of_all.clone(), template.clone(), model));
        };
        let model = |language: &String| made.iter().find(|(known, _)| *known == language).map(|(_, model)| model);
        for language in languages {
            want(path(language), faulty.get(language).map(String::as_str));
            if let Some(model) = model(language) {
                push(path(language), model.clone(), &mut prepared);
            }
        }
        for [one, two] in pairs {
            let path = path(&format!("{one}-{two}"));
            want(path.clone(), faulty.get(one).or_else(|| faulty.get(two)).map(String::as_str));
            if let (Some(first), Some(second)) = (model(one), model(two)) {
                let both = Model { other: Some(Box::new(second.clone())), ..first.clone() };
                push(path, both, &mut prepared);
            }
        }
    }
    Ok(Plan { prepared, wanted })
}

/// The web page beside a report in print.
fn page_of(path: &str) -> String {
    path.trim_end_matches("pdf").to_owned() + "html"
}

/// Every language that a report is made in.
fn spoken(
    project: &Project,
    templates: &TemplateRoots,
    problems: &mut Vec<Problem>,
) -> anyhow::Result<BTreeMap<String, Spoken>> {
    let mut spoken = BTreeMap::new();
    for language in project.reports.all_languages(&project.division.languages) {
        if !spoken.contains_key(language) {
            let mut words = words(templates, language).map_err(unusable)?;
            problems.append(&mut words.notes);
            let (project, printed) = (project.in_language(language), project.printed_in(language));
            spoken.insert(language.clone(), Spoken { words, project, printed });
        }
    }
    Ok(spoken)
}

/// The reports to make, by school, then audience, then team.
fn planned<'a>(project: &'a Project, options: &Options) -> Vec<Planned<'a>> {
    let mut planned = Vec::new();
    let wanted = |audience: Audience| options.audience.is_none_or(|only| only == audience);
    let mut plan = |schools: Vec<SchoolId>, audience: Audience| {
        // A report of the division's own follows the audience whose figures it gets; like a team's packet, it is
        // made for each team, because a team sees its own figures only.
        let own = project.reports.extra.iter().enumerate().filter(|(_, report)| report.like == audience);
        let all = std::iter::once(None).chain(own.map(|(place, _)| Some(place)));
        let id = |place: Option<usize>| place.map_or(audience.id(), |place| &project.reports.extra[place].id);
        for extra in all.filter(|extra| options.report.as_deref().is_none_or(|only| only == id(*extra))) {
            if audience == Audience::Plc {
                let teams = project.plcs.iter().filter(|plc| schools.contains(&plc.school));
                planned.extend(teams.map(|plc| Planned { schools: schools.clone(), audience, plc: Some(plc), extra }));
            } else {
                planned.push(Planned { schools: schools.clone(), audience, plc: None, extra });
            }
        }
    };
    for school in (0..project.schools.len()).map(SchoolId) {
        if options.school.is_none_or(|only| only == school) {
            let of_school = Audience::ALL.into_iter().filter(|audience| *audience != Audience::Division);
            of_school.filter(|audience| wanted(*audience)).for_each(|audience| plan(vec![school], audience));
        }
    }
    if options.school.is_none() && wanted(Audience::Division) {
        plan((0..project.schools.len()).map(SchoolId).collect(), Audience::Division);
    }
    planned
}

/// A report whose entry file is not there.
pub fn no_template(template: &str) -> Problem {
    Problem::error(format!("There is no template “{template}”, so its reports are not made."))
        .at(Place::file(format!("templates/{template}")))
        .expected(format!("a file {template} in the project's folder templates/"))
        .hint("Write it, or correct `template` in [[report]]; docs/write-a-template.md begins with a small one.")
}

/// The dictionary of a language, with the division's own words over it. A language that has no shipped
/// dictionary takes the division's, if that has every word.
pub fn words(templates: &TemplateRoots, language: &str) -> Result<Words, Vec<Problem>> {
    let path = format!("words/{language}.toml");
    let utf8 = |bytes: Option<std::borrow::Cow<'static, [u8]>>| {
        bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let own = templates.overrides.as_ref().and_then(|_| utf8(templates.read(&path)));
    let shown = templates.shown(&path);
    if let Some(shipped) = utf8(TemplateRoots::shipped().read(&path)) {
        let own = own.filter(|own| *own != shipped);
        let own = own.as_deref().map(|own| (shown.as_str(), own));
        return Words::new(language, &format!("report-templates/{path}"), &shipped, own);
    }
    let Some(own) = own else {
        return Err(vec![
            Problem::error(format!("There is no dictionary for the language “{language}”."))
                .at(Place::file("termwise.toml"))
                .hint(format!(
                    "Shipped: {}. Set `languages` to some of these, or write templates/{path}: a copy of the English \
                     one with every text translated.",
                    SHIPPED.join(", ")
                )),
        ]);
    };
    let english = utf8(TemplateRoots::shipped().read("words/en.toml")).expect("English is shipped");
    Words::of_division(language, (&shown, &own), ("report-templates/words/en.toml", &english))
}

/// The end of a run whose dictionary cannot be used: every fault.
pub fn unusable(faults: Vec<Problem>) -> anyhow::Error {
    let told = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
    anyhow::anyhow!("{}", told.strip_prefix("error: ").unwrap_or(&told))
}
