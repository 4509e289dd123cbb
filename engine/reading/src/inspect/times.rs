//! Words for times of a school year: months, seasons, terms, years.
//!
//! Comes in: a word or a text, in English or French. Goes out: the month in which such a period
//! usually ends, or the school year written there.

use super::vocabulary::plain;

/// The month in which a period of this name usually ends.
pub(super) fn usual_month(word: &str) -> Option<u32> {
    const MONTHS: [(&[&str], u32); 12] = [
        (&["january", "jan", "janvier"], 1),
        (&["february", "feb", "fevrier", "fev"], 2),
        (&["march", "mar", "mars"], 3),
        (&["april", "apr", "avril", "avr"], 4),
        (&["may", "mai"], 5),
        (&["june", "jun", "juin"], 6),
        (&["july", "jul", "juillet"], 7),
        (&["august", "aug", "aout"], 8),
        (&["september", "sept", "sep", "septembre"], 9),
        (&["october", "oct", "octobre"], 10),
        (&["november", "nov", "novembre"], 11),
        (&["december", "dec", "decembre"], 12),
    ];
    const SEASONS: [(&[&str], u32); 3] = [
        (&["fall", "autumn", "automne", "boy", "beginning of year", "beginning", "initial"], 11),
        (&["winter", "hiver", "moy", "middle of year", "mid year", "midyear"], 3),
        (&["spring", "printemps", "eoy", "end of year", "final", "year end"], 6),
    ];
    let word = plain(word);
    let named = MONTHS.iter().chain(&SEASONS).find(|(names, _)| names.contains(&word.as_str()));
    if let Some((_, month)) = named {
        return Some(*month);
    }
    let split = word.find(|c: char| c.is_ascii_digit())?;
    let (kind, number) = (word[..split].trim(), word[split..].parse::<usize>().ok()?);
    let months: &[u32] = match kind {
        "term" | "t" | "p" | "period" | "reporting period" | "rp" | "etape" | "trimester" | "tri" | "bulletin" => {
            &[11, 3, 6]
        }
        "q" | "quarter" => &[11, 1, 4, 6],
        "semester" | "sem" | "semestre" => &[1, 6],
        _ => return None,
    };
    months.get(number.checked_sub(1)?).copied()
}

/// A school year written anywhere in a text: its bytes and the year, as in `2025-26`.
pub(super) fn year_in(text: &str) -> Option<(std::ops::Range<usize>, String)> {
    let pattern = regex::Regex::new(r"(^|[^0-9])((20\d\d) ?[-–/_] ?(20)?(\d\d))($|[^0-9])").ok()?;
    let found = pattern.captures(text)?;
    let (from, to): (u32, u32) = (found[3].parse().ok()?, found[5].parse().ok()?);
    ((from + 1) % 100 == to).then(|| {
        let span = found.get(2).map(|m| m.range()).unwrap_or_default();
        (span, format!("{from}-{to:02}"))
    })
}

/// Months in the order of a school year, which begins in August.
pub(super) fn month_place(month: u32) -> u32 {
    (month + 4) % 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_found_in_paths_and_titles() {
        assert_eq!(year_in("data/2025-26/x.xlsx").map(|(_, y)| y), Some("2025-26".to_owned()));
        assert_eq!(year_in("Reading 2025–2026").map(|(_, y)| y), Some("2025-26".to_owned()));
        assert_eq!(year_in("2025-11-21").map(|(_, y)| y), None);
    }

    #[test]
    fn months_follow_the_school_year() {
        let order: Vec<u32> = [8, 11, 1, 3, 6].map(month_place).to_vec();
        assert!(order.is_sorted(), "{order:?}");
    }
}
