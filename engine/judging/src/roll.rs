//! The roll of a division: who is enrolled in which school in a period, and what each of them has been read.
//!
//! Comes in: the dataset. Goes out: the people of one school and the readings of one person, each found without a look
//! at anybody else's. It is made once for a run and handed to whatever measures.

use termwise_config::{CodeClass, MeasureId, PeriodId, Project, SchoolId};
use termwise_reading::dataset::{Dataset, Enrolment, PersonId};

/// One person among those whom a plugin is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Who; goes no further than this stage.
    pub person: PersonId,
    /// Grade now; of those who left, then.
    pub grade: &'a str,
    /// Program, likewise; empty where the roster has none.
    pub program: &'a str,
    /// Whether the person belongs to the population now.
    pub now: bool,
    /// Grade at the start, of those who belonged then.
    pub then: Option<&'a str>,
}

/// What was read, by school and person.
pub struct Roll<'a> {
    /// Calendar, schools, measures and rules.
    pub project: &'a Project,
    /// What was read.
    pub dataset: &'a Dataset,
    /// Places of all enrolments, by school; in order of person.
    known: Vec<Vec<u32>>,
    /// Places of the enrolments that hold on the day that counts, by school, then period; in order of person.
    enrolled: Vec<Vec<Vec<u32>>>,
    /// Where each person's readings begin in `readings`, and where the last one's end.
    begins: Vec<u32>,
    /// Places of readings, by person, then measure, then period.
    readings: Vec<u32>,
}

impl<'a> Roll<'a> {
    /// Puts everything that was read in order.
    ///
    /// # Panics
    ///
    /// If there are more than 2³² readings.
    pub fn new(project: &'a Project, dataset: &'a Dataset) -> Self {
        let mut known = vec![Vec::new(); project.schools.len()];
        for (place, of) in (0u32..).zip(&dataset.enrolments) {
            known[of.school.0].push(place);
        }
        let (begins, readings) = by_person(dataset);
        Self { project, dataset, enrolled: by_period(project, dataset, &known), known, begins, readings }
    }

    /// Every enrolment of a school, in whichever year, of students and respondents.
    pub fn of_school(&self, school: SchoolId) -> impl Iterator<Item = &'a Enrolment> + '_ {
        let dataset = self.dataset;
        self.known[school.0].iter().map(move |place| &dataset.enrolments[*place as usize])
    }

    /// Everybody enrolled in a school on the day that counts for the period, students and respondents, in order of
    /// person. Somebody with two enrolments that hold comes twice.
    pub fn enrolled(&self, school: SchoolId, period: PeriodId) -> impl Iterator<Item = Member<'a>> + '_ {
        let dataset = self.dataset;
        self.enrolled[school.0][period.0].iter().map(move |place| {
            let of = &dataset.enrolments[*place as usize];
            Member { person: of.person, grade: &of.grade, program: &of.program, now: true, then: None }
        })
    }

    /// One reading, if there is one: its class and its place on the scale (see
    /// [`termwise_reading::dataset::Observations`]).
    pub fn reading(&self, measure: MeasureId, period: PeriodId, person: PersonId) -> Option<(CodeClass, f64)> {
        let rows = &self.dataset.observations;
        let place = person.0 as usize;
        let own = &self.readings[self.begins[place] as usize..self.begins[place + 1] as usize];
        let key = |row: &u32| (rows.measure[*row as usize], rows.period[*row as usize]);
        let row = own[own.binary_search_by_key(&(measure, period), key).ok()?] as usize;
        Some((rows.class[row], rows.value[row]))
    }

    /// Whether anybody in the division has a reading on a measure.
    pub fn is_read(&self, measure: MeasureId) -> bool {
        self.dataset.observations.measure.binary_search(&measure).is_ok()
    }
}

/// Places of the enrolments that hold on the day that counts, by school, then period.
fn by_period(project: &Project, dataset: &Dataset, known: &[Vec<u32>]) -> Vec<Vec<Vec<u32>>> {
    let in_period = |period: PeriodId, places: &[u32]| {
        let (year, day) = (&project.calendar.period(period).year, project.calendar.membership_day(period));
        let holds = |place: &&u32| {
            let of = &dataset.enrolments[**place as usize];
            of.year == *year && of.entered.is_none_or(|first| first <= day) && of.left.is_none_or(|gone| gone > day)
        };
        places.iter().filter(holds).copied().collect()
    };
    let periods = || (0..project.calendar.periods.len()).map(PeriodId);
    known.iter().map(|places| periods().map(|period| in_period(period, places)).collect()).collect()
}

/// Where each person's readings begin, and the places of all readings by person. Readings stand by measure and period
/// in the dataset, and so do those of each person here.
fn by_person(dataset: &Dataset) -> (Vec<u32>, Vec<u32>) {
    let people = &dataset.observations.person;
    let mut begins = vec![0u32; dataset.people.len() + 1];
    people.iter().for_each(|person| begins[person.0 as usize + 1] += 1);
    for place in 1..begins.len() {
        begins[place] += begins[place - 1];
    }
    let mut next = begins.clone();
    let mut readings = vec![0u32; people.len()];
    for (row, person) in people.iter().enumerate() {
        let place = &mut next[person.0 as usize];
        readings[*place as usize] = u32::try_from(row).expect("fewer than 2^32 readings");
        *place += 1;
    }
    (begins, readings)
}
