//! Places of schools and reporting periods in a project's lists, by which its sections refer to each other.

/// Place of a school in [`super::Project::schools`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolId(pub usize);

/// Place of a reporting period in [`super::Calendar::periods`], so periods compare by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodId(pub usize);
