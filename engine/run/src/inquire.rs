//! What the leadership team looks at: how teams' goals add up, and candidates for goals.

use jiff::civil::Date;
use serde::Serialize;

use termwise_config::goals::Audience;
use termwise_config::{PeriodId, Project, SchoolId};
use termwise_disclosure::{self as disclosure, Cleared, Overview};
use termwise_judging::goals::{Judged, align, inquire as goals_inquire};
use termwise_judging::roll::Roll;
use termwise_plugins::host::{OfRelease, Plugins, Release};
use termwise_reading::dataset;
use termwise_reading::sources;
use termwise_reading::workbook::Shelf;
use termwise_reports::compose::{self, Subject};
use termwise_reports::model::OverviewModel;
use termwise_reports::templates::TemplateRoots;

use super::{Before, InReleases, Options, judge, period, rehearsal, unusable, words};

/// The evidence sheet of one school.
#[derive(Debug, Clone, Serialize)]
pub struct SchoolSheet {
    /// The school's name.
    pub school: String,
    /// The reporting period.
    pub period: String,
    /// Candidates and what cannot be said.
    pub overview: OverviewModel,
}

/// Everything that the leadership of one school may see beside the goals themselves.
pub(super) fn overview(
    roll: &Roll<'_>,
    judged: &[InReleases<'_>],
    (school, now): (SchoolId, PeriodId),
    plugins: &mut Plugins,
) -> Cleared<Overview> {
    let (project, audience) = (roll.project, Audience::Leadership);
    let mine: Vec<(usize, &Judged)> = judged
        .iter()
        .enumerate()
        .map(|(place, judged)| (place, judged.for_audience(audience)))
        .filter(|(_, judged)| judged.goal.school == school)
        .collect();
    let goals = disclosure::clear(&project.privacy, audience, &mine);
    let alignment = align::align(roll, school, &mine);
    let orphan = |place: &usize| {
        let team = &project.plc_goals[*place];
        team.serves.is_none() && project.plcs[team.plc].school == school
    };
    let orphans = (0..project.plc_goals.len()).filter(orphan).collect();
    let mut metrics = OfRelease { plugins, release: Release::Current };
    let candidates = goals_inquire::candidates(roll, school, now, &mut metrics);
    disclosure::clear_overview(project, (audience, school), &goals, &alignment, orphans, &candidates)
}

/// The evidence sheets of all schools, or of one.
pub fn inquire(project: &Project, as_of: Date, school: Option<&str>) -> anyhow::Result<Vec<SchoolSheet>> {
    let mut problems = Vec::new();
    let files = sources::freeze(project, &mut problems);
    let shelf = Shelf::of_project(project)?;
    let dataset = dataset::build(project, &files, &shelf, &mut problems);
    let Some(now) = period::reported_on(project, &dataset, &Options::dry(as_of), &mut problems) else {
        anyhow::bail!("{}", problems.first().map_or_else(String::new, |problem| problem.message.clone()));
    };
    let mut plugins = Plugins::of_project(project)?;
    let language = project.division.languages.first().map_or("en", String::as_str);
    let words = words(&TemplateRoots::of_project(&project.root), language).map_err(unusable)?;
    // What the goals' tables hide is hidden here, too.
    let trials = rehearsal::trials(&project.root, &mut plugins)?;
    let known = Before { trials: &trials, at_fault: &std::collections::BTreeSet::new() };
    let roll = Roll::new(project, &dataset);
    let judged = judge(&roll, (now, as_of), &mut plugins, &known, &mut problems);
    let mut sheets = Vec::new();
    for id in (0..project.schools.len()).map(SchoolId) {
        if school.is_some_and(|only| only != project.school(id).id) {
            continue;
        }
        let overview = overview(&roll, &judged, (id, now), &mut plugins);
        let subject = Subject { school: id, audience: Audience::Leadership, plc: None, now, own: None };
        sheets.push(SchoolSheet {
            school: project.school(id).name.clone(),
            period: project.calendar.period(now).key(),
            overview: compose::overview(project, &subject, &overview, &words),
        });
    }
    Ok(sheets)
}
