//! A metric's table: for each group, the columns that the metric describes and nothing else.
//!
//! Comes in: the roll, a question and its groups. Goes out: a [`Table`], in which people are rows.

use termwise_config::measures::ScaleKind;
use termwise_config::{CodeClass, PeriodId};
use termwise_metric::{Column, ColumnData, ColumnSpec, Description, Kind, Moment, Scale, Table};

use crate::population::{Group, belongs};
use crate::question::{Question, Span};
use crate::roll::{Member, Roll};

/// One group that a metric is asked about.
pub(crate) struct Asked<'a, 'q> {
    pub(crate) span: &'q Span,
    pub(crate) group: Group,
    pub(crate) rows: Vec<Member<'a>>,
}

/// The plugin's table for these groups, rows in their order: the columns that it describes.
pub(crate) fn table(roll: &Roll<'_>, question: &Question, metric: &Description, groups: &[Asked<'_, '_>]) -> Table {
    let mut offsets = vec![0];
    let mut total = 0;
    for asked in groups {
        total += u32::try_from(asked.rows.len()).expect("fewer than 2^32 students");
        offsets.push(total);
    }
    let scene = Scene { roll, question, groups };
    let measures = u32::try_from(question.measures.len()).expect("a few measures");
    let periods = groups.iter().map(|asked| asked.span.period.0 - asked.span.start.0 + 1).max().unwrap_or(1);
    let mut columns = Vec::new();
    for spec in &metric.columns {
        let measures = if spec.kind.by_measure() { measures } else { 1 };
        let periods = if spec.moment == Moment::Each { u32::try_from(periods).expect("a few periods") } else { 1 };
        for measure in 0..measures {
            for period in 0..periods {
                let data = scene.cells(spec, measure as usize, period as usize);
                columns.push(Column { name: spec.name.clone(), measure, period, data });
            }
        }
    }
    let scales = question.measures.iter().map(|id| scale(&roll.project.measures.scale_of(*id).kind)).collect();
    Table { offsets, columns, scales }
}

fn scale(kind: &ScaleKind) -> Scale {
    match kind {
        ScaleKind::Ordered { levels, .. } => {
            let highest = levels.len().saturating_sub(1) as f64;
            Scale { levels: u32::try_from(levels.len()).unwrap_or(u32::MAX), range: Some((0.0, highest)) }
        }
        ScaleKind::Number { lowest, highest } => Scale { levels: 0, range: Some((*lowest, *highest)) },
        ScaleKind::Percent => Scale { levels: 0, range: Some((0.0, 1.0)) },
    }
}

/// What a table is made from.
struct Scene<'s, 'a, 'q> {
    roll: &'s Roll<'a>,
    question: &'s Question,
    groups: &'s [Asked<'a, 'q>],
}

impl<'a, 'q> Scene<'_, 'a, 'q> {
    /// One column: of one measure, in the `step`th of its periods.
    fn cells(&self, spec: &ColumnSpec, measure: usize, step: usize) -> ColumnData {
        let id = self.question.measures.get(measure).copied();
        let read = |period: Option<PeriodId>, member: &Member| self.roll.reading(id?, period?, member.person);
        match spec.kind {
            Kind::Value => {
                ColumnData::Numbers(self.each(spec.moment, step, |period, _, member| {
                    read(period, member).map_or(f64::NAN, |found| found.1)
                }))
            }
            Kind::Class => ColumnData::Codes(self.each(spec.moment, step, |period, _, member| {
                read(period, member).map_or(CodeClass::Missing as u8, |found| found.0 as u8)
            })),
            Kind::Line(band) => ColumnData::Numbers(self.each(spec.moment, step, |period, asked, member| {
                // The grade of the time, where it is known.
                let earlier = period.is_some_and(|period| period < asked.span.period);
                let grade = member.then.filter(|_| earlier).unwrap_or(member.grade);
                let (measures, calendar) = (&self.roll.project.measures, &self.roll.project.calendar);
                let line = id.zip(period).and_then(|(id, period)| measures.line(id, band, grade, calendar, period));
                line.unwrap_or(f64::NAN)
            })),
            Kind::Day => ColumnData::Numbers(self.each(spec.moment, step, |period, asked, _| {
                let closes = |period| self.roll.project.calendar.period(period).closes;
                let days = |period| (closes(period) - closes(asked.span.start)).get_days();
                period.map_or(f64::NAN, |period| f64::from(days(period)))
            })),
            Kind::Member => ColumnData::Codes(self.each(spec.moment, step, |period, asked, member| {
                u8::from(match period {
                    Some(period) if period == asked.span.period => member.now,
                    Some(period) if period == asked.span.start => member.then.is_some(),
                    _ => false,
                })
            })),
            Kind::Side => ColumnData::Codes(self.each(spec.moment, step, |_, _, member| {
                let sides = self.question.compare.as_ref();
                let side = sides.and_then(|sides| sides.iter().position(|side| belongs(side, member)));
                side.map_or(u8::MAX, |side| side as u8)
            })),
        }
    }

    /// One cell for each row; `cell` is given the period, if the row's group has so many.
    fn each<T>(
        &self,
        moment: Moment,
        step: usize,
        cell: impl Fn(Option<PeriodId>, &Asked<'a, 'q>, &Member<'a>) -> T,
    ) -> Vec<T> {
        let mut cells = Vec::with_capacity(self.groups.iter().map(|asked| asked.rows.len()).sum());
        for asked in self.groups {
            let period = match moment {
                Moment::Now => Some(asked.span.period),
                Moment::Start => Some(asked.span.start),
                Moment::Each => Some(PeriodId(asked.span.start.0 + step)).filter(|period| *period <= asked.span.period),
            };
            cells.extend(asked.rows.iter().map(|member| cell(period, asked, member)));
        }
        cells
    }
}
