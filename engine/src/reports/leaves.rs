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
