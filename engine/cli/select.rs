//! Which reports a command is about: `--school`, `--audience`, `--period`.

use termwise_base::problem::nearest;
use termwise_config::Project;
use termwise_config::goals::Audience;
use termwise_config::reports::ExtraReport;
use termwise_operations::ledger::Filter;

/// Picks reports.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Select {
    /// Only this school (its id)
    #[arg(long)]
    pub school: Option<String>,
    /// Only this audience: staff, plc, parent-council, leadership or division; or a report of your own (its id)
    #[arg(long)]
    pub audience: Option<String>,
    /// Only this reporting period, for example 2025-26/P2
    #[arg(long)]
    pub period: Option<String>,
}

impl Select {
    /// Whether nothing was picked.
    pub fn is_empty(&self) -> bool {
        self.school.is_none() && self.audience.is_none() && self.period.is_none()
    }

    /// The filter, once every word was found in the project.
    pub fn filter(&self, project: &Project) -> anyhow::Result<Filter> {
        let periods: Vec<String> = project.calendar.periods.iter().map(|period| period.key()).collect();
        known("school", self.school.as_deref(), &project.schools.iter().map(|s| s.id.as_str()).collect::<Vec<_>>())?;
        let own = project.reports.extra.iter().map(|report| report.id.as_str());
        let audiences: Vec<&str> = Audience::ALL.iter().map(|audience| audience.id()).chain(own).collect();
        known("audience", self.audience.as_deref(), &audiences)?;
        known("reporting period", self.period.as_deref(), &periods.iter().map(String::as_str).collect::<Vec<_>>())?;
        let (audience, own) = self.audience(project);
        Ok(Filter {
            school: self.school.clone(),
            audience: audience.map(|audience| audience.id().to_owned()),
            period: self.period.clone(),
            reports: own.map(|own| own.names(&project.plcs)),
        })
    }

    /// The audience asked for; of its reports only one, if a report of the division's own was asked for.
    pub fn audience<'a>(&self, project: &'a Project) -> (Option<Audience>, Option<&'a ExtraReport>) {
        let Some(word) = self.audience.as_deref() else { return (None, None) };
        match project.reports.extra.iter().find(|report| report.id == word) {
            Some(own) => (Some(own.like), Some(own)),
            None => (Audience::ALL.into_iter().find(|audience| audience.id() == word), None),
        }
    }
}

/// Refuses a word that the project does not know, and names the nearest or all that it does.
fn known(what: &str, word: Option<&str>, known: &[&str]) -> anyhow::Result<()> {
    let Some(word) = word.filter(|word| !known.contains(word)) else { return Ok(()) };
    match nearest(word, known.iter().copied()).first() {
        Some(near) => anyhow::bail!("there is no {what} “{word}”; did you mean “{near}”?"),
        None => anyhow::bail!("there is no {what} “{word}”; there are: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_names_the_nearest() {
        let schools = ["blue-heron", "willow-bend"];
        assert!(known("school", Some("blue-heron"), &schools).is_ok());
        assert!(known("school", None, &schools).is_ok());
        assert_eq!(
            known("school", Some("blue-herron"), &schools).unwrap_err().to_string(),
            "there is no school “blue-herron”; did you mean “blue-heron”?"
        );
        assert_eq!(
            known("school", Some("x"), &schools).unwrap_err().to_string(),
            "there is no school “x”; there are: blue-heron, willow-bend"
        );
    }
}
