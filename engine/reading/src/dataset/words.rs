//! Words of spreadsheets → the project's own: years, grades, student numbers, names.
//!
//! Comes in: cells. Goes out: keys that are equal when people would call the words the same. Keys of
//! identities stay within this stage.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use termwise_config::pattern::fold;

use crate::workbook::{Value, day};

/// A student number without what spreadsheets do to it: leading zeros, `1.0`, text or number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum IdKey {
    /// All digits.
    Number(u64),
    /// Anything else, upper case.
    Text(String),
}

/// The key of a student number; nothing if the cell cannot be one.
pub(crate) fn id_key(value: Value<'_>) -> Option<IdKey> {
    match value {
        Value::Number(number) if number >= 0.0 && number.fract() == 0.0 && number < 9e15 => {
            Some(IdKey::Number(number as u64))
        }
        Value::Text(text) => {
            let text = text.trim();
            let text = text.strip_suffix(".0").unwrap_or(text);
            if !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit()) {
                return text.parse().ok().map(IdKey::Number);
            }
            let letters: String = fold(text).chars().filter(|c| !c.is_whitespace()).collect();
            let letters = letters.trim_start_matches('\'');
            if letters.is_empty() || letters.len() > 64 {
                return None;
            }
            match letters.strip_suffix(".0").unwrap_or(letters).parse() {
                Ok(number) if letters.len() <= 18 => Some(IdKey::Number(number)),
                _ => Some(IdKey::Text(letters.to_uppercase())),
            }
        }
        _ => None,
    }
}

/// What a cell says, folded; numbers without a needless `.0`.
pub(crate) fn text(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Text(text) if text.is_ascii() && !text.contains(['\n', '\t', '\r', '`']) && !text.contains("  ") => {
            Cow::Borrowed(text.trim())
        }
        Value::Text(text) => Cow::Owned(fold(text)),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Percent(share) => Cow::Owned(format!("{}%", (share * 1e11).round() / 1e9)),
        Value::Bool(yes) => Cow::Borrowed(if yes { "TRUE" } else { "FALSE" }),
        Value::Date(serial) => {
            Cow::Owned(day(serial).map_or_else(|| "a time".to_owned(), |date| format!("{date} (a date)")))
        }
        Value::Error(word) => Cow::Borrowed(word),
    }
}

/// What a cell says, in quotes and short enough for a message.
pub(super) fn quoted(value: Value<'_>) -> String {
    let text = text(value);
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("“{short}”")
}

/// The key of a name in one piece, `Last, First` or `First Last`.
pub(crate) fn name_key(name: &str) -> String {
    match name.split_once([',', ';']) {
        Some((family, given)) => full_key(given, family),
        None => letters(name),
    }
}

/// The key of a name in two pieces.
pub(super) fn full_key(given: &str, family: &str) -> String {
    letters(&format!("{given} {family}"))
}

/// Ukrainian letters in Latin ones: resolution 55 of the Cabinet of Ministers of Ukraine, 27 January
/// 2010. The second spelling is for the beginning of a word.
const LATIN: [(char, &str, &str); 33] = [
    ('а', "a", "a"),
    ('б', "b", "b"),
    ('в', "v", "v"),
    ('г', "h", "h"),
    ('ґ', "g", "g"),
    ('д', "d", "d"),
    ('е', "e", "e"),
    ('є', "ie", "ye"),
    ('ж', "zh", "zh"),
    ('з', "z", "z"),
    ('и', "y", "y"),
    ('і', "i", "i"),
    ('ї', "i", "yi"),
    ('й', "i", "y"),
    ('к', "k", "k"),
    ('л', "l", "l"),
    ('м', "m", "m"),
    ('н', "n", "n"),
    ('о', "o", "o"),
    ('п', "p", "p"),
    ('р', "r", "r"),
    ('с', "s", "s"),
    ('т', "t", "t"),
    ('у', "u", "u"),
    ('ф', "f", "f"),
    ('х', "kh", "kh"),
    ('ц', "ts", "ts"),
    ('ч', "ch", "ch"),
    ('ш', "sh", "sh"),
    ('щ', "shch", "shch"),
    ('ь', "", ""),
    ('ю', "iu", "yu"),
    ('я', "ia", "ya"),
];

/// The official Latin spelling of a name in lower case, so that both spellings are one name.
fn in_latin(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut before = ' ';
    for c in name.chars() {
        let first = before == ' ';
        match LATIN.iter().find(|(letter, ..)| *letter == c) {
            // зг is zgh, so that it is not taken for ж.
            Some(('г', ..)) if before == 'з' => out.push_str("gh"),
            Some((_, within, at_start)) => out.push_str(if first { at_start } else { within }),
            None => out.push(c),
        }
        before = c;
    }
    Cow::Owned(out)
}

/// A key that is also equal for names that are only spelt nearly alike: other ways to write Ukrainian
/// in Latin letters, doubled letters. Good for a question, never for an answer.
pub(super) fn near_key(key: &str) -> String {
    let single = |key: &str| {
        let mut letters: Vec<char> = key.chars().collect();
        letters.dedup();
        letters.into_iter().collect::<String>()
    };
    let mut out = single(key);
    let alike = [
        ("kh", "h"),
        ("tch", "ch"),
        ("sch", "shch"),
        ("ph", "f"),
        ("ts", "c"),
        ("tz", "c"),
        ("ck", "k"),
        ("iu", "u"),
        ("yu", "u"),
        ("ju", "u"),
        ("ia", "a"),
        ("ya", "a"),
        ("ja", "a"),
        ("ie", "e"),
        ("ye", "e"),
        ("je", "e"),
        ("yi", "i"),
        ("w", "v"),
        ("g", "h"),
        ("y", "i"),
        ("j", "i"),
    ];
    for (one, other) in alike {
        out = out.replace(one, other);
    }
    single(&out)
}

/// Lower case, in Latin letters without accents where Ukrainian or Latin ones stand, no apostrophes or
/// points, hyphens as spaces.
fn letters(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let folded = fold(name);
    let composed = if folded.is_ascii() { folded } else { folded.nfc().collect() };
    for c in composed.chars() {
        // Only Latin letters lose their marks: й is not и with a breve, it is another letter.
        let base = if c.is_ascii() { c } else { c.nfd().next().filter(char::is_ascii).unwrap_or(c) };
        match base {
            '\'' | '.' | '"' | '*' => {}
            '-' | ' ' | '_' => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            other if other.is_ascii() => out.push(other.to_ascii_lowercase()),
            other => out.extend(other.to_lowercase()),
        }
    }
    in_latin(out.trim_end()).into_owned()
}

/// A grade as the project writes it: `K`, `1` … `12`; other words come back as they are.
pub(crate) fn grade(word: &str) -> String {
    let lower = fold(word).to_lowercase();
    let mut rest = lower.as_str();
    for prefix in ["grade", "grades", "gr.", "gr", "g.", "niveau", "year"] {
        if let Some(stripped) = rest.strip_prefix(prefix)
            && (stripped.starts_with([' ', '.', '-', ':']) || stripped.starts_with(|c: char| c.is_ascii_digit()))
        {
            rest = stripped.trim_start_matches([' ', '.', '-', ':']);
            break;
        }
    }
    let rest = rest.trim();
    if matches!(rest, "k" | "kg" | "kindergarten" | "kinder" | "kdg" | "maternelle" | "jk/sk" | "0k") {
        return "K".to_owned();
    }
    if matches!(rest, "n" | "nursery" | "pre-k" | "pk") {
        return "N".to_owned();
    }
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    let after = &rest[digits.len()..];
    let plain = matches!(after, "" | ".0" | "st" | "nd" | "rd" | "th" | "e" | "re")
        || after.starts_with("e ann")
        || after.starts_with("re ann")
        || after.starts_with("st grade")
        || after.starts_with("nd grade")
        || after.starts_with("rd grade")
        || after.starts_with("th grade");
    match digits.parse::<u32>() {
        Ok(number @ 1..=12) if plain => number.to_string(),
        _ => word.trim().to_owned(),
    }
}

/// A school year as the project may write it: `2025-26` for `2025–2026`, `2025/26`, `2025_26`.
pub(crate) fn year(word: &str) -> String {
    let word = fold(word).replace(['/', '_'], "-").replace(' ', "");
    match word.split_once('-') {
        Some((from, to))
            if from.len() == 4 && to.len() == 4 && format!("{from}{to}").bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{from}-{}", &to[2..])
        }
        _ => word,
    }
}

/// A day written in a cell: a date, or text as `2025-09-04`. Other forms are ambiguous.
pub(crate) fn date(value: Value<'_>) -> Option<jiff::civil::Date> {
    match value {
        Value::Date(serial) => day(serial),
        Value::Text(text) => {
            let text = fold(text).replace(['/', '.'], "-");
            text.get(..10)?.parse().ok().filter(|_| text.len() == 10 || text[10..].starts_with(['T', ' ']))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_student_number_is_the_same_however_it_is_stored() {
        let same = [
            Value::Number(1234.0),
            Value::Text("001234"),
            Value::Text(" 1234.0"),
            Value::Text("'1234"),
            Value::Text("1234\u{a0}"),
        ];
        for value in same {
            assert_eq!(id_key(value), Some(IdKey::Number(1234)), "{value:?}");
        }
        assert_eq!(id_key(Value::Text("bh-12")), Some(IdKey::Text("BH-12".into())));
        assert_eq!(id_key(Value::Number(12.5)), None);
        assert_eq!(id_key(Value::Date(45_000.0)), None);
    }

    #[test]
    fn names_are_the_same_without_their_ornaments() {
        assert_eq!(name_key("O’Hara, Chloé"), name_key("chloe OHara"));
        assert_eq!(name_key("Le Blanc,  Anne-Marie"), full_key("Anne Marie", "Le Blanc"));
        assert_eq!(name_key("Мар’яна Коваль"), name_key("Коваль, Марʼяна"));
        assert_ne!(name_key("Андрій"), name_key("Андріи"));
    }

    /// Examples of the resolution's own table.
    #[test]
    fn a_ukrainian_name_and_its_official_spelling_are_one() {
        let pairs = [
            ("Алушта", "Alushta"),
            ("Згорани", "Zghorany"),
            ("Єнакієве", "Yenakiieve"),
            ("Їжакевич", "Yizhakevych"),
            ("Йосипівка", "Yosypivka"),
            ("Стрий", "Stryi"),
            ("Олексій", "Oleksii"),
            ("Щербухи", "Shcherbukhy"),
            ("Юрій", "Yurii"),
            ("Крюківка", "Kriukivka"),
            ("Знам’янка", "Znamianka"),
            ("Ґалаґан", "Galagan"),
            ("Гоща", "Hoshcha"),
            ("Кадиївка", "Kadyivka"),
            ("Костянтин", "Kostiantyn"),
            ("Русь", "Rus"),
        ];
        for (cyrillic, latin) in pairs {
            assert_eq!(name_key(cyrillic), name_key(latin), "{cyrillic}");
        }
    }

    #[test]
    fn near_spellings_have_one_near_key() {
        for (one, other) in [("yuliia", "julia"), ("serhii", "sergiy"), ("anna", "ana"), ("khrystyna", "hrystyna")] {
            assert_eq!(near_key(one), near_key(other), "{one}");
        }
        assert_ne!(near_key("olena"), near_key("olha"));
    }

    #[test]
    fn grades_are_read_in_many_words() {
        for word in ["K", "Kindergarten", "Gr K", "kinder", "Maternelle"] {
            assert_eq!(grade(word), "K", "{word}");
        }
        for word in ["3", "Grade 3", "Gr. 3", "Gr3", "3.0", "03", "3rd", "3e année"] {
            assert_eq!(grade(word), "3", "{word}");
        }
        assert_eq!(grade("3/4"), "3/4");
        assert_eq!(grade("Green"), "Green");
    }

    #[test]
    fn years_are_read_in_many_forms() {
        for word in ["2025-26", "2025–2026", "2025/26", "2025_26", "2025 - 2026"] {
            assert_eq!(year(word), "2025-26", "{word}");
        }
    }

    #[test]
    fn only_clear_dates_are_read() {
        let day = jiff::civil::date(2025, 9, 4);
        assert_eq!(date(Value::Date(45_904.0)), Some(day));
        assert_eq!(date(Value::Text("2025-09-04")), Some(day));
        assert_eq!(date(Value::Text("2025/09/04 00:00")), Some(day));
        assert_eq!(date(Value::Text("04/09/2025")), None);
    }
}
