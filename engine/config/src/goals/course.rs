//! What amendments make of a goal's aim, day by day.

use jiff::civil::Date;

use super::aim::Aim;
use super::amendment::Amendment;

/// What a measured goal aims at, day by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Aims {
    /// As first agreed.
    pub first: Aim,
    /// By day, what each amendment that counts left in force from then on.
    amended: Vec<(Date, Aim)>,
}

impl Aims {
    /// An aim that nobody amended.
    pub fn new(first: Aim) -> Self {
        Self { first, amended: Vec::new() }
    }

    /// With the goal's amendments; `put_off` are the deadlines that the whole sets for its parts, each after its day.
    pub fn amended(first: Aim, amendments: &[Amendment], put_off: &[(Date, Date)]) -> Self {
        let mut aim = first.clone();
        let amended = course(first.deadline, amendments, put_off).map(|step| {
            if let Some(amendment) = step.amendment {
                amendment.change(&mut aim);
            }
            aim.deadline = step.deadline;
            (step.on, aim.clone())
        });
        let amended = amended.collect();
        Self { first, amended }
    }

    /// What was in force on a day.
    pub fn on(&self, day: Date) -> &Aim {
        self.amended.iter().rev().find(|(from, _)| *from <= day).map_or(&self.first, |(_, aim)| aim)
    }
}

/// A change of a goal that counts.
pub(super) struct Step<'a> {
    pub(super) on: Date,
    /// The deadline in force from then on.
    pub(super) deadline: Date,
    /// The goal's own amendment; none if it is the whole's.
    pub(super) amendment: Option<&'a Amendment>,
}

/// What changed a goal, by day. What is agreed after the deadline in force, when the goal has ended, changes nothing.
pub(super) fn course<'a>(
    mut deadline: Date,
    amendments: &'a [Amendment],
    put_off: &'a [(Date, Date)],
) -> impl Iterator<Item = Step<'a>> {
    let mut own = amendments.iter().peekable();
    let mut whole = put_off.iter().peekable();
    std::iter::from_fn(move || {
        let (on, later, amendment) = match whole.next_if(|(day, _)| own.peek().is_none_or(|own| *day <= own.on)) {
            Some((day, later)) => (*day, Some(*later), None),
            None => own.next().map(|own| (own.on, own.deadline, Some(own)))?,
        };
        if on > deadline {
            return None;
        }
        deadline = later.unwrap_or(deadline);
        Some(Step { on, deadline, amendment })
    })
    .fuse()
}
