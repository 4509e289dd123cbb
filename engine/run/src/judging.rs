//! Asks every goal's metric and judges the goal.
//!
//! Comes in: the roll and the plugins. Goes out: each goal as judged, and as its metric in rehearsal would
//! have it. The past of a metric is asked once, however many goals want it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::civil::Date;

use termwise_base::problem::{Place, Problem};
use termwise_config::goals::{Audience, Measured, Plan, Population};
use termwise_config::{Goal, MeasureId, PeriodId, Project, SchoolId};
use termwise_disclosure::{self as disclosure, Cleared, GoalFigures};
use termwise_judging::ask::{self, Answer};
use termwise_judging::goals::{self, Belief, Judged, Past, Pool, Term, Verdict};
use termwise_judging::question::Question;
use termwise_judging::roll::Roll;
use termwise_metric::{Cause, Description};
use termwise_plugins::host::{OfRelease, Plugins, Release};
use termwise_plugins::trials::{Stage, Trial};
use termwise_reports::compose;
use termwise_reports::templates::TemplateRoots;

use super::{Decides, unusable, words};

/// One goal as it is judged, and as its metric in rehearsal would have it.
pub struct InReleases<'a> {
    pub(super) current: Judged<'a>,
    pub(super) trial: Option<(Judged<'a>, Trial)>,
}

impl<'a> InReleases<'a> {
    /// Each release.
    pub(super) fn all<'s>(&'s mut self) -> impl Iterator<Item = &'s mut Judged<'a>> {
        std::iter::once(&mut self.current).chain(self.trial.as_mut().map(|(judged, _)| judged))
    }

    /// Whether this audience sees what a metric in rehearsal found.
    pub(super) fn in_trial(&self, audience: Audience) -> bool {
        self.trial.as_ref().is_some_and(|(_, trial)| trial.stage.shows(audience))
    }

    /// What this audience sees.
    pub(super) fn for_audience(&self, audience: Audience) -> &Judged<'a> {
        match &self.trial {
            Some((judged, trial)) if trial.stage.shows(audience) => judged,
            _ => &self.current,
        }
    }
}

/// What is known before any goal is judged.
pub(super) struct Before<'a> {
    /// Metrics in rehearsal, by name.
    pub trials: &'a BTreeMap<String, Trial>,
    /// Ids of goals and parts of which it was said already why their metrics give no answer.
    pub at_fault: &'a BTreeSet<String>,
}

/// Asks every goal's metric and judges the goal; what a metric in rehearsal finds is judged beside it.
pub(super) fn judge<'a>(
    roll: &Roll<'a>,
    (period, day): (PeriodId, Date),
    plugins: &mut Plugins,
    before: &Before<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<InReleases<'a>> {
    let Before { trials, at_fault } = *before;
    let (past, pools) = (BTreeMap::new(), BTreeMap::new());
    let mut bench = Bench { roll, period, day, plugins, at_fault, problems, past, pools };
    let releases = |goal: &'a Goal| {
        let trial = goal.measured_parts().find_map(|(_, plan)| trials.get(&plan.metric));
        match trial {
            None => InReleases { current: bench.judge(goal, Release::Current), trial: None },
            // The rehearsal is over: everybody sees it.
            Some(trial) if trial.stage == Stage::ParentCouncil => {
                InReleases { current: bench.judge(goal, Release::Trial), trial: None }
            }
            Some(trial) => InReleases {
                current: bench.judge(goal, Release::Current),
                trial: Some((bench.judge(goal, Release::Trial), trial.clone())),
            },
        }
    };
    roll.project.goals.iter().map(releases).collect()
}

/// What goals are judged with.
struct Bench<'a, 'b> {
    roll: &'b Roll<'a>,
    period: PeriodId,
    /// The day of the run.
    day: Date,
    plugins: &'b mut Plugins,
    at_fault: &'b BTreeSet<String>,
    problems: &'b mut Vec<Problem>,
    /// What metrics found in schools: many goals ask the same of the past.
    past: BTreeMap<(Release, Question), Rc<[Answer]>>,
    /// The same of schools together.
    pools: BTreeMap<PoolKey, Rc<Pool>>,
}

/// Release, question in whichever school, the metric's output, grades that a school needs, and the goal's own school if
/// it lacks them.
type PoolKey = (Release, Question, usize, Vec<String>, Option<SchoolId>);

impl<'a> Bench<'a, '_> {
    fn judge(&mut self, goal: &'a Goal, release: Release) -> Judged<'a> {
        let mut judged = match &goal.plan {
            Plan::Narrative(narrative) => {
                goals::judge_narrative(self.roll.project, (goal, narrative), (self.period, self.day))
            }
            Plan::Several(several) => {
                let parts = goal.measured_parts().map(|part| self.measure(goal, part, release)).collect();
                goals::judge_several(self.roll.project, goal, (several.at_least, parts), (self.period, self.day))
            }
            Plan::Measured(plan) => self.measure(goal, (goal, plan), release),
        };
        judged.beliefs = goal.beliefs.iter().map(|measure| self.belief(goal, *measure)).collect();
        judged
    }

    /// A goal or a part of one that has a figure.
    fn measure(&mut self, whole: &Goal, (goal, plan): (&'a Goal, &Measured), release: Release) -> Judged<'a> {
        let mut metrics = OfRelease { plugins: &mut *self.plugins, release };
        let (roll, project) = (self.roll, self.roll.project);
        let mut term = goals::term(project, goal, self.period, self.day);
        let mut answers = ask::ask(roll, plan, term.at, &mut metrics);
        // A goal that has ended is decided by its last result, and later ones stand beside it.
        // Where nobody is enrolled when it is decided, results may be there all the same: that is no lack of them.
        let emptied = term.ended && answers.population == 0 && !plan.population.staff;
        let last = if term.ended && !emptied { goals::last_result(project, goal, &answers, &term) } else { None };
        if let Some(last) = last.filter(|last| *last != term.at || *last > self.period) {
            // A report about an earlier period does not know how it ends.
            term = if last > self.period {
                goals::open(project, goal, self.period, self.day)
            } else {
                Term { at: last, ..term }
            };
            answers = ask::ask(roll, plan, term.at, &mut metrics);
        }
        let later = term.ended && term.at < self.period;
        let later = later.then(|| ask::ask(roll, plan, self.period, &mut metrics));
        let told = self.at_fault.contains(&goal.id);
        if let (Err(why), false) = (&answers.result, told) {
            let (file, line) = &whole.place;
            let message = format!("The goal “{}” is not available, because {why}.", goal.id);
            let problem = match why.cause {
                Cause::Rehearsal(_) => Problem::note(message).hint(
                    "`termwise plugin list` shows how far a rehearsal is; `termwise plugin promote` lets it out.",
                ),
                _ => Problem::warning(message).hint("`termwise plugin list` shows the plugins that may run."),
            };
            self.problems.push(problem.at(Place::file(file).at(*line, 1)));
        }
        let computed = answers.result.is_ok();
        let past = if computed { self.past(plan, answers.metric.as_ref(), release) } else { Past::default() };
        let mut judged = goals::judge(project, goal, answers, &past, &term);
        judged.later = later.map_or_else(Vec::new, |answers| goals::later(project, &judged, &answers));
        if let (Verdict::NotAvailable(why), true) = (&judged.verdict, computed && !told) {
            let (file, line) = &whole.place;
            let problem = Problem::warning(format!("The goal “{}” is not available, because {why}.", goal.id))
                .hint("docs/write-a-goal.md says how a goal and its amendments are written.");
            self.problems.push(problem.at(Place::file(file).at(*line, 1)));
        }
        judged
    }

    /// What the goal's metric finds in its school and in the division, as far back as results go.
    fn past(&mut self, plan: &Measured, metric: Option<&Description>, release: Release) -> Past {
        let question = Question::past(self.roll.project, plan, (plan.school, self.period));
        let own = self.found(&question, release);
        let division = match metric.and_then(|metric| Pool::output(plan, metric)) {
            Some(output) if !plan.population.staff => self.pool(question, output, release),
            _ => Rc::default(),
        };
        Past { own, division }
    }

    /// What a metric finds in every school that has the population's grades (for a whole school: that has the same
    /// grades), together.
    fn pool(&mut self, question: Question, output: usize, release: Release) -> Rc<Pool> {
        let project = self.roll.project;
        let own = question.school;
        let grades = &question.population.grades;
        let needed = if grades.is_empty() { &project.school(own).grades } else { grades }.clone();
        let has = |school: SchoolId| needed.iter().all(|grade| project.school(school).grades.contains(grade));
        let lacking = (!has(own)).then_some(own);
        let anywhere = Question { school: SchoolId(0), ..question };
        let key = (release, anywhere.clone(), output, needed.clone(), lacking);
        if let Some(known) = self.pools.get(&key) {
            return Rc::clone(known);
        }
        let schools = (0..project.schools.len()).map(SchoolId).filter(|school| has(*school) || *school == own);
        let found: Vec<Rc<[Answer]>> =
            schools.map(|school| self.found(&Question { school, ..anywhere.clone() }, release)).collect();
        let pool = Rc::new(Pool::new(output, found.iter().map(|answers| &**answers)));
        self.pools.insert(key, Rc::clone(&pool));
        pool
    }

    /// What a metric finds in a school as a whole, period by period.
    fn found(&mut self, question: &Question, release: Release) -> Rc<[Answer]> {
        let key = (release, question.clone());
        if let Some(known) = self.past.get(&key) {
            return Rc::clone(known);
        }
        let mut metrics = OfRelease { plugins: &mut *self.plugins, release };
        let found: Rc<[Answer]> = ask::of_all(self.roll, question, &mut metrics).into();
        self.past.insert(key, Rc::clone(&found));
        found
    }

    /// Who agreed with a statement, survey by survey.
    fn belief(&mut self, goal: &Goal, measure: MeasureId) -> Belief {
        let staff = Population { staff: true, ..Population::default() };
        let question = Question::at_line(self.roll.project, (goal.school, staff), measure, self.period);
        let answers = self.found(&question, Release::Current);
        let survey = |answer: &Answer| {
            let output = answer.measurement.outputs.first()?;
            Some((answer.period, output.numerator?, output.denominator))
        };
        Belief { measure, surveys: answers.iter().filter_map(survey).filter(|(_, _, of)| *of > 0).collect() }
    }
}

/// The goals as staff would see them, cleared school by school as their reports are: children of one school are no
/// others of the next.
pub(super) fn cleared_for_staff(project: &Project, judged: &[InReleases<'_>]) -> Vec<Cleared<Vec<GoalFigures>>> {
    let of_school = |school: usize| {
        let all = judged.iter().enumerate().map(|(place, both)| (place, &both.current));
        let mine: Vec<(usize, &Judged)> = all.filter(|(_, judged)| judged.goal.school.0 == school).collect();
        disclosure::clear(&project.privacy, Audience::Staff, &mine)
    };
    (0..project.schools.len()).map(of_school).collect()
}

/// What the students of each goal can decide, for those who write goals; protected as for staff.
pub(super) fn decidable(
    project: &Project,
    for_staff: &[Cleared<Vec<GoalFigures>>],
    templates: &TemplateRoots,
    now: PeriodId,
) -> anyhow::Result<Vec<Decides>> {
    let language = project.division.languages.first().map_or("en", String::as_str);
    let words = words(templates, language).map_err(unusable)?;
    let mut found = Vec::new();
    for figures in for_staff.iter().flat_map(|school| school.iter()) {
        let told = compose::decide(project, figures, now, &words).into_iter();
        found.extend(told.map(|(goal, sentences)| (figures.goal, Decides { goal, sentences })));
    }
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, decides)| decides).collect())
}
