//! School years and reporting periods.

use jiff::civil::Date;

/// Place of a reporting period in [`Calendar::periods`], so periods compare by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodId(pub usize);

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

/// All reporting periods of all configured school years, in order of time.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// Periods sorted by closing day.
    pub periods: Vec<Period>,
    /// When grade, program and school of a student count.
    pub as_of: AsOf,
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

    /// The periods of a school year, in order.
    pub fn of_year<'a>(&'a self, year: &'a str) -> impl Iterator<Item = PeriodId> + 'a {
        self.periods.iter().enumerate().filter(move |(_, p)| p.year == year).map(|(i, _)| PeriodId(i))
    }
}
