//! What must hold of agreement, whatever was answered.

use proptest::prelude::*;
use survey_agreement::SurveyAgreement;
use termwise_plugin::{COUNTS_AS_BELOW, EXCLUDED, MISSING, Measurement, Metric, Question, SCORE, kit};

const LEVELS: u32 = 6;

fn people() -> impl Strategy<Value = Vec<Vec<(f64, u8)>>> {
    let class = prop_oneof![6 => Just(SCORE), 1 => Just(COUNTS_AS_BELOW), 1 => Just(EXCLUDED), 2 => Just(MISSING)];
    let answer = prop_oneof![12 => (0..LEVELS).prop_map(f64::from), 1 => Just(f64::NAN)];
    prop::collection::vec(prop::collection::vec((answer, class), 0..40), 1..4)
}

fn question(groups: &[Vec<(f64, u8)>], top: u32, enough: f64) -> Question {
    Question::of_groups(&groups.iter().map(|rows| rows.len() as u32).collect::<Vec<_>>())
        .on_scales(1, LEVELS)
        .with("top", f64::from(top))
        .with("enough", enough)
        .numbers_column("answer", groups.iter().flatten().map(|row| row.0).collect())
        .codes_column("class", groups.iter().flatten().map(|row| row.1).collect())
}

fn ask(groups: &[Vec<(f64, u8)>], top: u32) -> Vec<Measurement> {
    SurveyAgreement::evaluate(&question(groups, top, 0.5)).expect("an answer")
}

/// The next answer up; none stays none.
fn step_up(answer: f64) -> f64 {
    if answer.is_nan() { answer } else { (answer + 1.0).min(f64::from(LEVELS - 1)) }
}

proptest! {
    #[test]
    fn answers_add_up(groups in people(), top in 1..LEVELS, enough in 0.0..1.0f64) {
        let found = kit::keeps_the_rules::<SurveyAgreement>(&question(&groups, top, enough));
        for (rows, found) in groups.iter().zip(&found) {
            let [agree, answers, response] = found.outputs.as_slice() else { panic!("three outputs") };
            prop_assert_eq!(answers.counts.len(), LEVELS as usize);
            prop_assert_eq!(answers.counts.iter().sum::<u32>(), agree.denominator);
            let highest: u32 = answers.counts.iter().rev().take(top as usize).sum();
            prop_assert_eq!(agree.numerator, Some(highest));
            prop_assert_eq!((response.numerator, response.denominator), (Some(agree.denominator), rows.len() as u32));
            prop_assert_eq!(!found.notes.is_empty(), response.value.is_some_and(|share| share < enough));
        }
    }

    #[test]
    fn more_boxes_no_fewer_agree(groups in people(), top in 1..LEVELS - 1) {
        for (fewer, more) in ask(&groups, top).iter().zip(&ask(&groups, top + 1)) {
            prop_assert!(fewer.outputs[0].numerator <= more.outputs[0].numerator);
            prop_assert_eq!(fewer.outputs[0].denominator, more.outputs[0].denominator);
        }
    }

    #[test]
    fn all_a_step_higher_no_fewer_agree(groups in people(), top in 1..LEVELS) {
        let higher: Vec<Vec<(f64, u8)>> = groups
            .iter()
            .map(|rows| rows.iter().map(|(answer, class)| (step_up(*answer), *class)).collect())
            .collect();
        for (before, after) in ask(&groups, top).iter().zip(&ask(&higher, top)) {
            prop_assert!(before.outputs[0].numerator <= after.outputs[0].numerator);
        }
    }
}
