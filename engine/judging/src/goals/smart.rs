//! The SMART check: each letter with its evidence, and its own “not yet”.
//!
//! Comes in: a judged goal and what is known of its data. Goes out: five letters, each with facts that
//! hold and facts that do not yet. Facts carry numbers of students, so they are cleared like any figure.

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::civil::Date;

use termwise_config::goals::{Measured, Narrative};
use termwise_config::{MeasureId, PeriodId, Project};
use termwise_metric::{Description, PrivacyKind};

use crate::ask::Answer;

use super::ROUNDING;
use super::points::{self, Found, Point};
use super::{Judged, closes};

/// What the goal's metric found before the goal began.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// In the goal's school.
    pub own: Rc<[Answer]>,
    /// In all schools of the division that can be held beside it, its own among them.
    pub division: Rc<Pool>,
}

/// Shares of several schools together, by period. Many goals ask the same of a division, so they share one.
#[derive(Debug, Default)]
pub struct Pool(BTreeMap<PeriodId, Pooled>);

/// One period of several schools.
#[derive(Debug, Clone, Copy, Default)]
struct Pooled {
    /// Students who count.
    met: u32,
    /// Students with a result.
    of: u32,
    /// Schools with a result.
    schools: u32,
}

impl Pool {
    /// The place of the output whose counts can be added up for a goal; none for a goal whose figure is no share.
    pub fn output(plan: &Measured, metric: &Description) -> Option<usize> {
        let place = metric.judged_by(plan)?;
        (metric.outputs.get(place)?.privacy == PrivacyKind::Proportion).then_some(place)
    }

    /// Puts together what a metric found in each school as a whole, by the output at `place`.
    pub fn new<'p>(place: usize, schools: impl Iterator<Item = &'p [Answer]>) -> Self {
        let mut pool = Self::default();
        let share = |answer: &Answer| {
            let output = answer.measurement.outputs.get(place)?;
            Some((answer.period, output.numerator?, output.denominator))
        };
        // A school with a share that is not counted is left out.
        let shares = schools.filter_map(|answers| answers.iter().map(share).collect::<Option<Vec<_>>>());
        for (period, met, of) in shares.flatten() {
            let all = pool.0.entry(period).or_default();
            all.met += met;
            all.of += of;
            all.schools += u32::from(of > 0);
        }
        pool
    }

    /// Where more than one school has results, up to a day: period, share, students, students of other schools than the
    /// one whose points are given.
    fn beside(&self, project: &Project, own: &[Point], until: Date) -> Vec<(PeriodId, f64, u32, u32)> {
        let counted = self.0.iter().filter(|(period, all)| all.schools > 1 && closes(project, **period) <= until);
        let line = |(period, all): (&PeriodId, &Pooled)| {
            let mine = own.iter().find(|point| point.period == *period).map_or(0, |point| point.all.of);
            (*period, f64::from(all.met) / f64::from(all.of), all.of, all.of - mine)
        };
        counted.map(line).collect()
    }
}

/// What is known of a goal's data besides its figures.
pub struct Known<'a> {
    /// How many belong to its population now.
    pub population: u32,
    /// Periods in which anybody has a reading.
    pub given: &'a [PeriodId],
    /// Measures that nobody in the division has a reading on.
    pub never_read: &'a [MeasureId],
    /// Earlier results, this school's and others'.
    pub past: &'a Past,
}

/// The five letters, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Smart {
    /// Letters; empty where nothing could be checked.
    pub letters: Vec<Letter>,
}

/// One letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// `S`, `M`, `A`, `R` or `T`.
    pub letter: char,
    /// What was found.
    pub facts: Vec<Fact>,
}

impl Letter {
    /// Whether nothing is missing.
    pub fn holds(&self) -> bool {
        self.facts.iter().all(Fact::holds)
    }
}

/// Something that speaks for a letter, or is missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// So many students (or answers) belong to the population.
    Population(u32),
    /// Nobody belongs to it.
    NoPopulation,
    /// What is measured, with its instrument where that is known.
    Measured(Vec<(MeasureId, Option<String>)>),
    /// Nobody has a reading on it.
    NeverRead(MeasureId),
    /// A rubric says what is looked at.
    Rubric(usize),
    /// So many of so many have the readings needed.
    Readings {
        /// Students with them.
        of: u32,
        /// Students of the population.
        population: u32,
        /// Whether that is enough.
        enough: bool,
    },
    /// The metric could not be computed.
    NoFigure,
    /// Somebody judged it in this period, or nobody.
    JudgedNow(bool),
    /// The change needed, and the largest that was seen before over such a time.
    Change {
        /// From start to target, towards it, in the goal's unit.
        needed: f64,
        /// The largest change before, likewise.
        largest: f64,
        /// Students in the later figure of that change.
        students: u32,
        /// Students of other schools among them.
        elsewhere: u32,
        /// How many changes there were to look at.
        seen: usize,
        /// Whether it was in the division as a whole, not in the school.
        division: bool,
    },
    /// There is nothing earlier to hold it against.
    NothingEarlier,
    /// No start, so the change is not known.
    NoStart,
    /// A rubric has no change in numbers.
    NoNumber,
    /// The why is written.
    Why(bool),
    /// The school plan's priority.
    Priority(Option<String>),
    /// What the why rests on.
    Evidence(Option<String>),
    /// So many strategies and teams serve it.
    Served {
        /// Strategies that are not stopped.
        strategies: usize,
        /// Teams that the goal names, or that have a goal of their own which serves it; each once.
        teams: usize,
    },
    /// The result of this period decides: it is the last that closes by the deadline, or contains it.
    Deadline(PeriodId),
    /// No period closes after the start and by the deadline.
    NoPeriod,
    /// The instrument was given in the deadline's period of an earlier year.
    Given(PeriodId),
    /// It never was.
    NotGiven(PeriodId),
    /// A part of the goal lacks this letter.
    Part(usize),
}

impl Fact {
    /// Whether it speaks for the letter.
    pub fn holds(&self) -> bool {
        match self {
            Self::Readings { enough, .. } => *enough,
            Self::JudgedNow(judged) | Self::Why(judged) => *judged,
            Self::Change { needed, largest, .. } => needed <= &(largest + ROUNDING),
            Self::Priority(text) | Self::Evidence(text) => text.is_some(),
            Self::Served { strategies, teams } => strategies + teams > 0,
            Self::NoPopulation
            | Self::NeverRead(_)
            | Self::NoFigure
            | Self::NothingEarlier
            | Self::NoStart
            | Self::NoPeriod
            | Self::NotGiven(_)
            | Self::Part(_) => false,
            Self::Population(_)
            | Self::Measured(_)
            | Self::Rubric(_)
            | Self::NoNumber
            | Self::Deadline(_)
            | Self::Given(_) => true,
        }
    }
}

impl Smart {
    fn of(letters: [(char, Vec<Fact>); 5]) -> Self {
        Self { letters: letters.into_iter().map(|(letter, facts)| Letter { letter, facts }).collect() }
    }

    /// A goal has a letter if all its parts have it; the first part's facts stand for those of all.
    pub fn together(parts: &[&Self]) -> Self {
        let Some(first) = parts.first() else { return Self::default() };
        let mut all = (*first).clone();
        for (place, letter) in all.letters.iter_mut().enumerate() {
            let lacking = |part: &&Self| part.letters.get(place).is_some_and(|letter| !letter.holds());
            let missing: Vec<usize> = (0..parts.len()).filter(|i| lacking(&parts[*i])).collect();
            letter.facts.retain(Fact::holds);
            letter.facts.extend(missing.into_iter().map(Fact::Part));
        }
        all
    }
}

/// Checks a goal with a number.
pub fn check(project: &Project, judged: &Judged<'_>, known: &Known<'_>) -> Smart {
    let on = closes(project, judged.now);
    let goal = judged.goal;
    let point = judged.point_now();
    let population = point.map(|point| point.all.population).or(Some(known.population)).filter(|n| *n > 0);
    let mut specific = vec![population.map_or(Fact::NoPopulation, Fact::Population)];
    if known.never_read.is_empty() {
        let instrument = |measure: &MeasureId| project.measures.measure(*measure).instrument(on).map(str::to_owned);
        specific.push(Fact::Measured(goal.measures().iter().map(|m| (*m, instrument(m))).collect()));
    }
    specific.extend(known.never_read.iter().copied().map(Fact::NeverRead));
    let measurable = point.map_or(Fact::NoFigure, |point| {
        let Found { of, population, .. } = point.all;
        let enough = f64::from(of) >= project.judging.full_coverage * f64::from(population) - ROUNDING && of > 0;
        Fact::Readings { of, population, enough }
    });
    Smart::of([
        ('S', specific),
        ('M', vec![measurable]),
        ('A', vec![achievable(project, judged, known)]),
        ('R', relevant(project, judged)),
        ('T', in_time(project, judged, known)),
    ])
}

/// Checks a goal without a number.
pub fn check_narrative(project: &Project, judged: &Judged<'_>, narrative: &Narrative) -> Smart {
    let period = project.calendar.period(judged.now);
    let now = judged.judgement.is_some_and(|place| narrative.judgements[place].on >= period.opens);
    Smart::of([
        ('S', vec![Fact::Rubric(narrative.rubric.len())]),
        ('M', vec![Fact::JudgedNow(now)]),
        ('A', vec![Fact::NoNumber]),
        ('R', relevant(project, judged)),
        ('T', vec![deadline(project, judged).map_or(Fact::NoPeriod, Fact::Deadline)]),
    ])
}

fn relevant(project: &Project, judged: &Judged<'_>) -> Vec<Fact> {
    let goal = judged.goal;
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let strategies = goal.strategies.iter().filter(|s| s.status != termwise_config::goals::Stage::Stopped).count();
    let place = project.goals.iter().position(|other| other.id == goal.id);
    let own = project.plc_goals.iter().filter(|team| team.serves.is_some() && team.serves == place);
    let mut teams: Vec<&str> = own.map(|team| project.plcs[team.plc].id.as_str()).collect();
    teams.extend(goal.plcs.iter().map(String::as_str));
    teams.sort_unstable();
    teams.dedup();
    vec![
        Fact::Why(!goal.why.trim().is_empty()),
        Fact::Priority(text(&goal.priority)),
        Fact::Evidence(text(&goal.evidence)),
        Fact::Served { strategies, teams: teams.len() },
    ]
}

/// The period that decides the goal, after its start.
fn deadline(project: &Project, judged: &Judged<'_>) -> Option<PeriodId> {
    let decides = super::term::deciding(project, judged.deadline)?;
    let starts = |start: &super::Start| closes(project, decides) <= start.on;
    (!judged.start.as_ref().is_some_and(starts)).then_some(decides)
}

fn in_time(project: &Project, judged: &Judged<'_>, known: &Known<'_>) -> Vec<Fact> {
    let Some(last) = deadline(project, judged) else { return vec![Fact::NoPeriod] };
    let mut facts = vec![Fact::Deadline(last)];
    let word = |period: PeriodId| project.calendar.period(period).id.as_str();
    let then = judged.aim.iter().flat_map(|aim| &aim.interim).map(|interim| interim.period).chain([last]);
    let never = then.filter(|period| !known.given.iter().any(|given| word(*given) == word(*period)));
    let never: Vec<Fact> = never.map(Fact::NotGiven).collect();
    if never.is_empty() {
        facts.push(Fact::Given(last));
    }
    facts.extend(never);
    facts
}

/// The change needed, beside the largest that was seen here or in the division, over at most as many
/// reporting periods and before the goal began.
fn achievable(project: &Project, judged: &Judged<'_>, known: &Known<'_>) -> Fact {
    let (Some(start), Some(plan), Some(aim)) = (&judged.start, judged.goal.measured(), &judged.aim) else {
        return Fact::NoStart;
    };
    let needed = judged.way.sign() * (aim.target - start.value);
    let Ok(output) = points::output(plan, judged.metric.as_ref()) else { return Fact::NothingEarlier };
    let span = span(project, start.on, aim.deadline);
    let mut here = points::points(project, plan, &known.past.own, &output).unwrap_or_default();
    here.retain(|point| point.on <= start.on);
    let minimum = project.judging.minimum_students;
    let changes = |points: &[(PeriodId, f64, u32, u32)]| {
        let mut found: Vec<(f64, u32, u32)> = Vec::new();
        for (place, (from, before, of, _)) in points.iter().enumerate() {
            for (to, after, students, elsewhere) in &points[place + 1..] {
                if to.0 - from.0 <= span && *students >= minimum && *of >= minimum {
                    found.push((judged.way.sign() * (after - before), *students, *elsewhere));
                }
            }
        }
        found
    };
    let unbroken = |points: &[Point]| {
        let from = points.iter().rposition(|p| matches!(p.broken, Some(points::Break::Instrument(..)))).unwrap_or(0);
        points[from..].iter().filter_map(|p| Some((p.period, p.all.value()?, p.all.of, 0))).collect::<Vec<_>>()
    };
    let school = changes(&unbroken(&here));
    let division = changes(&known.past.division.beside(project, &here, start.on));
    let largest = |found: &[(f64, u32, u32)]| found.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0));
    let fact = |(change, students, elsewhere), seen, division| Fact::Change {
        needed,
        largest: change,
        students,
        elsewhere,
        seen,
        division,
    };
    match (largest(&school), largest(&division)) {
        // What the school did itself says more than what all did together.
        (Some(own), Some(all)) if all.0 > own.0 && own.0 < needed => fact(all, division.len(), true),
        (Some(own), _) => fact(own, school.len(), false),
        (None, Some(all)) => fact(all, division.len(), true),
        (None, None) => Fact::NothingEarlier,
    }
}

/// How many reporting periods lie between two days, the later one's included.
fn span(project: &Project, from: jiff::civil::Date, to: jiff::civil::Date) -> usize {
    project.calendar.periods.iter().filter(|p| p.closes > from && p.closes <= to).count().max(1)
}
