//! When an expression comes due, on the clock that hangs on the school's wall.
//!
//! Comes in: a crontab line or an expression of the `cron` crate, and an instant. Goes out: the next
//! instant. The `cron` crate works on a clock that never changes (a fictitious UTC) and `jiff` puts
//! its answer into the zone, because `cron` by itself loses a time that the clocks skip in spring and
//! repeats one that they repeat in autumn. Here a skipped time comes due at the first moment after
//! the gap, and a repeated one once, the first time.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

use termwise_base::problem::Problem;
use termwise_config::crontab;

/// A schedule expression that was understood.
#[derive(Debug, Clone)]
pub struct Expression {
    /// Meant together: whichever comes first.
    schedules: Vec<cron::Schedule>,
}

/// Understands an expression; see [`crontab::parse`].
pub fn parse(text: &str) -> Result<Expression, Problem> {
    crontab::parse(text).map(|schedules| Expression { schedules })
}

/// The first instant after `after` at which the expression comes due, in the zone of `after`. None if
/// it never does again.
pub fn next(expression: &Expression, after: &ZonedDateTime) -> Option<ZonedDateTime> {
    let mut wall = naive(after.datetime())?;
    loop {
        wall = expression.on_the_wall(wall)?;
        let instant = resolve(after.time_zone(), civil(wall)?)?;
        // In the second pass of a repeated hour, times of that hour have come due in the first.
        if instant > after.timestamp() {
            return Some(instant.to_zoned_datetime(after.time_zone().clone()));
        }
    }
}

impl Expression {
    /// The next time on a clock that never changes.
    fn on_the_wall(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let after = after.and_local_timezone(Utc).single()?;
        self.schedules.iter().filter_map(|schedule| schedule.after(&after).next()).min().map(|at| at.naive_utc())
    }
}

/// The instant that a time on the wall means.
fn resolve(zone: &TimeZone, wall: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok(),
        // With the offset that holds after the gap, a skipped time reads as an instant before it.
        AmbiguousOffset::Gap { after, .. } => {
            let earlier = after.to_timestamp(wall).ok()?;
            zone.following(earlier).next().map(|transition| transition.timestamp())
        }
    }
}

fn naive(wall: DateTime) -> Option<NaiveDateTime> {
    let part = |n: i8| u32::try_from(n).ok();
    NaiveDate::from_ymd_opt(wall.year().into(), part(wall.month())?, part(wall.day())?)?.and_hms_opt(
        part(wall.hour())?,
        part(wall.minute())?,
        part(wall.second())?,
    )
}

fn civil(wall: NaiveDateTime) -> Option<DateTime> {
    let part = |n: u32| i8::try_from(n).ok();
    DateTime::new(
        wall.year().try_into().ok()?,
        part(wall.month())?,
        part(wall.day())?,
        part(wall.hour())?,
        part(wall.minute())?,
        part(wall.second())?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;
    use jiff::{SignedDuration, ToSpan};
    use proptest::prelude::*;

    fn winnipeg() -> TimeZone {
        crate::schedule::zone("America/Winnipeg").unwrap()
    }

    /// The next `count` due times after an instant in Winnipeg.
    fn times(expression: &str, after: &str, count: usize) -> Vec<String> {
        let expression = parse(expression).unwrap();
        let mut at = after.parse::<Timestamp>().unwrap().to_zoned_datetime(winnipeg());
        let mut found = Vec::new();
        for _ in 0..count {
            at = next(&expression, &at).unwrap();
            found.push(at.strftime("%F %T %:z").to_string());
        }
        found
    }

    // The clocks in Winnipeg went forward on 8 March 2026 at 02:00 CST (08:00 UTC) and back on
    // 2 November 2025 at 02:00 CDT (07:00 UTC): second Sunday of March, first Sunday of November.
    // Only days of the past stand here: Manitoba has left that rule (tzdb 2026f), and may again.

    #[test]
    fn a_skipped_time_comes_due_at_the_first_moment_after_the_gap() {
        assert_eq!(
            times("30 2 * * *", "2026-03-07T12:00:00Z", 2),
            ["2026-03-08 03:00:00 -05:00", "2026-03-09 02:30:00 -05:00"]
        );
        assert_eq!(
            times("*/20 2 * * *", "2026-03-07T12:00:00Z", 2),
            ["2026-03-08 03:00:00 -05:00", "2026-03-09 02:00:00 -05:00"],
            "three skipped times are one"
        );
    }

    #[test]
    fn a_repeated_time_comes_due_once() {
        assert_eq!(
            times("30 1 * * *", "2025-11-01T12:00:00Z", 2),
            ["2025-11-02 01:30:00 -05:00", "2025-11-03 01:30:00 -06:00"]
        );
        // From between the two half past ones.
        assert_eq!(times("30 1 * * *", "2025-11-02T07:10:00Z", 1), ["2025-11-03 01:30:00 -06:00"]);
    }

    #[test]
    fn four_in_the_morning_is_four_in_the_morning_all_year() {
        assert_eq!(
            times("15 4 * * 1-5", "2026-03-06T00:00:00Z", 3),
            ["2026-03-06 04:15:00 -06:00", "2026-03-09 04:15:00 -05:00", "2026-03-10 04:15:00 -05:00"]
        );
    }

    #[test]
    fn a_crontab_line_and_the_crates_form_number_the_days_differently() {
        // 2025-11-24 is a Monday.
        assert_eq!(times("0 4 * * 1", "2025-11-22T00:00:00Z", 1), ["2025-11-24 04:00:00 -06:00"]);
        assert_eq!(times("0 0 4 * * 2", "2025-11-22T00:00:00Z", 1), ["2025-11-24 04:00:00 -06:00"]);
        assert_eq!(times("0 0 4 * * Mon *", "2025-11-22T00:00:00Z", 1), ["2025-11-24 04:00:00 -06:00"]);
    }

    #[test]
    fn either_day_may_match_as_in_crontab() {
        // 13 November 2025 is a Thursday; the Fridays are the 7th, 14th, 21st, 28th.
        assert_eq!(
            times("0 4 13 11 5", "2025-11-02T12:00:00Z", 3),
            ["2025-11-07 04:00:00 -06:00", "2025-11-13 04:00:00 -06:00", "2025-11-14 04:00:00 -06:00"]
        );
    }

    #[test]
    fn shorthands_and_leap_days() {
        assert_eq!(times("@daily", "2025-11-24T12:00:00Z", 1), ["2025-11-25 00:00:00 -06:00"]);
        assert_eq!(times("@Weekly", "2025-11-24T12:00:00Z", 1), ["2025-11-30 00:00:00 -06:00"]);
        assert_eq!(times("0 5 29 2 *", "2023-11-23T12:00:00Z", 1), ["2024-02-29 05:00:00 -06:00"]);
    }

    #[test]
    fn a_year_that_is_over_never_comes_again() {
        let expression = parse("0 0 4 1 9 * 2024").unwrap();
        let now = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap().to_zoned_datetime(winnipeg());
        assert_eq!(next(&expression, &now), None);
    }

    #[test]
    fn what_cannot_be_understood_says_why_and_how() {
        for (text, reason) in [
            ("", "it has 0 fields."),
            ("4 * *", "it has 3 fields."),
            ("60 4 * * *", "the minute is “60”, but it goes from 0 to 59."),
            ("0 4 31 2 *", "that day is not on any calendar."),
            ("@fortnightly", "one of its fields cannot be read."),
            ("0 0 25 * * *", "one of its fields cannot be read."),
        ] {
            let problem = parse(text).unwrap_err();
            assert_eq!(problem.message, format!("The schedule “{text}” cannot be understood: {reason}"));
        }
    }

    /// The same question answered by asking every minute of the wall clock: due times between two
    /// instants, each skipped one at the end of its gap, each repeated one once.
    fn by_walking(minute: i8, hour: i8, weekdays: &[Weekday], from: &ZonedDateTime, days: i32) -> Vec<Timestamp> {
        let zone = from.time_zone();
        let mut found = Vec::new();
        for day in 0..days {
            let date = from.date().checked_add(day.days()).unwrap();
            if !weekdays.contains(&date.weekday()) {
                continue;
            }
            let wanted = date.at(hour, minute, 0, 0);
            // Walk the instants of that day until the wall clock shows the wanted time or a later one.
            let mut at = date.at(0, 0, 0, 0).to_zoned_datetime(zone.clone()).unwrap();
            while at.datetime() < wanted {
                at = at.checked_add(SignedDuration::from_mins(1)).unwrap();
            }
            found.push(at.timestamp());
        }
        found.retain(|at| *at > from.timestamp());
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn due_times_are_those_of_the_wall_clock(
            minute in 0i8..60,
            // The hours in which clocks change come up often.
            hour in prop_oneof![0i8..24, 0i8..4],
            from in 1_577_836_800i64..2_208_988_800, // 2020 to 2039
            zone in prop::sample::select(vec!["America/Winnipeg", "America/Regina", "Australia/Lord_Howe", "Europe/Kyiv"]),
            all in any::<bool>(),
        ) {
            let zone = crate::schedule::zone(zone).unwrap();
            let from = Timestamp::from_second(from).unwrap().to_zoned_datetime(zone);
            let (line, weekdays) = if all {
                (format!("{minute} {hour} * * *"), [0i8, 1, 2, 3, 4, 5, 6].map(|n| Weekday::from_sunday_zero_offset(n).unwrap()).to_vec())
            } else {
                (format!("{minute} {hour} * * sun"), vec![Weekday::Sunday])
            };
            let expression = parse(&line).unwrap();
            let expected = by_walking(minute, hour, &weekdays, &from, 30);
            let mut at = from.clone();
            for due in &expected {
                let found = next(&expression, &at).unwrap();
                prop_assert_eq!(found.timestamp(), *due, "{} after {}", line, at);
                at = found;
            }
        }

        #[test]
        fn time_never_stands_still(line in "[0-9]|\\*|\\*/7", from in 1_577_836_800i64..2_208_988_800) {
            let expression = parse(&format!("{line} * * * *")).unwrap();
            let mut at = Timestamp::from_second(from).unwrap().to_zoned_datetime(winnipeg());
            for _ in 0..50 {
                let later = next(&expression, &at).unwrap();
                prop_assert!(later > at);
                at = later;
            }
        }
    }
}
