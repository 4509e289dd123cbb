//! Numbers that stand in cells as text.
//!
//! `comma` says of every function whether the text has a decimal comma; none if nobody knows.

/// Without what binary fractions add: 29% of 100 are 29 and not 28.999999999999996.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

/// A number written as text: `12,5`, `85 %` (of a highest of 100), `12/20` (only if 20 is the highest).
pub(super) fn numeral(word: &str, comma: Option<bool>, highest: f64) -> Option<f64> {
    if let Some(share) = word.strip_suffix('%') {
        let exact = (highest - 100.0).abs() < f64::EPSILON;
        return plain(share, comma).filter(|_| exact);
    }
    if let Some((part, whole)) = word.split_once('/') {
        let (part, whole) = (plain(part, comma)?, plain(whole, comma)?);
        return ((whole - highest).abs() < f64::EPSILON).then_some(part);
    }
    plain(word, comma)
}

/// A share written as text: `79 %` and `0.79` are 0.79; nothing beyond 0 to 1.
pub(super) fn percent(word: &str, comma: Option<bool>) -> Option<f64> {
    let share = match word.strip_suffix('%') {
        Some(number) => plain(number, comma)? / 100.0,
        None => plain(word, comma)?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// Digits with at most one decimal sign. A comma with three digits behind it could also part
/// thousands, so it is read only where somebody said what it is.
pub(super) fn plain(word: &str, comma: Option<bool>) -> Option<f64> {
    let word = word.trim();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let number = match unsigned.split_once(',') {
        Some((whole, part)) => {
            let clear = comma == Some(true) || (comma.is_none() && part.len() != 3);
            if !clear || whole.is_empty() || part.is_empty() || !digits(whole) || !digits(part) {
                return None;
            }
            format!("{whole}.{part}")
        }
        None => {
            let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
            if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
                return None;
            }
            unsigned.to_owned()
        }
    };
    let number: f64 = number.parse().ok()?;
    Some(if word.starts_with('-') { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_read_only_where_it_is_clear() {
        for (word, comma, number) in [
            ("12,5", None, Some(12.5)),
            ("1,234", None, None),
            ("1,234", Some(true), Some(1.234)),
            ("12,5", Some(false), None),
            ("-12.50", None, Some(-12.5)),
            (".5", None, Some(0.5)),
            ("5.", None, Some(5.0)),
            ("-", None, None),
            (".", None, None),
            (",5", Some(true), None),
            ("1e3", None, None),
            ("--1", None, None),
            ("1.2,3", Some(true), None),
        ] {
            assert_eq!(plain(word, comma), number, "{word} {comma:?}");
        }
    }

    #[test]
    fn parts_and_percentages_need_their_whole() {
        assert_eq!((numeral("12/20", None, 20.0), numeral("12/20", None, 25.0)), (Some(12.0), None));
        assert_eq!((numeral("85 %", None, 100.0), numeral("85 %", None, 20.0)), (Some(85.0), None));
        assert_eq!((percent("79 %", None), percent("0.79", None), percent("79", None)), (Some(0.79), Some(0.79), None));
        assert_eq!((percent("-1%", None), percent("100%", None), percent("101%", None)), (None, Some(1.0), None));
        assert_eq!(rounded(0.29 * 100.0), 29.0);
    }
}
