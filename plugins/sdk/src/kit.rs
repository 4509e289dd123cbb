//! For tests of a metric without an engine: questions by hand, and the rules that every metric keeps.

use crate::{Cells, Column, Measurement, Metric, Parameter, ParameterValue, Question, Scale};

/// Values of parameters from Rust's own.
impl From<f64> for ParameterValue {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<bool> for ParameterValue {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<&str> for ParameterValue {
    fn from(value: &str) -> Self {
        Self::Word(value.into())
    }
}

impl Question {
    /// A question about groups of these sizes, with one measure on a scale of numbers.
    pub fn of_groups(sizes: &[u32]) -> Self {
        let mut offsets = vec![0];
        for size in sizes {
            offsets.push(offsets.last().copied().unwrap_or(0) + size);
        }
        let scale = Scale { ordered: false, levels: 0, lowest: None, highest: None };
        Self { parameters: Vec::new(), scales: vec![scale], offsets, columns: Vec::new() }
    }

    /// With a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<ParameterValue>) -> Self {
        self.parameters.retain(|p| p.name != name);
        self.parameters.push(Parameter { name: name.into(), value: value.into() });
        self
    }

    /// With so many measures on scales of this many levels (0: numbers).
    #[must_use]
    pub fn on_scales(mut self, measures: usize, levels: u32) -> Self {
        let highest = (levels > 0).then(|| f64::from(levels - 1));
        let lowest = (levels > 0).then_some(0.0);
        self.scales = vec![Scale { ordered: levels > 0, levels, lowest, highest }; measures];
        self
    }

    /// With a column of numbers of the first measure and period.
    #[must_use]
    pub fn numbers_column(self, name: &str, cells: Vec<f64>) -> Self {
        self.column_of(name, 0, 0, Cells::Numbers(cells))
    }

    /// With a column of codes of the first measure and period.
    #[must_use]
    pub fn codes_column(self, name: &str, cells: Vec<u8>) -> Self {
        self.column_of(name, 0, 0, Cells::Codes(cells))
    }

    /// With a column of this measure and period.
    #[must_use]
    pub fn column_of(mut self, name: &str, measure: u32, period: u32, cells: Cells) -> Self {
        self.columns.push(Column { name: name.into(), measure, period, cells });
        self
    }

    /// The rows in this order; `order` keeps the rows of a group together.
    #[must_use]
    pub fn reordered(mut self, order: &[usize]) -> Self {
        for column in &mut self.columns {
            match &mut column.cells {
                Cells::Numbers(cells) => *cells = order.iter().map(|row| cells[*row]).collect(),
                Cells::Codes(cells) => *cells = order.iter().map(|row| cells[*row]).collect(),
            }
        }
        self
    }

    /// Only this group.
    #[must_use]
    pub fn only(mut self, group: usize) -> Self {
        let rows = self.offsets[group] as usize..self.offsets[group + 1] as usize;
        let order: Vec<usize> = rows.collect();
        self = self.reordered(&order);
        self.offsets = vec![0, order.len() as u32];
        self
    }
}

/// Asks a metric in every way that must not matter — again, rows turned around, each group by
/// itself — and checks that answers fit its own description and lose nobody.
///
/// # Panics
/// Says which rule is broken.
pub fn keeps_the_rules<M: Metric>(question: &Question) -> Vec<Measurement> {
    let description = M::describe();
    let found = M::evaluate(question).unwrap_or_else(|fault| panic!("no answer: {fault:?}"));
    let groups = question.offsets.len() - 1;
    assert_eq!(found.len(), groups, "one measurement for each group");
    for (group, one) in found.iter().enumerate() {
        assert_eq!(one.outputs.len(), description.outputs.len(), "one output for each of the description");
        assert_eq!(one.left_out.len(), description.left_out.len(), "one count for each reason");
        let rows = question.offsets[group + 1] - question.offsets[group];
        let told = one.outputs[0].denominator + one.left_out.iter().sum::<u32>();
        assert_eq!(told, rows, "group {group}: every row is asked about or left out");
        for output in &one.outputs {
            assert!(output.contributors <= output.denominator && output.denominator <= rows, "group {group}");
            let numbers = output.value.into_iter().chain(output.interval.iter().flat_map(|i| [i.low, i.high]));
            assert!(numbers.into_iter().all(f64::is_finite), "group {group}: every number is finite");
        }
        assert!(one.notes.iter().all(|key| description.messages.iter().any(|m| m.key == *key)), "notes are declared");
    }
    let told = |measurements: &[Measurement]| format!("{measurements:?}");
    assert_eq!(told(&M::evaluate(question).expect("an answer")), told(&found), "asked again");
    let mut order: Vec<usize> = Vec::new();
    for pair in question.offsets.windows(2) {
        order.extend((pair[0] as usize..pair[1] as usize).rev());
    }
    let turned = M::evaluate(&question.clone().reordered(&order)).expect("an answer");
    assert_eq!(told(&turned), told(&found), "rows in another order");
    for (group, one) in found.iter().enumerate() {
        let alone = M::evaluate(&question.clone().only(group)).expect("an answer");
        assert_eq!(told(&alone), told(core::slice::from_ref(one)), "group {group} by itself");
    }
    found
}
