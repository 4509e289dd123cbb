//! The division's report: those of its schools in one.

use super::super::model::{Model, NoteModel};

/// One report about all schools from the reports about each, in the order of their names: no school is held
/// against another.
///
/// # Panics
///
/// If there is none.
pub fn together(mut models: Vec<Model>) -> Model {
    if models.len() == 1 {
        return models.remove(0);
    }
    models.sort_by_key(|model| model.school.to_lowercase());
    let mut rest = models.into_iter();
    let mut all = rest.next().expect("a division has a school");
    // A note that is not the same for all schools says for which one it is.
    let first = std::mem::take(&mut all.school);
    let rest: Vec<Model> = rest.collect();
    let mut notes: Vec<NoteModel> = Vec::new();
    let mut tell = |note: &NoteModel, school: Option<&str>| {
        let text = school.map_or_else(|| note.text.clone(), |school| format!("{school}: {}", note.text));
        match notes.iter_mut().find(|told| told.title == note.title) {
            Some(told) => told.text = format!("{} {text}", told.text),
            None => notes.push(NoteModel { title: note.title.clone(), text }),
        }
    };
    for note in &all.notes {
        let same = rest.iter().all(|model| model.notes.contains(note));
        tell(note, (!same).then_some(first.as_str()));
    }
    for model in &rest {
        let own = model.notes.iter().filter(|note| !all.notes.contains(note));
        own.for_each(|note| tell(note, Some(&model.school)));
    }
    all.notes = notes;
    for model in rest {
        all.goals.extend(model.goals);
        all.figures_csv.extend(model.figures_csv.split_once('\n').map(|(_, rows)| rows));
        all.foreign.extend(model.foreign.into_iter().filter(|one| !all.foreign.contains(one)).collect::<Vec<_>>());
    }
    all.foreign.sort_by_key(|one| (std::cmp::Reverse(one.text.len()), one.text.clone()));
    all
}
