//! The aimline: where the share should stand on a day, on the way from baseline to target.

use jiff::civil::Date;

/// Straight pieces from (baseline day, baseline) through the interim targets to (deadline, target),
/// by calendar days.
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

    /// Where the line stands on `day` (0–1): none before the start, the target after the deadline.
    pub fn at(&self, day: Date) -> Option<f64> {
        let last = self.corners.last()?;
        if day >= last.0 {
            return Some(last.1);
        }
        self.corners.windows(2).find(|pair| pair[0].0 <= day && day < pair[1].0).map(|pair| {
            let whole = f64::from(pair[0].0.until(pair[1].0).map_or(1, |span| span.get_days()));
            let part = f64::from(pair[0].0.until(day).map_or(0, |span| span.get_days()));
            pair[0].1 + (pair[1].1 - pair[0].1) * part / whole
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_line_is_straight_by_calendar_days() {
        // By hand: 100 days from 1 January to 11 April 2026; after 25 days a quarter of the way.
        let line = Aimline::new((date(2026, 1, 1), 0.4), [], (date(2026, 4, 11), 0.8));
        assert_eq!(line.at(date(2026, 1, 1)), Some(0.4));
        assert!((line.at(date(2026, 1, 26)).expect("inside") - 0.5).abs() < 1e-12);
        assert_eq!(line.at(date(2026, 4, 11)), Some(0.8));
        assert_eq!(line.at(date(2027, 1, 1)), Some(0.8));
        assert_eq!(line.at(date(2025, 12, 31)), None);
    }

    #[test]
    fn the_line_goes_through_interim_targets() {
        let line = Aimline::new(
            (date(2026, 1, 1), 0.4),
            [(date(2026, 1, 11), 0.7), (date(2027, 1, 1), 0.1)],
            (date(2026, 1, 21), 0.8),
        );
        assert_eq!(line.corners().len(), 3);
        assert!((line.at(date(2026, 1, 6)).expect("inside") - 0.55).abs() < 1e-12);
        assert!((line.at(date(2026, 1, 16)).expect("inside") - 0.75).abs() < 1e-12);
    }
}
