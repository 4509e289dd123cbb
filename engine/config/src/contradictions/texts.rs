//! Numbers and days that a title or statement names, in English, French and Ukrainian, held against those
//! of the goal.
//!
//! Only what can mean the target is read: percents of a share, points of a difference, points or levels of
//! another figure, and a month or year that can be the deadline. Where several are named, one of them must be
//! the goal's: another may be its start. Numbers without such a word (grades, “3 or 4”) mean something else.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use regex::Regex;

use termwise_base::problem::Problem;

use super::super::Calendar;
use super::super::goals::{Aim, Goal, Measured, Plan};
use super::{Counted, Findings, Setting, Stage, start};

/// A number as a text names it, and half of the last digit that it names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Named {
    /// In percent, points or the figure's unit.
    pub value: f64,
    /// How far the exact value may be from it.
    within: f64,
}

impl Named {
    fn read(digits: &str) -> Option<Self> {
        let plain = digits.replace(',', ".");
        let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let within = 0.5 * 10f64.powi(-i32::try_from(decimals).ok()?) + 1e-9;
        Some(Self { value: plain.parse().ok()?, within })
    }

    fn is(self, value: f64) -> bool {
        (self.value - value).abs() <= self.within
    }
}

/// A number, and one before it where both have one unit: “from 58 to 75 %”.
fn pattern(unit: &str) -> Regex {
    let number = r"\d+(?:[.,]\d+)?";
    let to = r"(?:[\s\u{a0}\u{202f}]*(?:[-–—]|to|and|or|à|et|ou|до|та|і|або)[\s\u{a0}\u{202f}]*)";
    Regex::new(&format!(
        r"(?i)(?:^|[^\d.,])(?:({number})(?:[\s\u{{a0}}\u{{202f}}]*%)?{to})?({number})[\s\u{{a0}}\u{{202f}}-]*(?:{unit})"
    ))
    .expect("a sound pattern")
}

static PERCENTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"%|per[\s\u{a0}-]?cent\b|pour[\s\u{a0}-]?cent\b|відсот\w*|процент\w*"));

/// Percentage points, which are no percents.
static POINTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"per[\s-]?cent(?:age)?[\s\u{a0}-]+points?\b|%[\s-]+points?\b|points?(?:[\s\u{a0}]+de[\s\u{a0}]+pourcentage)?\b|відсотков\w+[\s\u{a0}]+пункт\w*|в\.[\s\u{a0}]?п\.|пункт\w*",
    )
});

static STEPS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:scale[\s-]+)?(?:points?|levels?|steps?)\b|niveaux?\b|échelons?\b|бал(?:и|ів|а)?\b|рів(?:ень|ні|нів|ня)\b|пункт\w*",
    )
});

fn all(pattern: &Regex, text: &str) -> Vec<Named> {
    let found = pattern.captures_iter(text).flat_map(|found| {
        let numbers = [found.get(1), found.get(2)];
        numbers.into_iter().flatten().filter_map(|digits| Named::read(digits.as_str())).collect::<Vec<_>>()
    });
    found.collect()
}

/// The percents that a text names; percentage points are none.
pub fn percents(text: &str) -> Vec<Named> {
    let points = POINTS.replace_all(text, " ");
    all(&PERCENTS, &points)
}

/// The points between shares that a text names.
pub fn points(text: &str) -> Vec<Named> {
    all(&POINTS, text)
}

/// What a text names that can be the goal's target: none, or none of them is it.
fn another(text: &str, counted: &Counted, aim: &Aim) -> Option<Named> {
    let target = aim.target;
    let (named, wanted) = match counted {
        // Nine in ten who come are one in ten who miss.
        Counted::Share => (percents(text), vec![target * 100.0, (1.0 - target) * 100.0]),
        Counted::Difference { .. } => {
            let mut named = points(text);
            named.extend(percents(text));
            (named, vec![target.abs() * 100.0])
        }
        Counted::Steps(_) => (all(&STEPS, text), vec![target.abs()]),
    };
    let is = |named: &Named| wanted.iter().any(|wanted| named.is(*wanted));
    if named.iter().any(is) { None } else { named.last().copied() }
}

/// Whether a text of a goal names a number that is not the target on a day, or a time that is not the deadline.
/// `counted` says what the goal and its parts count, by id; of what is not known only the time is read.
pub fn is_stale(
    goal: &Goal,
    text: &str,
    on: Date,
    calendar: &Calendar,
    counted: &dyn Fn(&str) -> Option<Counted>,
) -> bool {
    let other = |(part, plan): (&Goal, &Measured)| {
        counted(&part.id).is_some_and(|counted| another(text, &counted, plan.aims.on(on)).is_some())
    };
    let mut parts = goal.measured_parts().peekable();
    let number = parts.peek().is_some() && parts.all(other);
    number || another_day(text, starts(goal.aim(on), calendar), goal.deadline(on)).is_some()
}

/// The first day on which a goal with a figure of its own may start.
fn starts(aim: Option<&Aim>, calendar: &Calendar) -> Option<Date> {
    aim.map(|aim| start(&aim.baseline, calendar))
}

/// The number that a text names instead of the target, as it would be written.
fn another_number(text: &str, counted: &Counted, aim: &Aim) -> Option<String> {
    let found = another(text, counted, aim)?;
    Some(match counted {
        Counted::Share => format!("{} %", found.value),
        Counted::Difference { .. } => format!("{} points", found.value),
        Counted::Steps(_) => found.value.to_string(),
    })
}

/// Months by number, in the cases that stand before a year.
const MONTHS: [&str; 12] = [
    "january|jan|janvier|січень|січня|січні",
    "february|feb|février|лютий|лютого|лютому",
    "march|mar|mars|березень|березня|березні",
    "april|apr|avril|квітень|квітня|квітні",
    "may|mai|травень|травня|травні",
    "june|jun|juin|червень|червня|червні",
    "july|jul|juillet|липень|липня|липні",
    "august|aug|août|серпень|серпня|серпні",
    "september|sept|sep|septembre|вересень|вересня|вересні",
    "october|oct|octobre|жовтень|жовтня|жовтні",
    "november|nov|novembre|листопад|листопада|листопаді",
    "december|dec|décembre|грудень|грудня|грудні",
];

static DAYS: LazyLock<[Regex; 12]> = LazyLock::new(|| {
    MONTHS.map(|names| {
        let space = r"[\s\u{a0}\u{202f}]";
        Regex::new(&format!(r"(?i)\b(?:{names})\b\.?(?:{space}+\d{{1,2}}(?:st|nd|rd|th)?,)?{space}+(20\d\d)\b"))
            .expect("a sound pattern")
    })
});

static ISO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(20\d\d)-(\d\d)-\d\d\b").expect("a sound pattern"));

static SCHOOL_YEARS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(20\d\d)\s?[-–—/]\s?(?:20)?(\d\d)\b").expect("a sound pattern"));

static YEARS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(20\d\d)\b").expect("a sound pattern"));

/// A time that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Month(i16, i8),
    Year(i16),
    SchoolYear(i16),
}

fn times(text: &str) -> Vec<(When, String)> {
    let mut found = Vec::new();
    let mut rest = text.to_owned();
    let number = |text: &str| text.parse::<i16>().unwrap_or(0);
    let mut take = |pattern: &Regex, when: &dyn Fn(&regex::Captures) -> When| {
        found.extend(pattern.captures_iter(&rest).map(|c| (when(&c), c[0].trim().to_owned())));
        rest = pattern.replace_all(&rest, " ").into_owned();
    };
    take(&ISO, &|c| When::Month(number(&c[1]), c[2].parse().unwrap_or(0)));
    for (month, pattern) in (1..).zip(DAYS.iter()) {
        take(pattern, &|c| When::Month(number(&c[1]), month));
    }
    take(&SCHOOL_YEARS, &|c| When::SchoolYear(number(&c[1])));
    take(&YEARS, &|c| When::Year(number(&c[1])));
    found
}

/// The time that a text names instead of the deadline. Times up to the start mean the start.
fn another_day(text: &str, start: Option<Date>, deadline: Date) -> Option<String> {
    // “By the end of June” may be written down as the first of July.
    let near = [deadline, deadline.checked_sub(5.days()).unwrap_or(deadline)];
    let is = |when: When| match when {
        When::Month(year, month) => near.iter().any(|day| (day.year(), day.month()) == (year, month)),
        When::Year(year) => near.iter().any(|day| day.year() == year),
        When::SchoolYear(year) => near.iter().any(|day| day.year() == year || day.year() == year + 1),
    };
    let later = |when: When| {
        start.is_none_or(|start| match when {
            When::Month(year, month) => (year, month) > (start.year(), start.month()),
            When::Year(year) => year > start.year(),
            When::SchoolYear(year) => year + 1 > start.year(),
        })
    };
    let named = times(text);
    if named.iter().any(|(when, _)| is(*when)) {
        return None;
    }
    named.into_iter().rfind(|(when, _)| later(*when)).map(|(_, words)| words)
}

/// What the titles and statements of a goal name instead of its target or deadline. `counted` says what the
/// goal and each of its parts counts, by id; of what is not known nothing is told.
pub fn check(goal: &Goal, calendar: &Calendar, counted: &dyn Fn(&str) -> Option<Counted>) -> Vec<Problem> {
    let mut found = match &goal.plan {
        Plan::Several(several) => {
            let mut found = Findings::new(goal).each_stage(|findings, stage| {
                day(findings, stage, calendar);
                targets(findings, stage, &several.parts, counted);
            });
            for part in &several.parts {
                let Some(counted) = counted(&part.id) else { continue };
                // Its statement is the goal's.
                found.extend(Findings::new(part).each_stage(|findings, stage| {
                    number(findings, stage, &counted, &[(0, "title", &stage.title)]);
                }));
            }
            found
        }
        Plan::Narrative(_) => Findings::new(goal).each_stage(|findings, stage| day(findings, stage, calendar)),
        Plan::Measured(_) => Findings::new(goal).each_stage(|findings, stage| {
            day(findings, stage, calendar);
            if let Some(counted) = counted(&goal.id) {
                number(findings, stage, &counted, &[(0, "title", &stage.title), (1, "statement", &stage.statement)]);
            }
        }),
    };
    found.sort_by_key(|problem| (problem.place.line, problem.place.column));
    found
}

/// The title of a team's goal that names another percentage than its target.
pub fn of_team(id: &str, title: &str, target: f64) -> Option<Problem> {
    let named = percents(title);
    let other = named.iter().all(|named| !named.is(target * 100.0)).then(|| named.last()).flatten()?;
    Some(
        Problem::warning(format!("The title of the team's goal “{id}” names another target than `target`."))
            .found(format!("{} %", other.value))
            .expected(Counted::Share.shown(target))
            .hint("Correct the title or `target`: readers see both."),
    )
}

/// What an amendment should carry, or what should be corrected.
fn told(
    findings: &mut Findings,
    stage: &Stage,
    (what, text, changed): (&str, &Setting, &Setting),
    (named, is, of): (String, String, &str),
) {
    let id = &findings.goal.id;
    let since = stage.on.filter(|_| changed.rank > text.rank);
    let problem = match since {
        Some(day) => Problem::warning(format!(
            "Since the amendment of {day} the {what} of the goal “{id}” names a {of} that holds no more."
        ))
        .hint(format!(
            "Add `{what} = \"…\"` to the amendment, in the words that were agreed on; until then reports print the \
             old one as first agreed, with the {of} in force beside it."
        )),
        None => Problem::warning(format!("The {what} of the goal “{id}” names another {of} than `{of}`."))
            .hint(format!("Correct the {what} or `{of}`: readers see both.")),
    };
    findings.tell(stage, &[text, changed], problem.found(named).expected(is));
}

/// Numbers in the texts of a goal with a figure of its own.
fn number(findings: &mut Findings, stage: &Stage, counted: &Counted, texts: &[(usize, &str, &Setting)]) {
    for (place, what, setting) in texts {
        let Some(aim) = &stage.aim else { return };
        if let Some(named) = another_number(&stage.texts[*place], counted, aim) {
            let is = counted.shown(aim.target);
            told(findings, stage, (what, setting, &stage.target), (named, is, "target"));
        }
    }
}

/// Percents in the texts of a goal with parts: one of them must be a part's target.
fn targets(findings: &mut Findings, stage: &Stage, parts: &[Goal], counted: &dyn Fn(&str) -> Option<Counted>) {
    let on = stage.on.unwrap_or(Date::MIN);
    let known: Option<Vec<(Counted, &Aim)>> =
        parts.iter().map(|part| Some((counted(&part.id)?, part.aim(on)?))).collect();
    let Some(known) = known else { return };
    for (text, what, setting) in
        [(&stage.texts[0], "title", &stage.title), (&stage.texts[1], "statement", &stage.statement)]
    {
        let named: Vec<String> = known.iter().filter_map(|(counted, aim)| another_number(text, counted, aim)).collect();
        if named.len() == known.len()
            && let Some(named) = named.into_iter().next()
        {
            let targets: Vec<String> = known.iter().map(|(counted, aim)| counted.shown(aim.target)).collect();
            told(findings, stage, (what, setting, &stage.target), (named, targets.join(", "), "target"));
        }
    }
}

/// Months and years in the texts of a goal.
fn day(findings: &mut Findings, stage: &Stage, calendar: &Calendar) {
    let start = starts(stage.aim.as_ref(), calendar);
    for (text, what, setting) in
        [(&stage.texts[0], "title", &stage.title), (&stage.texts[1], "statement", &stage.statement)]
    {
        if let Some(named) = another_day(text, start, stage.ends) {
            let is = stage.ends.to_string();
            told(findings, stage, (what, setting, &stage.deadline), (named, is, "deadline"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::Baseline;
    use jiff::civil::date;

    fn values(found: Vec<Named>) -> Vec<f64> {
        found.into_iter().map(|named| named.value).collect()
    }

    #[test]
    fn percents_are_read_in_three_languages() {
        for (text, wanted) in [
            ("75% of our students", vec![75.0]),
            ("75 % of our students", vec![75.0]),
            ("75 per cent and 80 percent", vec![75.0, 80.0]),
            ("72,5\u{a0}% de nos élèves", vec![72.5]),
            ("75 pour cent des élèves", vec![75.0]),
            ("75 відсотків учнів", vec![75.0]),
            ("75\u{202f}% учнів, було 58 відсотків", vec![75.0, 58.0]),
            ("from 58 to 75 %", vec![58.0, 75.0]),
            ("de 58 à 75 %", vec![58.0, 75.0]),
            ("70–75%", vec![70.0, 75.0]),
            ("up by 10 percentage points", vec![]),
            ("de 10 points de pourcentage", vec![]),
            ("на 10 відсоткових пунктів", vec![]),
            ("Grade 3 and 4 students with a mark of 3 or 4 in at least two of the three categories", vec![]),
            ("By June 2026 in Grade 2", vec![]),
            ("три з чотирьох, 3 або 4", vec![]),
        ] {
            assert_eq!(values(percents(text)), wanted, "{text}");
        }
    }

    #[test]
    fn points_are_read_in_three_languages() {
        for (text, wanted) in [
            ("by no more than 3 points", vec![3.0]),
            ("no more than 3 percentage points", vec![3.0]),
            ("au plus 3 points de pourcentage", vec![3.0]),
            ("не більше ніж на 3 відсоткові пункти", vec![3.0]),
            ("3 % of students", vec![]),
        ] {
            assert_eq!(values(points(text)), wanted, "{text}");
        }
    }

    fn aim(target: f64, deadline: Date) -> Aim {
        Aim { baseline: Baseline::Value { value: 0.5, on: date(2025, 6, 27) }, target, deadline, interim: vec![] }
    }

    #[test]
    fn a_number_that_is_not_the_target_is_named() {
        let day = date(2026, 6, 26);
        let stale = |text: &str, counted: Counted, target: f64| another(text, &counted, &aim(target, day)).is_some();
        assert!(stale("75% of our students", Counted::Share, 0.70));
        assert!(!stale("75% of our students, up from 58 %", Counted::Share, 0.75));
        // Printed numbers are rounded.
        assert!(!stale("75 % of our students", Counted::Share, 0.746));
        assert!(stale("75,0 % de nos élèves", Counted::Share, 0.746));
        // Nine in ten who come are one in ten who miss.
        assert!(!stale("90 % of our students will come", Counted::Share, 0.10));
        let gap = Counted::Difference { gap: true };
        assert!(stale("differ by no more than 3 points", gap.clone(), 0.05));
        assert!(!stale("differ by no more than 5 points", gap, 0.05));
        assert!(stale("a median gain of 12 points", Counted::Steps(None), 8.0));
        assert!(!stale("a median gain of 8 points", Counted::Steps(None), 8.0));
        assert!(!stale("in both programs, Grade 3", Counted::Steps(None), 8.0));
    }

    #[test]
    fn a_time_that_is_not_the_deadline_is_named() {
        let start = Some(date(2025, 6, 27));
        let named = |text: &str| another_day(text, start, date(2026, 6, 26));
        for fine in [
            "By June 2026, 75 %",
            "D’ici juin 2026",
            "До червня 2026 року",
            "By June 26, 2026",
            "by 26 June 2026",
            "By the end of 2025-26",
            "By the end of 2026, more than in June 2025",
            "More than in June 2025",
            "in the text of 1998 and in Grade 2",
            "since November",
        ] {
            assert_eq!(named(fine), None, "{fine}");
        }
        for (text, wanted) in [
            ("By June 2027, 75 %", "June 2027"),
            ("D’ici mars 2026", "mars 2026"),
            ("До червня 2027 року", "червня 2027"),
            ("By March 13, 2026", "March 13, 2026"),
            ("by 2028", "2028"),
            ("by the end of 2027-28", "2027-28"),
        ] {
            assert_eq!(named(text).unwrap_or_default(), wanted, "{text}");
        }
        // The first of July is the end of June.
        assert_eq!(another_day("By June 2026", start, date(2026, 7, 1)), None);
    }
}
