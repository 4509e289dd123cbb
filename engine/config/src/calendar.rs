//! School years and reporting periods.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::ids::{PeriodId, SchoolId};

/// Months as they are spelt in English, French and Ukrainian, the last alone and in a date.
const MONTHS: [[&str; 12]; 3] = [
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "січень січня",
        "лютий лютого",
        "березень березня",
        "квітень квітня",
        "травень травня",
        "червень червня",
        "липень липня",
        "серпень серпня",
        "вересень вересня",
        "жовтень жовтня",
        "листопад листопада",
        "грудень грудня",
    ],
];

/// One reporting period of one school year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// School year, as in `2025-26`.
    pub year: String,
    /// Short id within its year, as in `P2`.
    pub id: String,
    /// What people call it, as in `March`.
    pub name: String,
    /// Other spellings met in spreadsheets (`Term 2`, `MOY`, `Winter`).
    pub also_called: Vec<String>,
    /// First day.
    pub opens: Date,
    /// Last day; results count as of this day.
    pub closes: Date,
}

impl Period {
    /// `2025-26/P2`: how configuration, options and folders name a period.
    pub fn key(&self) -> String {
        format!("{}/{}", self.year, self.id)
    }

    /// Whether it is called by the month in which it closes, in a language that reports are shipped in.
    pub fn is_named_by_month(&self) -> bool {
        let name = self.name.trim().to_lowercase();
        let month = usize::from(self.closes.month().unsigned_abs()) - 1;
        MONTHS.iter().any(|months| months[month].split(' ').any(|known| known == name))
    }
}

/// On which day of a period the members of its groups are those enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AsOf {
    /// Its closing day.
    #[default]
    PeriodClose,
    /// The first day of the school year's first period.
    YearStart,
    /// This month and day of the school year, as the enrolment of record (30 September in Manitoba).
    Day(i8, i8),
}

/// The days of classes of a school year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    /// The first; none: the first of its first reporting period.
    pub first: Option<Date>,
    /// The last; none: the last of its last reporting period.
    pub last: Option<Date>,
    /// Days without classes: runs, both ends included.
    pub without: Vec<(Date, Date)>,
    /// What a school has besides.
    pub without_at: BTreeMap<SchoolId, Vec<(Date, Date)>>,
}

/// All reporting periods of all configured school years, in order of time.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// Periods sorted by closing day.
    pub periods: Vec<Period>,
    /// When grade, program and school of a student count.
    pub as_of: AsOf,
    /// Days of classes by school year.
    pub days: BTreeMap<String, Days>,
}

impl Calendar {
    /// The period with this id.
    pub fn period(&self, id: PeriodId) -> &Period {
        &self.periods[id.0]
    }

    /// The period named `2025-26/P2`.
    pub fn by_key(&self, key: &str) -> Option<PeriodId> {
        self.periods.iter().position(|p| p.key() == key).map(PeriodId)
    }

    /// The period of `year` that a spreadsheet calls `word`: its id, its name or another spelling,
    /// ignoring case and surrounding space.
    pub fn by_word(&self, year: &str, word: &str) -> Option<PeriodId> {
        let word = word.trim().to_lowercase();
        self.periods
            .iter()
            .position(|p| {
                p.year == year
                    && (p.id.to_lowercase() == word
                        || p.name.to_lowercase() == word
                        || p.also_called.iter().any(|a| a.trim().to_lowercase() == word))
            })
            .map(PeriodId)
    }

    /// The day whose enrolments make the groups of a period.
    pub fn membership_day(&self, period: PeriodId) -> Date {
        let Period { year, closes, .. } = self.period(period);
        let first = self.of_year(year).next().map_or(*closes, |id| self.period(id).opens);
        match self.as_of {
            AsOf::PeriodClose => *closes,
            AsOf::YearStart => first,
            AsOf::Day(month, day) => {
                // Months before the first period's belong to the second calendar year.
                let calendar_year = first.year() + i16::from((month, day) < (first.month(), first.day()));
                // A 29 February that this year does not have counts as the 28th.
                Date::new(calendar_year, month, day)
                    .or_else(|_| Date::new(calendar_year, month, day - 1))
                    .unwrap_or(*closes)
            }
        }
    }

    /// The last period that has closed on `date`, closing day included.
    pub fn last_closed(&self, date: Date) -> Option<PeriodId> {
        self.periods.iter().rposition(|p| p.closes <= date).map(PeriodId)
    }

    /// The period whose result decides a goal with this deadline: the last one that closes on or before it; with
    /// `containing`, the one in which it lies, if there is one. None if none closes by then.
    pub fn deciding(&self, deadline: Date, containing: bool) -> Option<PeriodId> {
        let within = self.periods.iter().position(|p| p.opens <= deadline && deadline <= p.closes);
        let closed = || self.periods.iter().rposition(|p| p.closes <= deadline);
        within.filter(|_| containing).or_else(closed).map(PeriodId)
    }

    /// The periods of a school year, in order.
    pub fn of_year<'a>(&'a self, year: &'a str) -> impl DoubleEndedIterator<Item = PeriodId> + 'a {
        self.periods.iter().enumerate().filter(move |(_, p)| p.year == year).map(|(i, _)| PeriodId(i))
    }

    /// Days of classes at a school after `from` and up to `to`: Monday to Friday of a configured school
    /// year, without those on which there are none.
    pub fn instructional_days(&self, school: SchoolId, from: Date, to: Date) -> u32 {
        let mut count = 0;
        for (year, days) in &self.days {
            let (mut periods, mut again) = (self.of_year(year), self.of_year(year));
            let first = days.first.or_else(|| periods.next().map(|id| self.period(id).opens));
            let last = days.last.or_else(|| again.next_back().map(|id| self.period(id).closes));
            let (Some(first), Some(last)) = (first, last) else { continue };
            let own = days.without_at.get(&school).map_or(&[][..], Vec::as_slice);
            let without = |day: Date| days.without.iter().chain(own).any(|(a, b)| *a <= day && day <= *b);
            let Ok(next) = from.tomorrow() else { continue };
            let weekday = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            let open = next.max(first).series(jiff::Span::new().days(1)).take_while(|day| *day <= to.min(last));
            count += open.filter(weekday).filter(|day| !without(*day)).count();
        }
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_last_period_that_closes_by_the_deadline_decides() {
        let period = |year: &str, id: &str, opens: Date, closes: Date| Period {
            year: year.into(),
            id: id.into(),
            name: id.into(),
            also_called: Vec::new(),
            opens,
            closes,
        };
        let periods = vec![
            period("2024-25", "P3", date(2025, 3, 17), date(2025, 6, 26)),
            period("2025-26", "P1", date(2025, 9, 3), date(2025, 11, 21)),
            period("2025-26", "P2", date(2025, 11, 24), date(2026, 3, 13)),
        ];
        let calendar = Calendar { periods, ..Calendar::default() };
        let deciding = |deadline, containing| calendar.deciding(deadline, containing).map(|id| id.0);
        assert_eq!(deciding(date(2025, 6, 25), false), None);
        assert_eq!(deciding(date(2025, 6, 26), false), Some(0));
        assert_eq!(deciding(date(2025, 6, 30), false), Some(0));
        assert_eq!(deciding(date(2025, 12, 31), false), Some(1));
        assert_eq!(deciding(date(2025, 12, 31), true), Some(2));
        // In the summer there is none to contain it.
        assert_eq!(deciding(date(2025, 7, 31), true), Some(0));
    }

    #[test]
    fn a_period_is_named_by_its_month_in_any_shipped_language() {
        let period = |name: &str| Period {
            year: "2025-26".into(),
            id: "P2".into(),
            name: name.into(),
            also_called: Vec::new(),
            opens: date(2025, 11, 24),
            closes: date(2026, 3, 13),
        };
        for name in ["March", "mars", "березень", "БЕРЕЗНЯ"] {
            assert!(period(name).is_named_by_month(), "{name}");
        }
        for name in ["Term 2", "Winter", "April", "березень березня", ""] {
            assert!(!period(name).is_named_by_month(), "{name}");
        }
    }

    #[test]
    fn days_of_classes_leave_out_weekends_holidays_and_the_summer() {
        let days = |first, last, without| Days { first, last, without, without_at: BTreeMap::new() };
        let mut calendar = Calendar::default();
        let year = days(Some(date(2025, 9, 4)), Some(date(2026, 6, 26)), vec![(date(2025, 9, 30), date(2025, 9, 30))]);
        calendar.days.insert("2024-25".into(), days(Some(date(2024, 9, 4)), Some(date(2025, 6, 27)), vec![]));
        calendar.days.insert("2025-26".into(), year);
        let school = SchoolId(0);
        // By hand: Thursday 4 and Friday 5, four weeks less the 30th (a Tuesday): 2 + 4·5 − 1.
        assert_eq!(calendar.instructional_days(school, date(2025, 6, 27), date(2025, 10, 3)), 21);
        let own = &mut calendar.days.get_mut("2025-26").expect("just put there").without_at;
        own.insert(school, vec![(date(2025, 9, 27), date(2025, 9, 29))]);
        // Of these only Monday the 29th was a day of classes.
        assert_eq!(calendar.instructional_days(school, date(2025, 6, 27), date(2025, 10, 3)), 20);
        assert_eq!(calendar.instructional_days(SchoolId(1), date(2025, 10, 3), date(2025, 10, 3)), 0);
    }
}
