//! The dictionaries of a run: the shipped ones, with the division's own words over them.

use termwise_base::problem::{Place, Problem};
use termwise_reports::templates::TemplateRoots;
use termwise_reports::words::{SHIPPED, Words};

/// The dictionary of a language, with the division's own words over it. A language that has no shipped
/// dictionary takes the division's, if that has every word.
pub fn words(templates: &TemplateRoots, language: &str) -> Result<Words, Vec<Problem>> {
    let path = format!("words/{language}.toml");
    let utf8 = |bytes: Option<std::borrow::Cow<'static, [u8]>>| {
        bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let own = templates.overrides.as_ref().and_then(|_| utf8(templates.read(&path)));
    let shown = templates.shown(&path);
    if let Some(shipped) = utf8(TemplateRoots::shipped().read(&path)) {
        let own = own.filter(|own| *own != shipped);
        let own = own.as_deref().map(|own| (shown.as_str(), own));
        return Words::new(language, &format!("report-templates/{path}"), &shipped, own);
    }
    let Some(own) = own else {
        return Err(vec![
            Problem::error(format!("There is no dictionary for the language “{language}”."))
                .at(Place::file("termwise.toml"))
                .hint(format!(
                    "Shipped: {}. Set `languages` to some of these, or write templates/{path}: a copy of the English \
                     one with every text translated.",
                    SHIPPED.join(", ")
                )),
        ]);
    };
    let english = utf8(TemplateRoots::shipped().read("words/en.toml")).expect("English is shipped");
    Words::of_division(language, (&shown, &own), ("report-templates/words/en.toml", &english))
}

/// The end of a run whose dictionary cannot be used: every fault.
pub fn unusable(faults: Vec<Problem>) -> anyhow::Error {
    let told = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
    anyhow::anyhow!("{}", told.strip_prefix("error: ").unwrap_or(&told))
}
