//! Which reports a run makes, in which languages, and their models.
//!
//! Figures are cleared once for each school and audience; every language gets the same ones. Nothing
//! unprotected leaves this file.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use termwise_base::problem::{Place, Problem};
use termwise_config::goals::Audience;
use termwise_config::reports::ExtraReport;
use termwise_config::{Edition, Format, PeriodId, Plc, Project, ReportId, SchoolId, edition};
use termwise_disclosure::{self as disclosure, Cleared, GoalFigures, NameList, Overview};
use termwise_judging::goals::Judged;
use termwise_judging::roll::Roll;
use termwise_operations::ledger::{GoalBook, WantedEdition};
use termwise_plugins::host::Plugins;
use termwise_reports::compose::{self, Beside, Edit, Origin, Subject};
use termwise_reports::model::Model;
use termwise_reports::reading;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::twins;
use termwise_reports::typeset::WEB;
use termwise_reports::words::Words;

use super::dictionaries::{unusable, words};
use super::edits::edits;
use super::family::{Family, Page, Refusal, SchoolFigures, Sources};
use super::{InReleases, Options, VerdictRow, inquire};

/// What reports say of how they were made.
pub(crate) struct RunFacts<'a> {
    /// Short code of the run.
    pub code: &'a str,
    /// The record of the goals.
    pub book: &'a GoalBook,
    /// The reporting period.
    pub period: PeriodId,
    /// What the caller asked for.
    pub options: &'a Options,
    /// Whether somebody looks into the models afterwards.
    pub keep: bool,
}

/// A report before it is typeset: one edition.
pub(super) struct Prepared {
    pub edition: Edition,
    pub audience: Audience,
    pub template: String,
    pub verdicts: Rc<[VerdictRow]>,
    /// The model as JSON, shared by page and print; none in a dry run.
    pub model: Option<Arc<str>>,
    /// The model itself, if it was to be kept.
    pub kept: Option<Rc<Model>>,
    /// Languages side by side in it: one or two.
    pub languages: usize,
}

/// What a run is to make.
#[derive(Default)]
pub(super) struct Plan {
    /// Editions that can be typeset.
    pub prepared: Vec<Prepared>,
    /// Every edition of every report that the run was asked for, those that cannot be made among them.
    pub wanted: Vec<WantedEdition>,
    /// What cannot both be true, and the reports that are therefore not made.
    pub refusals: Vec<Refusal>,
}

/// What was written so far.
struct Written<'s> {
    plan: Plan,
    alike: Alike<'s>,
    family: Family<'s>,
}

/// A report that is to be made, in each of its languages.
struct Planned<'a> {
    /// One, or all for the division's office.
    schools: Vec<SchoolId>,
    audience: Audience,
    plc: Option<&'a Plc>,
    /// The division's own report.
    own: Option<&'a ExtraReport>,
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

/// A report with its figures, before it is written in any language.
struct Draft<'a> {
    of: Planned<'a>,
    report: ReportId,
    /// Entry file of the editions in print.
    template: String,
    /// That of the web pages, where there is one.
    web: Option<String>,
    parts: Vec<Part>,
    verdicts: Rc<[VerdictRow]>,
}

/// A report's models by language, and why there is none in some.
struct Models<'a> {
    made: Vec<(&'a String, Model)>,
    faulty: BTreeMap<&'a String, String>,
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
/// asked for, with why it cannot be made where that is so, and what cannot both be true of them.
pub(super) fn prepare(
    roll: &Roll<'_>,
    judged: &[InReleases<'_>],
    plugins: &mut Plugins,
    from: &RunFacts<'_>,
    problems: &mut Vec<Problem>,
) -> anyhow::Result<Plan> {
    let project = roll.project;
    let templates = TemplateRoots::of_project(&project.root);
    let spoken = spoken(project, &templates, problems)?;
    let desk = Author { roll, project, judged, from, templates, spoken };
    let family = Family::new(project, from.options.as_of);
    let mut written = Written { plan: Plan::default(), alike: Alike::new(), family };
    for planned in planned(project, from.options) {
        if let Some(draft) = desk.draft(planned, plugins) {
            desk.write(draft, &mut written, problems)?;
        }
    }
    Ok(Plan { refusals: written.family.refusals(), ..written.plan })
}

/// Texts that are printed alike in two languages, by these languages.
type Alike<'s> = BTreeMap<(&'s str, &'s str), BTreeSet<&'s str>>;

/// What all reports of a run are written with.
struct Author<'a, 'j> {
    roll: &'a Roll<'a>,
    project: &'a Project,
    judged: &'a [InReleases<'j>],
    from: &'a RunFacts<'a>,
    templates: TemplateRoots,
    spoken: BTreeMap<String, Spoken>,
}

impl<'a> Author<'a, '_> {
    /// Clears a report's figures. None for a PLC that has no goal with a figure.
    fn draft(&self, of: Planned<'a>, plugins: &mut Plugins) -> Option<Draft<'a>> {
        let parts: Vec<Part> = of.schools.iter().map(|school| self.part(&of, *school, plugins)).collect();
        if of.plc.is_some() && parts.iter().all(|part| part.figures.is_empty()) {
            return None;
        }
        let audience = of.audience.id();
        let school = if of.audience == Audience::Division { audience } else { &self.project.school(of.schools[0]).id };
        let report = ReportId {
            period: self.project.calendar.period(self.from.period).key(),
            school: school.to_owned(),
            name: edition::name(of.own.map_or(audience, |own| &own.id), of.plc.map(|plc| plc.id.as_str())),
        };
        let template = of.own.map_or_else(|| format!("{audience}.typ"), |own| own.template.clone());
        let web = template.trim_end_matches(".typ").to_owned() + WEB;
        let web = Some(web).filter(|web| self.templates.read(web).is_some());
        let verdicts = self.verdicts(of.audience, &parts);
        Some(Draft { of, report, template, web, parts, verdicts })
    }

    /// What a school gives to a report.
    fn part(&self, of: &Planned<'_>, school: SchoolId, plugins: &mut Plugins) -> Part {
        let Planned { audience, plc, own, .. } = *of;
        let (project, period) = (self.project, self.from.period);
        let goals = &project.goals;
        let mine: Vec<(usize, &Judged)> = self
            .judged
            .iter()
            .enumerate()
            .filter(|(place, _)| goals[*place].school == school)
            .filter(|(place, _)| plc.is_none_or(|plc| goals[*place].plcs.contains(&plc.id)))
            .map(|(place, judged)| (place, judged.for_audience(audience)))
            .collect();
        let trials = mine.iter().map(|(place, _)| *place).filter(|place| self.judged[*place].in_trial(audience));
        let ids = goals.iter().filter(|goal| goal.school == school).map(|goal| goal.id.as_str());
        Part {
            school,
            edits: edits(self.from.book, project, school),
            record: self.from.book.head(ids)[..8].to_owned(),
            overview: (audience == Audience::Leadership)
                .then(|| inquire::overview(self.roll, self.judged, (school, period), plugins)),
            // A report of the division's own carries no names.
            names: disclosure::clear_names(self.roll, (audience, plc.filter(|_| own.is_none())), period),
            trials: trials.collect(),
            figures: disclosure::clear(&project.privacy, audience, &mine),
        }
    }

    /// The verdicts that a report gives, for the ledger.
    fn verdicts(&self, audience: Audience, parts: &[Part]) -> Rc<[VerdictRow]> {
        let goals = &self.project.goals;
        let rows = parts.iter().flat_map(|part| part.figures.iter().map(move |figures| (part, figures)));
        rows.map(|(part, figures)| VerdictRow {
            school: self.project.school(goals[figures.goal].school).id.clone(),
            audience: audience.id(),
            goal: goals[figures.goal].id.clone(),
            verdict: figures.verdict.key(),
            is_final: figures.ended && !part.trials.contains(&figures.goal),
        })
        .collect()
    }

    /// Writes a report in all its languages.
    fn write<'s>(
        &'s self,
        mut draft: Draft<'_>,
        written: &mut Written<'s>,
        problems: &mut Vec<Problem>,
    ) -> anyhow::Result<()> {
        let Planned { audience, plc, own, .. } = draft.of;
        let reports = &self.project.reports;
        let languages = reports.languages_of(audience, own, &self.project.division.languages);
        // Editions in two languages are the audience's; a report with languages of its own has none.
        let pairs = reports.bilingual.get(&audience).filter(|_| own.is_none_or(|own| own.languages.is_none()));
        let pairs = pairs.map_or(&[][..], Vec::as_slice);
        let both = |[one, two]: &[String; 2]| format!("{one}-{two}");
        if self.templates.read(&draft.template).is_none() {
            let missing = no_template(&draft.template);
            for language in languages.iter().cloned().chain(pairs.iter().map(both)) {
                written.plan.wanted.extend(draft.wanted(&language, Some(&missing.message)));
            }
            if !problems.contains(&missing) {
                problems.push(missing);
            }
            return Ok(());
        }
        let languages_of_all = languages.iter().chain(pairs.iter().flatten());
        let Models { made, faulty } = self.models(&draft, languages_of_all, &mut written.alike, problems);
        let sources = std::mem::take(&mut draft.parts).into_iter().map(|part| {
            let Part { school, figures: goals, overview, trials, .. } = part;
            SchoolFigures { school, goals, overview, trials }
        });
        let sources = Sources::new((audience, plc), self.from.period, sources.collect());
        let model = |language: &String| made.iter().find(|(known, _)| *known == language).map(|(_, model)| model);
        for language in languages {
            written.plan.wanted.extend(draft.wanted(language, faulty.get(language).map(String::as_str)));
            if let Some(model) = model(language) {
                self.keep(&draft, language, model, &sources, written)?;
            }
        }
        for pair @ [one, two] in pairs {
            let fault = faulty.get(one).or_else(|| faulty.get(two));
            written.plan.wanted.extend(draft.wanted(&both(pair), fault.map(String::as_str)));
            if let (Some(first), Some(second)) = (model(one), model(two)) {
                let model = Model { other: Some(Box::new(second.clone())), ..first.clone() };
                self.keep(&draft, &both(pair), &model, &sources, written)?;
            }
        }
        Ok(())
    }

    /// Keeps of a model what is needed: its text to be typeset, and what other reports are held against. A division has
    /// many models, and each of them is large.
    fn keep(
        &self,
        draft: &Draft<'_>,
        language: &str,
        model: &Model,
        from: &Rc<Sources>,
        Written { plan, family, .. }: &mut Written<'_>,
    ) -> anyhow::Result<()> {
        let RunFacts { options, keep, .. } = *self.from;
        let text: Option<Arc<str>> = if options.dry_run { None } else { Some(serde_json::to_string(model)?.into()) };
        let kept = keep.then(|| Rc::new(model.clone()));
        let web = draft.web.as_ref().map(|web| (Format::Html, web));
        for (format, template) in [web, Some((Format::Pdf, &draft.template))].into_iter().flatten() {
            let edition = draft.edition(language, format);
            family.look_at(&Page { edition: &edition, from, model });
            plan.prepared.push(Prepared {
                edition,
                audience: draft.of.audience,
                template: template.clone(),
                verdicts: Rc::clone(&draft.verdicts),
                model: text.clone(),
                kept: kept.clone(),
                languages: 1 + usize::from(model.other.is_some()),
            });
        }
        Ok(())
    }

    /// A report's models. An edition that says something else than the first one is not made, alone or beside another.
    fn models<'l, 's>(
        &'s self,
        draft: &Draft<'_>,
        languages: impl Iterator<Item = &'l String>,
        alike: &mut Alike<'s>,
        problems: &mut Vec<Problem>,
    ) -> Models<'l> {
        let mut models = Models { made: Vec::new(), faulty: BTreeMap::new() };
        let mut tried = BTreeSet::new();
        for language in languages {
            if !tried.insert(language) {
                continue;
            }
            let model = self.compose(draft, language);
            let path = |language: &str| draft.edition(language, Format::Pdf).path();
            let differences = models.made.first().map(|(known, first)| {
                let (first_of, spoken) = (self.spoken.get_key_value(*known), self.spoken.get_key_value(language));
                let (first_of, spoken) = (first_of.expect("it was composed"), spoken.expect("it was composed"));
                let texts = || first_of.1.alike(spoken.1);
                let alike = alike.entry((first_of.0, spoken.0)).or_insert_with(texts);
                twins::compare((&path(known), first), (&path(language), &model), alike)
            });
            let mut faults = differences.unwrap_or_default();
            faults.extend(reading::check(&path(language), &model, &self.project.reports.reading_level));
            match faults.first() {
                Some(first) => drop(models.faulty.insert(language, first.message.clone())),
                None => models.made.push((language, model)),
            }
            problems.extend(faults);
        }
        models
    }

    /// A report in one language.
    fn compose(&self, draft: &Draft<'_>, language: &str) -> Model {
        let Spoken { words, project, .. } = &self.spoken[language];
        let RunFacts { code, options, period, .. } = *self.from;
        let Planned { audience, plc, own, .. } = draft.of;
        // Their titles and names are those of the language.
        let own = own.and_then(|own| project.reports.extra.iter().find(|known| known.id == own.id));
        let plc = plc.and_then(|plc| project.plcs.iter().find(|known| known.id == plc.id));
        let models = draft.parts.iter().map(|part| {
            let subject = Subject { school: part.school, audience, plc, now: period, own };
            let (edits, record) = (&part.edits, part.record.as_str());
            let beside = Beside { overview: part.overview.as_ref(), names: &part.names };
            let origin = Origin { code, made: options.as_of, files: &self.roll.dataset.files, edits, record };
            compose::compose(project, &subject, &part.figures, words, &beside, &origin)
        });
        let mut model = compose::together(models.collect());
        if options.nameless {
            model.number_names();
        }
        model
    }
}

impl Draft<'_> {
    fn edition(&self, language: &str, format: Format) -> Edition {
        Edition { report: self.report.clone(), language: language.to_owned(), format }
    }

    /// What is asked for in one language, or in two side by side: an edition in print, and a web page where there is a
    /// template for it.
    fn wanted(&self, language: &str, refused: Option<&str>) -> Vec<WantedEdition> {
        let web = self.web.as_ref().map(|_| Format::Html);
        let wanted = |format| WantedEdition {
            edition: self.edition(language, format),
            audience: self.of.audience.id().to_owned(),
            refused: refused.map(str::to_owned),
        };
        [Some(Format::Pdf), web].into_iter().flatten().map(wanted).collect()
    }
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
        let own = project.reports.extra.iter().filter(|report| report.like == audience);
        let all = std::iter::once(None).chain(own.map(Some));
        let id = |own: Option<&'a ExtraReport>| own.map_or(audience.id(), |own| &own.id);
        for own in all.filter(|own| options.report.as_deref().is_none_or(|only| only == id(*own))) {
            if audience == Audience::Plc {
                let teams = project.plcs.iter().filter(|plc| schools.contains(&plc.school));
                planned.extend(teams.map(|plc| Planned { schools: schools.clone(), audience, plc: Some(plc), own }));
            } else {
                planned.push(Planned { schools: schools.clone(), audience, plc: None, own });
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
