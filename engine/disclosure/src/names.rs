//! Names, for one audience alone: the team that teaches the students, where the division turned them on.

use unicode_normalization::UnicodeNormalization;

use termwise_config::goals::{Audience, Measured};
use termwise_config::{MeasureId, PeriodId, Plc};
use termwise_judging::roll::Roll;
use termwise_judging::standing::{Stands, standing};

use super::Cleared;

/// The students of one measure of a goal, by name.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameList {
    /// Place of the goal in the project.
    pub goal: usize,
    /// Place of the part, for a goal with several measures.
    pub part: Option<usize>,
    /// What was measured.
    pub measure: MeasureId,
    /// Who stands where, in the order of [`Stands::ALL`]; names by the alphabet.
    pub groups: Vec<(Stands, Vec<String>)>,
}

/// The names that a packet may carry: none for every audience but a team, and none for a team whose packet
/// is to have no names. A student without a name on the roster is left out.
pub fn clear_names(
    roll: &Roll<'_>,
    (audience, plc): (Audience, Option<&Plc>),
    period: PeriodId,
) -> Cleared<Vec<NameList>> {
    let Some(plc) = plc.filter(|plc| audience == Audience::Plc && plc.names) else { return Cleared(Vec::new()) };
    let mut lists = Vec::new();
    let mut add = |place: usize, part: Option<usize>, plan: &Measured| {
        for found in standing(roll, plan, plc, period) {
            let groups = Stands::ALL.map(|stands| {
                let people = found.people.iter().filter(|(_, here)| *here == stands);
                let names = people.filter_map(|(person, _)| roll.dataset.names.get(person.0 as usize)?.clone());
                let mut names: Vec<String> = names.collect();
                // “Émile” stands among the E.
                let key = |name: &String| name.to_lowercase().nfd().filter(|c| c.is_alphanumeric()).collect::<String>();
                names.sort_by_cached_key(|name| (key(name), name.clone()));
                (stands, names)
            });
            lists.push(NameList { goal: place, part, measure: found.measure, groups: groups.into() });
        }
    };
    for (place, goal) in roll.project.goals.iter().enumerate().filter(|(_, goal)| goal.plcs.contains(&plc.id)) {
        for (part, (_, plan)) in goal.measured_parts().enumerate() {
            add(place, (!goal.parts().is_empty()).then_some(part), plan);
        }
    }
    Cleared(lists)
}
