//! Headings of results, taken apart.
//!
//! Comes in: heading paths such as `November / English` or `Nov Rdg Lvl`. Goes out: a [`Heading`] with
//! the reporting period and the grade it names, and the rest: the label of what was measured.

use super::known::{Known, PeriodWord};
use super::vocabulary;

/// A part of a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Words as written.
    Words(String),
    /// A reporting period.
    Period(String),
    /// A grade.
    Grade(String),
}

/// A heading path, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heading {
    /// Segments between ` / `, each of parts.
    pub(super) segments: Vec<Vec<Part>>,
    pub(super) period: Option<PeriodWord>,
    pub(super) grade: Option<String>,
    /// What is left without period and grade: the name of what was measured.
    pub(super) label: String,
}

/// Takes a heading apart.
pub(super) fn parse(path: &str, known: &Known<'_>) -> Heading {
    let mut heading = Heading::default();
    let written: Vec<&str> = path.split(" / ").collect();
    for segment in &written {
        let parts = segment_parts(segment, written.len() > 1, known, &mut heading);
        heading.segments.push(parts);
    }
    // The word before a grade belongs to the grade.
    let graded = |segment: &&Vec<Part>| segment.iter().any(|part| matches!(part, Part::Grade(_)));
    let own = |c: char| !c.is_alphanumeric() && !matches!(c, '%' | '#' | '+' | ')' | '?');
    let rest = heading.segments.iter().filter(|segment| !graded(segment)).flatten();
    let words =
        rest.filter_map(|part| if let Part::Words(words) = part { Some(words.trim_matches(own)) } else { None });
    heading.label = words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ");
    heading
}

fn segment_parts(segment: &str, several: bool, known: &Known<'_>, heading: &mut Heading) -> Vec<Part> {
    let own = |text: &str| Part::Words(text.to_owned());
    let is_measure = known.measure(segment).is_some();
    if heading.period.is_none()
        && !is_measure
        && let Some((span, period)) = known.period_in(segment)
    {
        heading.period = Some(period);
        let (before, after) = (&segment[..span.start], &segment[span.end..]);
        let mut parts = vec![own(before), Part::Period(segment[span].to_owned()), own(after)];
        parts.retain(|part| !matches!(part, Part::Words(words) if words.is_empty()));
        return parts;
    }
    if heading.grade.is_none()
        && several
        && !is_measure
        && let Some(grade) = vocabulary::grade(segment)
    {
        heading.grade = Some(grade);
        let at = segment.rfind(' ').map_or(0, |at| at + 1);
        // “Grade 4” is a word and a grade, “3e année” is left as it is.
        let split = at > 0 && vocabulary::grade(&segment[at..]).is_some();
        let parts = if split {
            vec![own(&segment[..at]), Part::Grade(segment[at..].to_owned())]
        } else {
            vec![Part::Grade(segment.to_owned())]
        };
        return parts;
    }
    vec![own(segment)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(path: &str) -> (Option<String>, Option<String>, String) {
        let heading = parse(path, &Known { project: None });
        (heading.period.map(|p| p.word), heading.grade, heading.label)
    }

    #[test]
    fn headings_are_taken_apart() {
        let some = |word: &str| Some(word.to_owned());
        assert_eq!(label("3 / SPRING / DORF ACC"), (some("SPRING"), some("3"), "DORF ACC".to_owned()));
        assert_eq!(label("March / Level"), (some("March"), None, "Level".to_owned()));
        assert_eq!(label("Nov Rdg Lvl"), (some("Nov"), None, "Rdg Lvl".to_owned()));
        assert_eq!(label("Grade 4 / November"), (some("November"), some("4"), String::new()));
        assert_eq!(label("BOY – Composite"), (some("BOY"), None, "Composite".to_owned()));
        assert_eq!(label("Score"), (None, None, "Score".to_owned()));
    }
}
