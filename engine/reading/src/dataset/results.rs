//! Sheets of results → readings of students or of anonymous respondents.
//!
//! Comes in: an opened workbook, its plan and the people on the rosters. Goes out: readings with
//! their cells, and of every row of data whether something in it was set aside. It never says who a
//! row is about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use termwise_base::problem::Problem;
use termwise_config::mapping::{Facts, MappingKind};
use termwise_config::{CodeClass, MeasureId, PeriodId, SchoolId};

use crate::workbook::{Row, Sheet, Value};

use super::colour::Colours;
use super::facts::{About, Memory, of_sheet};
use super::header::{Header, Layout, ValueColumn};
use super::roster::names;
use super::strays::Strays;
use super::table::{self, Context, Rows, TableReader, Told};
use super::values::{Outcome, Reading};
use super::whose::{Line, respondent, student};
use super::{Aside, PersonId, words};

/// One reading of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundResult {
    /// A person on the rosters, or the place in [`Results::respondents`].
    pub(super) person: u32,
    pub(super) measure: MeasureId,
    pub(super) period: PeriodId,
    pub(super) reading: Reading,
    pub(super) sheet: u16,
    pub(super) row: u32,
    pub(super) col: u32,
    /// Place in [`Rows::aside`].
    pub(super) data_row: u32,
}

/// What one file gave.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) found: Vec<FoundResult>,
    /// What became of its rows.
    pub(super) rows: Rows,
    /// Surveys: where and when each respondent answered.
    pub(super) respondents: Vec<(SchoolId, u16)>,
    /// School years whose students are on no roster.
    pub(super) no_roster: BTreeSet<u16>,
}

/// A column of results whose facts are known as far as the header tells.
struct Ready {
    col: u32,
    /// Place among the mapping's columns of results.
    value: usize,
    facts: Facts,
    /// Facts of every row, if no column of the row can change them.
    fixed: Option<About>,
}

impl Ready {
    fn new(column: &ValueColumn) -> Self {
        Self { col: column.col, value: column.value, facts: column.facts.clone(), fixed: None }
    }
}

/// Reads one sheet.
pub(super) fn read(context: &Context<'_, '_>, number: u16, sheet: &Sheet, results: &mut Results, told: &mut Told) {
    let mut rows = std::mem::take(&mut results.rows);
    let mut reader = ResultReader {
        context,
        number,
        sheet,
        results,
        base: of_sheet(context.plan, context.set, context.path, sheet),
        memory: Memory::new(context.lookup),
        seen: AboutByWords::new(),
        ready: Vec::new(),
        colours: Colours::default(),
        after: u32::MAX,
        strays: Strays::default(),
    };
    table::read(context, sheet, &mut rows, told, &mut reader);
    reader.strays.finish(&context.at(sheet), context.plan, told);
    if let Some(problem) = reader.comments() {
        told.push(problem);
    }
    results.rows = rows;
}

/// Reads the rows of one sheet.
struct ResultReader<'r, 'c, 'a> {
    context: &'r Context<'c, 'a>,
    number: u16,
    sheet: &'r Sheet,
    results: &'r mut Results,
    base: Facts,
    memory: Memory<'c, 'a>,
    seen: AboutByWords,
    ready: Vec<Ready>,
    colours: Colours,
    /// First row under the first header.
    after: u32,
    strays: Strays,
}

impl ResultReader<'_, '_, '_> {
    /// The reading, or the same as left out because it was assessed at another grade than the student's.
    /// Nothing if the cell with that grade, whose column comes back, holds no grade.
    fn at_grade(
        &self,
        layout: &Layout,
        line: &Row,
        who: u32,
        period: PeriodId,
        reading: Reading,
    ) -> Result<Reading, u32> {
        let Context { plan, lookup, people, .. } = *self.context;
        let cell = layout.roles.get("assessment-grade").and_then(|col| Some((*col, line.get(*col)?)));
        let (Some(reason), Some((col, word))) = (plan.off_grade, cell.map(|(col, value)| (col, words::text(value))))
        else {
            return Ok(reading);
        };
        if word.is_empty() || reading.class == CodeClass::Excluded {
            return Ok(reading);
        }
        let assessed = lookup.any_grade(&word).ok_or(col)?;
        let own = people.grade_of(PersonId(who), lookup.year_of(period), lookup.membership_day(period));
        if own.is_none_or(|own| own == assessed) {
            return Ok(reading);
        }
        Ok(Reading { class: CodeClass::Excluded, value: f64::NAN, reason })
    }

    /// Whether a cell among the results is joined to one above it.
    fn merged_above(&self, row: u32, col: u32) -> bool {
        let merges = self.sheet.merges.iter().flatten().filter(|merge| merge.top < merge.bottom);
        merges
            .filter(|m| m.top >= self.after)
            .any(|m| m.top < row && row <= m.bottom && m.left <= col && col <= m.right)
    }

    /// Comments can hold the real meaning of a cell, and nobody reads them.
    fn comments(&self) -> Option<Problem> {
        let on_result =
            |(row, col): &&(u32, u32)| *row >= self.after && self.ready.iter().any(|column| column.col == *col);
        let mut found = self.sheet.comments.iter().filter(on_result);
        let (row, col) = *found.next()?;
        let more = found.count();
        let message = match more {
            0 => "This result has a comment; comments are not read.".to_owned(),
            more => format!("This result and {more} more on the sheet have a comment; comments are not read."),
        };
        Some(
            Problem::note(message)
                .at(self.context.at(self.sheet).cell(row, col))
                .hint("If a comment changes what the result means, write a code into the cell instead."),
        )
    }

    /// Resolves what the headers tell, and leaves out columns that only look like results.
    fn prepare(&mut self, header: &Header, layout: &Layout, told: &mut Told) -> Prepared {
        let Self { context, sheet, base, memory, .. } = self;
        let by_row = ["school", "year", "period", "measure"].iter().any(|fact| layout.roles.contains_key(*fact));
        let mut done = Prepared { ready: Vec::new(), asked: Vec::new(), unsure: BTreeMap::new() };
        for column in &layout.values {
            let said: BTreeMap<&str, &str> =
                base.iter().chain(&column.facts).map(|(fact, word)| (fact.as_str(), word.as_str())).collect();
            // What the header tells is the same for all rows, so it is checked once, here.
            match memory.about(&said) {
                Ok(about) => done.ready.push(Ready { fixed: (!by_row).then_some(about), ..Ready::new(column) }),
                Err(_) if by_row && !layout_decides(column.facts.keys(), layout) => done.ready.push(Ready::new(column)),
                Err((fact, why)) => {
                    let word = said.get(fact).copied().unwrap_or_default();
                    let (row, col) = header.cell_of(sheet, context.plan, column.col, word);
                    // A header that nearly is a known word is a slip of the pen, whatever the pattern.
                    let slip = why.near && !word.is_empty();
                    let mut problem = Problem::error(why.message)
                        .at(context.at(sheet).cell(row, col))
                        .found(words::quoted(Value::Text(word)))
                        .expected(why.expected);
                    problem.hint = why.hint;
                    if column.meant || slip {
                        done.asked.push(column.col);
                        told.push_once(problem);
                    } else {
                        done.unsure.insert(column.col, problem);
                    }
                }
            }
        }
        // A pattern of captures only fits any header; it is a fault if none of them made sense.
        if done.ready.is_empty()
            && let Some((col, problem)) = done.unsure.pop_first()
        {
            done.asked.push(col);
            told.push_once(problem);
        }
        done
    }
}

impl TableReader for ResultReader<'_, '_, '_> {
    fn is_students(&self, layout: &Layout, row: &Row) -> bool {
        let people = self.context.people;
        let number = layout.roles.get("id").and_then(|col| row.get(*col)).and_then(words::id_key);
        let known = match number {
            Some(number) => people.is_known(&number),
            None => names(layout, row).iter().any(|name| people.is_name(name)),
        };
        known && self.ready.iter().any(|column| row.get(column.col).is_some())
    }

    fn knows(&self, fact: &str) -> bool {
        self.base.contains_key(fact)
    }

    fn header(&mut self, header: &Header, layout: &Layout, told: &mut Told) {
        self.seen.clear();
        let Prepared { ready, asked, unsure } = self.prepare(header, layout, told);
        self.ready = ready;
        self.after = self.after.min(header.after);
        let plan = self.context.plan;
        let ignored = header.paths.iter().filter(|(_, path)| plan.ignores(path)).map(|(col, _)| *col);
        let read = self.ready.iter().map(|column| column.col);
        let claimed = read.chain(asked).chain(layout.roles.values().copied()).chain(ignored).collect();
        let measures = self.ready.iter().filter_map(|column| column.fixed?.measure).collect();
        self.strays.header(claimed, measures, unsure);
        if self.context.plan.mapping.kind == MappingKind::Assessment {
            self.colours = Colours::of(self.sheet, header.after, self.ready.iter().map(|column| column.col));
        }
    }

    fn row(&mut self, layout: &Layout, line: &Row, rows: &mut Rows, told: &mut Told) {
        self.strays.look(self.context.plan, line);
        let named = ["id", "provincial-id", "name", "family"].iter().find_map(|role| layout.roles.get(*role)).copied();
        let mut row = ResultRow { layout, line, named, person: None, data: None, no_grade: false, rows, told };
        let ready = std::mem::take(&mut self.ready);
        for column in &ready {
            match line.get(column.col) {
                None => self.empty(column.col, &mut row),
                Some(Value::Text(text)) if !text.is_ascii() && words::text(Value::Text(text)).is_empty() => {}
                Some(value) => self.result(column, value, &mut row),
            }
        }
        self.ready = ready;
    }
}

/// A row that is being read.
struct ResultRow<'w> {
    layout: &'w Layout,
    line: &'w Row,
    /// The column that says whose row it is.
    named: Option<u32>,
    /// Whose row it is, once it was asked: the school year asked about, and the person, if any.
    person: Option<(u16, Option<u32>)>,
    /// Its place among the rows of data, once it holds any.
    data: Option<usize>,
    /// Whether a cell without the grade of the assessment was reported.
    no_grade: bool,
    rows: &'w mut Rows,
    told: &'w mut Told,
}

impl ResultRow<'_> {
    /// Counts the row as one of data; its place.
    fn data(&mut self) -> usize {
        *self.data.get_or_insert_with(|| self.rows.data())
    }

    /// Sets a cell of the row aside, or the row.
    fn set_aside(&mut self, why: Aside, problem: Option<Problem>) {
        let row = self.data();
        self.rows.set_aside(row, why);
        problem.into_iter().for_each(|problem| self.told.push(problem));
    }
}

impl ResultReader<'_, '_, '_> {
    /// An empty cell among the results: nothing, unless it is merged or coloured.
    fn empty(&self, col: u32, row: &mut ResultRow<'_>) {
        let Some(named) = row.named.filter(|named| row.line.get(*named).is_some()) else { return };
        let place = self.context.at(self.sheet).cell(row.line.number, col);
        if self.merged_above(row.line.number, col) {
            let problem =
                Problem::warning("This cell is merged with the one above it, so nobody knows whose result it is.")
                    .at(place)
                    .expected("one cell for each student")
                    .hint("Unmerge the cells and write each student's own result.");
            row.set_aside(Aside::Unreadable, Some(problem));
        } else if self.colours.marks(row.line, col, named) {
            let problem = Problem::warning("This cell is empty but coloured: what a colour means cannot be read.")
                .at(place)
                .expected("a result or a declared code")
                .hint("Write what the colour means into the cell, or take the colour away.");
            row.set_aside(Aside::Unreadable, Some(problem));
        }
    }

    /// A cell with a result.
    fn result(&mut self, column: &Ready, value: Value<'_>, row: &mut ResultRow<'_>) {
        let data_row = row.data();
        let Some((about, measure, period, year)) = self.about(column, row) else { return };
        let Some(person) = self.whose(about, year, column.col, row) else {
            return row.set_aside(Aside::Student, None);
        };
        let plan = self.context.plan;
        let (reader, how) = (plan.reader(measure), &plan.mapping.values[column.value]);
        match reader.read_part(value, how.cell.as_ref(), how.unit, self.context.comma) {
            Outcome::Blank => {}
            Outcome::Reading(reading) => match self.at_grade(row.layout, row.line, person, period, reading) {
                Ok(reading) => self.results.found.push(FoundResult {
                    person,
                    measure,
                    period,
                    reading,
                    sheet: self.number,
                    row: row.line.number,
                    col: column.col,
                    data_row: u32::try_from(data_row).expect("a sheet has fewer than 2^32 cells"),
                }),
                Err(col) => self.without_grade(col, row),
            },
            Outcome::Rejected(hint) => {
                let problem = Problem::warning("This result could not be read, so it was set aside.")
                    .at(self.context.at(self.sheet).cell(row.line.number, column.col))
                    .found(words::quoted(value))
                    .expected(reader.expected())
                    .hint(hint);
                row.set_aside(Aside::Unreadable, Some(problem));
            }
        }
    }

    /// What a result is about, with its measure, period and school year; nothing, and a problem, if one of them is
    /// missing or means nothing.
    fn about(&mut self, column: &Ready, row: &mut ResultRow<'_>) -> Option<(About, MeasureId, PeriodId, u16)> {
        let (context, sheet) = (self.context, self.sheet);
        let place = |col: u32| context.at(sheet).cell(row.line.number, col);
        let about = match column.fixed {
            Some(about) => Ok(about),
            None => row_facts(row.layout, row.line, column, &self.base, &mut self.memory, &mut self.seen),
        };
        let problem = match about {
            Ok(about) => match (about.measure, about.period, about.year) {
                (Some(measure), Some(period), Some(year)) => return Some((about, measure, period, year)),
                (measure, ..) => {
                    let what = if measure.is_none() { "measure" } else { "reporting period" };
                    Problem::warning(format!("Nothing says which {what} this result belongs to, so it was set aside."))
                        .at(place(column.col))
                        .hint(format!("Name it in a column, a header or `set` in {}.", context.plan.mapping.path))
                }
            },
            Err((fact, why, word)) => {
                let at = row.layout.roles.get(fact).copied().unwrap_or(column.col);
                let mut problem = Problem::warning(why.message).at(place(at)).expected(why.expected);
                problem.found = word.map(|word| words::quoted(Value::Text(&word)));
                problem.hint = why.hint;
                problem
            }
        };
        row.set_aside(Aside::Word, Some(problem));
        None
    }

    /// Whose result it is: asked once a row, and again only if the columns speak of several years.
    fn whose(&mut self, about: About, year: u16, col: u32, row: &mut ResultRow<'_>) -> Option<u32> {
        if let Some((_, who)) = row.person.filter(|(asked, _)| *asked == year) {
            return who;
        }
        let (context, sheet) = (self.context, self.sheet);
        let place = |col: u32| context.at(sheet).cell(row.line.number, col);
        let who = if context.plan.mapping.kind == MappingKind::Survey {
            let known = row.person.and_then(|(_, who)| who);
            known.or_else(|| respondent(about, &mut self.results.respondents, row.told, place(col)))
        } else {
            let line = Line { layout: row.layout, row: row.line, about, year, base: &self.base, place: &place };
            student(context, &line, &mut self.results.no_roster, row.told)
        };
        row.person = Some((year, who));
        who
    }

    /// A cell that should hold the grade of the assessment. One such cell speaks for all results of the row.
    fn without_grade(&self, col: u32, row: &mut ResultRow<'_>) {
        let path = &self.context.plan.mapping.path;
        let problem = Problem::warning("This cell should hold the grade of the assessment; the row was set aside.")
            .at(self.context.at(self.sheet).cell(row.line.number, col))
            .found(row.line.get(col).map(words::quoted).unwrap_or_default())
            .expected("a grade, as in 3 or K, or nothing")
            .hint(format!("Correct the grade, or the column for “assessment-grade” in {path}."));
        let first = !std::mem::replace(&mut row.no_grade, true);
        row.set_aside(Aside::Word, first.then_some(problem));
    }
}

/// What the headers tell.
struct Prepared {
    ready: Vec<Ready>,
    /// Columns whose header has been asked about.
    asked: Vec<u32>,
    /// Columns that may be results under a header that says nothing known, with the question to ask.
    unsure: BTreeMap<u32, Problem>,
}

/// Whether what failed was told by the header itself, so that no row can mend it.
fn layout_decides<'k>(mut told_by_header: impl Iterator<Item = &'k String>, layout: &Layout) -> bool {
    told_by_header.any(|fact| !layout.roles.contains_key(fact))
}

type RowFault = (&'static str, super::facts::Unknown, Option<String>);

/// Facts of one cell of a long table.
fn row_facts(
    layout: &Layout,
    line: &Row,
    column: &Ready,
    base: &Facts,
    memory: &mut Memory<'_, '_>,
    seen: &mut AboutByWords,
) -> Result<About, RowFault> {
    let own: Vec<(&str, std::borrow::Cow<'_, str>)> = ["school", "year", "period", "measure"]
        .into_iter()
        .filter_map(|fact| {
            let value = layout.roles.get(fact).and_then(|col| line.get(*col))?;
            Some((fact, words::text(value))).filter(|(_, word)| !word.is_empty())
        })
        .collect();
    // A long table says the same few words again and again.
    let mut key = column.value.to_string();
    for (fact, word) in &own {
        key.extend(["\n", fact, "\t", word]);
    }
    let known = seen.entry(column.col).or_default();
    if let Some(about) = known.get(&key) {
        return Ok(*about);
    }
    let mut said: BTreeMap<&str, &str> = base.iter().map(|(fact, word)| (fact.as_str(), word.as_str())).collect();
    said.extend(own.iter().map(|(fact, word)| (*fact, word.as_ref())));
    said.extend(column.facts.iter().map(|(fact, word)| (fact.as_str(), word.as_str())));
    let about =
        memory.about(&said).map_err(|(fact, why)| (fact, why, said.get(fact).map(|word| (*word).to_owned())))?;
    known.insert(key, about);
    Ok(about)
}

/// What rows of a column are about, by the words that they say.
type AboutByWords = HashMap<u32, HashMap<String, About>>;
