//! The SMART check: each letter with its evidence, and its own “not yet”.
//!
//! Comes in: a judged goal and what is known of its data. Goes out: five letters, each with facts that
//! hold and facts that do not yet. Facts carry numbers of students, so they are cleared like any figure.

use termwise_config::goals::Narrative;
use termwise_config::{MeasureId, PeriodId, Project, SchoolId};

use crate::ask::Answer;

use super::points::{self, Found, Unit};
use super::verdict::ROUNDING;
use super::{Judged, closes};

/// What the goal's metric found in a school before the goal began.
pub type Past = (SchoolId, Vec<Answer>);

/// What is known of a goal's data besides its figures.
pub struct Known<'a> {
    /// How many belong to its population now.
    pub population: u32,
    /// Periods in which anybody has a reading.
    pub given: &'a [PeriodId],
    /// Measures that nobody in the division has a reading on.
    pub never_read: &'a [MeasureId],
    /// Earlier results, this school's and others'.
    pub past: &'a [Past],
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
        /// Teams.
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
    let series = |answers: &[Answer]| -> Vec<points::Point> {
        let points = points::points(project, plan, answers, &output).unwrap_or_default();
        points.into_iter().filter(|p| p.on <= start.on).collect()
    };
    let own = judged.goal.school;
    let mut all: Vec<(SchoolId, Vec<points::Point>)> =
        known.past.iter().map(|(school, answers)| (*school, series(answers))).collect();
    all.sort_by_key(|(school, _)| *school);
    let here = all.iter().find(|(school, _)| *school == own).map_or(&[][..], |(_, points)| points);
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
    let unbroken = |points: &[points::Point]| {
        let from = points.iter().rposition(|p| matches!(p.broken, Some(points::Break::Instrument(..)))).unwrap_or(0);
        points[from..].iter().filter_map(|p| Some((p.period, p.all.value()?, p.all.of, 0))).collect::<Vec<_>>()
    };
    let school = changes(&unbroken(here));
    let division = if judged.unit == Unit::Share { changes(&pooled(&all, own)) } else { Vec::new() };
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

/// Shares of all schools together, where more than one has results: period, share, students, students of
/// other schools.
fn pooled(all: &[(SchoolId, Vec<points::Point>)], own: SchoolId) -> Vec<(PeriodId, f64, u32, u32)> {
    let mut periods: Vec<PeriodId> = all.iter().flat_map(|(_, points)| points.iter().map(|p| p.period)).collect();
    periods.sort_unstable();
    periods.dedup();
    let mut pooled = Vec::new();
    for period in periods {
        let (mut met, mut of, mut elsewhere, mut schools) = (0, 0, 0, 0);
        for (school, points) in all {
            let Some(found) = points.iter().find(|p| p.period == period).map(|p| &p.all) else { continue };
            met += found.met.unwrap_or(0);
            of += found.of;
            elsewhere += if *school == own { 0 } else { found.of };
            schools += u32::from(found.of > 0);
        }
        if schools > 1 {
            pooled.push((period, f64::from(met) / f64::from(of), of, elsewhere));
        }
    }
    pooled
}

/// How many reporting periods lie between two days, the later one's included.
fn span(project: &Project, from: jiff::civil::Date, to: jiff::civil::Date) -> usize {
    project.calendar.periods.iter().filter(|p| p.closes > from && p.closes <= to).count().max(1)
}
