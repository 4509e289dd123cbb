//! Walks a model, leaf by leaf.

use serde_json::Value;

/// Calls `visit` with the path (`goals.0.title`) and the text of every string in `value`.
pub fn each(value: &Value, visit: &mut dyn FnMut(&str, &str)) {
    walk(value, &mut String::new(), &mut |path, leaf| {
        if let Value::String(text) = leaf {
            visit(path, text);
        }
    });
}

/// Calls `visit` with the path of every leaf: strings, numbers, truths and nulls.
pub fn walk(value: &Value, path: &mut String, visit: &mut dyn FnMut(&str, &Value)) {
    let mut step = |name: &str, inner: &Value| {
        let before = path.len();
        if before > 0 {
            path.push('.');
        }
        path.push_str(name);
        walk(inner, path, visit);
        path.truncate(before);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, inner)| step(name, inner)),
        Value::Array(list) => list.iter().enumerate().for_each(|(place, inner)| step(&place.to_string(), inner)),
        leaf => visit(path, leaf),
    }
}

/// The text without a passage, wherever that stands in it as whole words, and how often it does: “all” does not
/// stand in “small”.
pub fn without(text: &str, passage: &str) -> (String, usize) {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (first, last) = (letter(passage.chars().next()), letter(passage.chars().next_back()));
    let mut out = String::with_capacity(text.len());
    let (mut done, mut from, mut found) = (0, 0, 0);
    while let Some(at) = text[from..].find(passage).map(|at| from + at).filter(|_| !passage.is_empty()) {
        let end = at + passage.len();
        let within = first && letter(text[..at].chars().next_back()) || last && letter(text[end..].chars().next());
        if within {
            from = at + text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        out.push_str(&text[done..at]);
        out.push_str(" | ");
        (done, from, found) = (end, end, found + 1);
    }
    out.push_str(&text[done..]);
    (out, found)
}

/// Replaces every string for which `change`, given the part of the model it stands in, has another text.
pub fn mend(value: &mut Value, change: &mut dyn FnMut(&str, &str) -> Option<String>) {
    mend_below(value, "", change);
}

fn mend_below(value: &mut Value, path: &str, change: &mut dyn FnMut(&str, &str) -> Option<String>) {
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(name, inner)| {
            let path = if path.is_empty() { name.clone() } else { path.to_owned() };
            mend_below(inner, &path, change);
        }),
        Value::Array(list) => list.iter_mut().for_each(|inner| mend_below(inner, path, change)),
        Value::String(text) => {
            if let Some(other) = change(path, text) {
                *text = other;
            }
        }
        _ => {}
    }
}

/// Letters after which a word is so long that no column holds it.
const LONG: usize = 24;
/// Letters between the places where such a word may be broken.
const PIECE: usize = 12;

/// Puts soft hyphens into words of more than [`LONG`] letters, so that no name runs out of its column; says
/// whether there was one. The figures that are attached as a file stay as they are.
pub fn break_long_words(model: &mut Value) -> bool {
    let mut any = false;
    mend(model, &mut |part, text| {
        if part == "figures-csv" || text.len() <= LONG {
            return None;
        }
        let mut out = String::with_capacity(text.len() + 16);
        let mut found = false;
        for word in text.split_inclusive(|c: char| !c.is_alphabetic()) {
            // Scripts without capitals do not hyphenate.
            if word.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).count() <= LONG {
                out.push_str(word);
                continue;
            }
            found = true;
            for (place, c) in word.chars().enumerate() {
                if place > 0 && place % PIECE == 0 && c.is_alphabetic() {
                    out.push('\u{ad}');
                }
                out.push(c);
            }
        }
        any |= found;
        found.then_some(out)
    });
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_passage_stands_in_a_text_as_whole_words() {
        assert_eq!(
            without("All but a small part, all the same", "all"),
            ("All but a small part,  |  the same".into(), 1)
        );
        assert_eq!(without("« Qui sommes-nous? »", "Qui sommes-nous?"), ("«  |  »".into(), 1));
        assert_eq!(without("Term 20, Term 2", "Term 2"), ("Term 20,  | ".into(), 1));
        assert_eq!(without("élèves", "lève"), ("élèves".into(), 0));
        assert_eq!(without("anything", ""), ("anything".into(), 0));
    }

    #[test]
    fn only_words_too_long_for_a_column_may_be_broken() {
        let long = "Donaudampfschifffahrtsgesellschaft";
        let mut model = json!({"name": format!("{long}, 12 of 54"), "figures-csv": long, "lang": "en"});
        assert!(break_long_words(&mut model));
        assert_eq!(model["name"], "Donaudampfsc\u{ad}hifffahrtsge\u{ad}sellschaft, 12 of 54");
        assert_eq!(model["figures-csv"], long);
        assert!(!break_long_words(&mut json!({"name": "Kindergarten–Grade 1 Literacy responsibilities"})));
    }
}
