//! When a job comes due: crontab lines, understood by way of the `cron` crate.
//!
//! Comes in: a line as in crontab(5): minute, hour, day of month, month, day of week; or the crate's own form. Goes
//! out: one or two schedules of the crate that are meant together, or what is wrong with the line. The `cron` crate
//! refuses five fields, counts Sunday as 1 and always wants day of month and day of week both to match, so the
//! numbers are spelled out here.
//!
//! Source for the rules: crontab(5) of Vixie cron (Paul Vixie, 1993): lists, ranges, steps; names of
//! three letters; 0 and 7 are Sunday; if neither day field starts with `*`, either may match.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use cron::Schedule;

use termwise_base::problem::Problem;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// One field: what it is called, its bounds, its names.
struct Field {
    what: &'static str,
    lowest: u32,
    highest: u32,
    names: &'static [&'static str],
    /// Number of the first name.
    first_name: u32,
}

const MINUTE: Field = Field { what: "minute", lowest: 0, highest: 59, names: &[], first_name: 0 };
const HOUR: Field = Field { what: "hour", lowest: 0, highest: 23, names: &[], first_name: 0 };
const DAY: Field = Field { what: "day of the month", lowest: 1, highest: 31, names: &[], first_name: 0 };
const MONTH: Field = Field { what: "month", lowest: 1, highest: 12, names: &MONTHS, first_name: 1 };
const WEEKDAY: Field = Field { what: "day of the week", lowest: 0, highest: 7, names: &WEEKDAYS, first_name: 0 };

/// Understands a five-field crontab line, an expression of the `cron` crate with six or seven fields
/// (seconds first; there Sunday is 1), or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. Whichever of the
/// schedules comes first is meant.
pub fn parse(text: &str) -> Result<Vec<Schedule>, Problem> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let lines = match fields[..] {
        ["@midnight"] => vec!["@daily".to_owned()],
        ["@annually"] => vec!["@yearly".to_owned()],
        [word] if word.starts_with('@') => vec![word.to_ascii_lowercase()],
        [minute, hour, day, month, weekday] => {
            translate([minute, hour, day, month, weekday]).map_err(|reason| wrong(text, &format!("{reason}.")))?
        }
        [_, _, _, _, _, _] | [_, _, _, _, _, _, _] => vec![fields.join(" ")],
        _ => return Err(wrong(text, &format!("it has {} fields.", fields.len()))),
    };
    let schedules: Result<Vec<Schedule>, _> = lines.iter().map(|line| line.parse()).collect();
    // The crate's own message is a drawing over several lines; what to write instead helps more.
    let schedules = schedules.map_err(|_| wrong(text, "one of its fields cannot be read."))?;
    // A day that no calendar has, as in 31 February.
    let start = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a date").and_time(NaiveTime::MIN).and_utc();
    if fields.len() < 7 && schedules.iter().all(|schedule| schedule.after(&start).next().is_none()) {
        return Err(wrong(text, "that day is not on any calendar."));
    }
    Ok(schedules)
}

fn wrong(text: &str, reason: &str) -> Problem {
    Problem::error(format!("The schedule “{text}” cannot be understood: {reason}"))
        .expected("five fields: minute, hour, day of the month, month, day of the week")
        .hint("For example, “15 4 * * 1-5” is a quarter past four in the morning on school days.")
}

/// The `cron` crate's expressions for a five-field line; an error is one sentence.
fn translate(fields: [&str; 5]) -> Result<Vec<String>, String> {
    let [minute, hour, day, month, weekday] = fields;
    let minutes = list(&MINUTE.parse(minute)?);
    let hours = list(&HOUR.parse(hour)?);
    let days = DAY.parse(day)?;
    let months = list(&MONTH.parse(month)?);
    // 7 is Sunday again; the crate counts from Sunday = 1.
    let weekdays: BTreeSet<u32> = WEEKDAY.parse(weekday)?.into_iter().map(|n| n % 7 + 1).collect();
    let either = !day.starts_with('*') && !weekday.starts_with('*');
    let line = |days: &str, weekdays: &str| format!("0 {minutes} {hours} {days} {months} {weekdays}");
    Ok(if either {
        vec![line(&list(&days), "*"), line("*", &list(&weekdays))]
    } else {
        vec![line(&list(&days), &list(&weekdays))]
    })
}

impl Field {
    /// The numbers that a field means.
    fn parse(&self, text: &str) -> Result<BTreeSet<u32>, String> {
        let mut numbers = BTreeSet::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(self.step(step)?)),
                None => (part, None),
            };
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (self.lowest, self.highest),
                Some((from, to)) => (self.number(from)?, self.number(to)?),
                None => {
                    let from = self.number(range)?;
                    // `5/15` means from 5 on, as in most crons.
                    (from, if step.is_some() { self.highest } else { from })
                }
            };
            if from > to {
                return Err(format!("the {} runs backwards in “{part}”", self.what));
            }
            numbers.extend((from..=to).step_by(step.unwrap_or(1)));
        }
        Ok(numbers)
    }

    fn step(&self, text: &str) -> Result<usize, String> {
        text.parse()
            .ok()
            .filter(|step| *step > 0)
            .ok_or_else(|| format!("the {} has the step “{text}”, but a step is a number from 1 on", self.what))
    }

    fn number(&self, text: &str) -> Result<u32, String> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = if digits {
            text.parse().ok()
        } else {
            let name = text.to_ascii_lowercase();
            (self.first_name..).zip(self.names).find(|(_, known)| **known == name).map(|(number, _)| number)
        };
        number.filter(|number| (self.lowest..=self.highest).contains(number)).ok_or_else(|| {
            let named = match self.names {
                [first, .., last] => format!(", or {first} to {last}"),
                _ => String::new(),
            };
            format!("the {} is “{text}”, but it goes from {} to {}{named}", self.what, self.lowest, self.highest)
        })
    }
}

fn list(numbers: &BTreeSet<u32>) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(field: &Field, text: &str) -> Vec<u32> {
        field.parse(text).unwrap().into_iter().collect()
    }

    #[test]
    fn lists_ranges_steps_and_names() {
        assert_eq!(numbers(&HOUR, "1,3-5,20-23/2"), [1, 3, 4, 5, 20, 22]);
        assert_eq!(numbers(&MINUTE, "*/20"), [0, 20, 40]);
        assert_eq!(numbers(&MINUTE, "50/5"), [50, 55]);
        assert_eq!(numbers(&MONTH, "mar,Jun,NOV"), [3, 6, 11]);
        assert_eq!(numbers(&WEEKDAY, "mon-fri"), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn sunday_is_nought_and_seven() {
        for sunday in ["0", "7", "sun"] {
            assert_eq!(translate(["0", "4", "*", "*", sunday]).unwrap()[0].split(' ').next_back(), Some("1"));
        }
        assert_eq!(translate(["0", "4", "*", "*", "5-7"]).unwrap()[0].split(' ').next_back(), Some("1,6,7"));
    }

    #[test]
    fn either_day_may_match_unless_one_starts_with_a_star() {
        assert_eq!(translate(["0", "4", "13", "*", "5"]).unwrap().len(), 2);
        assert_eq!(translate(["0", "4", "*/2", "*", "5"]).unwrap().len(), 1);
        assert_eq!(translate(["0", "4", "13", "*", "*"]).unwrap().len(), 1);
    }

    #[test]
    fn mistakes_are_told_in_words() {
        for (fields, expected) in [
            (["60", "4", "*", "*", "*"], "the minute is “60”, but it goes from 0 to 59"),
            (["0", "4", "*", "*", "8"], "the day of the week is “8”, but it goes from 0 to 7, or sun to sat"),
            (["0", "4", "*", "Juin", "*"], "the month is “Juin”, but it goes from 1 to 12, or jan to dec"),
            (["0", "8-6", "*", "*", "*"], "the hour runs backwards in “8-6”"),
            (["*/0", "4", "*", "*", "*"], "the minute has the step “0”, but a step is a number from 1 on"),
            (["", "4", "*", "*", "*"], "the minute is “”, but it goes from 0 to 59"),
        ] {
            assert_eq!(translate(fields).unwrap_err(), expected);
        }
    }
}
