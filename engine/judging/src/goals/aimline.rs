//! The aimline: where the figure should stand on a day, on the way from baseline to target.

use jiff::civil::Date;

use termwise_config::{Calendar, SchoolId};

/// How days are counted on the way.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    /// The division's calendar.
    pub calendar: &'a Calendar,
    /// The school, for its own days without classes.
    pub school: SchoolId,
    /// Days of classes, not calendar days.
    pub instructional: bool,
}

impl Clock<'_> {
    /// Days after `from` up to `to`; none if `to` is not later.
    pub fn days(&self, from: Date, to: Date) -> u32 {
        if self.instructional {
            return self.calendar.instructional_days(self.school, from, to);
        }
        from.until(to).map_or(0, |span| u32::try_from(span.get_days()).unwrap_or(0))
    }
}

/// Straight pieces from (baseline day, baseline) through the interim targets to (deadline, target).
#[derive(Debug, Clone, PartialEq)]
pub struct Aimline {
    /// Corner points by day, at least two, days strictly increasing.
    corners: Vec<(Date, f64)>,
}

impl Aimline {
    /// The line through these corners. Interim targets that do not lie between start and deadline
    /// are left out.
    pub fn new(start: (Date, f64), interim: impl IntoIterator<Item = (Date, f64)>, target: (Date, f64)) -> Self {
        let mut corners = vec![start];
        let mut between: Vec<_> = interim.into_iter().filter(|(day, _)| *day > start.0 && *day < target.0).collect();
        between.sort_by_key(|corner| corner.0);
        between.dedup_by_key(|corner| corner.0);
        corners.extend(between);
        corners.push(target);
        Self { corners }
    }

    /// The corner points, by day.
    pub fn corners(&self) -> &[(Date, f64)] {
        &self.corners
    }

    /// Where the line stands on `day`: none before the start, the target after the deadline. Where a piece
    /// has no day of classes it stands at its start.
    pub fn at(&self, day: Date, clock: Clock) -> Option<f64> {
        let last = self.corners.last()?;
        if day >= last.0 {
            return Some(last.1);
        }
        self.corners.windows(2).find(|pair| pair[0].0 <= day && day < pair[1].0).map(|pair| {
            let whole = clock.days(pair[0].0, pair[1].0).max(1);
            let part = clock.days(pair[0].0, day);
            pair[0].1 + (pair[1].1 - pair[0].1) * f64::from(part) / f64::from(whole)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar_days(calendar: &Calendar) -> Clock<'_> {
        Clock { calendar, school: SchoolId(0), instructional: false }
    }

    #[test]
    fn the_line_is_straight_by_calendar_days() {
        let calendar = Calendar::default();
        let clock = calendar_days(&calendar);
        // By hand: 100 days from 1 January to 11 April 2026; after 25 days a quarter of the way.
        let line = Aimline::new((date(2026, 1, 1), 0.4), [], (date(2026, 4, 11), 0.8));
        assert_eq!(line.at(date(2026, 1, 1), clock), Some(0.4));
        assert!((line.at(date(2026, 1, 26), clock).expect("inside") - 0.5).abs() < 1e-12);
        assert_eq!(line.at(date(2026, 4, 11), clock), Some(0.8));
        assert_eq!(line.at(date(2027, 1, 1), clock), Some(0.8));
        assert_eq!(line.at(date(2025, 12, 31), clock), None);
    }

    #[test]
    fn the_line_goes_through_interim_targets() {
        let calendar = Calendar::default();
        let clock = calendar_days(&calendar);
        let line = Aimline::new(
            (date(2026, 1, 1), 0.4),
            [(date(2026, 1, 11), 0.7), (date(2027, 1, 1), 0.1)],
            (date(2026, 1, 21), 0.8),
        );
        assert_eq!(line.corners().len(), 3);
        assert!((line.at(date(2026, 1, 6), clock).expect("inside") - 0.55).abs() < 1e-12);
        assert!((line.at(date(2026, 1, 16), clock).expect("inside") - 0.75).abs() < 1e-12);
    }
}
