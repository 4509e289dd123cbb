//! The texts of a goal that people read, listed once: for those who translate, for the wording, and for the record.

use strum::{EnumIter, EnumString, IntoStaticStr};

use super::{Amendment, Decision, Goal, Judgement, Plan, Strategy};

/// A text of a goal, by its setting in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Text {
    /// The short title, also of a part, of an amendment and of a PLC's goal.
    Title,
    /// The goal as it was agreed, also of an amendment.
    Statement,
    /// Why it matters.
    Why,
    /// The same in a few words.
    WhyShort,
    /// Which priority of the school plan it serves.
    Priority,
    /// What the why rests on.
    Evidence,
    /// What is said of a student who counts.
    Indicator,
    /// How families can help.
    Families,
    /// A question for the parent council.
    CouncilQuestion,
    /// Questions for discussion among staff.
    Questions,
    /// What a strategy does, what a meeting decided, what a judgement rests on.
    Text,
    /// The team that does it.
    Team,
    /// Which meeting decided.
    Meeting,
    /// Why a goal was amended.
    Reason,
    /// Who agreed.
    AgreedBy,
    /// The levels of a rubric.
    Rubric,
    /// The level to be reached: one of the rubric's.
    TargetLevel,
    /// A level on the way, or of a judgement: one of the rubric's.
    Level,
}

impl Text {
    /// Its setting in the file.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// Whether the record keeps it: it is part of what was agreed, and changing it is an edit.
    pub fn is_recorded(self) -> bool {
        match self {
            Self::Title
            | Self::Statement
            | Self::Reason
            | Self::AgreedBy
            | Self::Rubric
            | Self::TargetLevel
            | Self::Level => true,
            Self::Why
            | Self::WhyShort
            | Self::Priority
            | Self::Evidence
            | Self::Indicator
            | Self::Families
            | Self::CouncilQuestion
            | Self::Questions
            | Self::Text
            | Self::Team
            | Self::Meeting => false,
        }
    }
}

impl Goal {
    /// Visits every text of a goal and its parts; the levels of a rubric once, wherever they are named. What a part
    /// shares with its goal is one text and comes again with each part.
    pub fn each_text(&mut self, visit: &mut dyn FnMut(Text, &mut String)) {
        // Every field by its name: a new one does not compile until somebody has said whether it is a text.
        let Self {
            title,
            statement,
            why,
            why_short,
            priority,
            evidence,
            plan,
            amendments,
            strategies,
            decisions,
            questions,
            families,
            council_question,
            id: _,
            school: _,
            area: _,
            written_in: _,
            beliefs: _,
            audiences: _,
            plcs: _,
            draft: _,
            place: _,
            places: _,
        } = self;
        for (text, words) in [(Text::Title, title), (Text::Statement, statement), (Text::Why, why)] {
            visit(text, words);
        }
        let mut none = None;
        let indicator = match plan {
            Plan::Measured(plan) => &mut plan.indicator,
            Plan::Several(_) | Plan::Narrative(_) => &mut none,
        };
        for (text, words) in [
            (Text::WhyShort, why_short),
            (Text::Priority, priority),
            (Text::Evidence, evidence),
            (Text::Indicator, indicator),
            (Text::Families, families),
            (Text::CouncilQuestion, council_question),
        ] {
            words.iter_mut().for_each(|words| visit(text, words));
        }
        questions.iter_mut().for_each(|words| visit(Text::Questions, words));
        strategies.iter_mut().for_each(|strategy| strategy.each_text(visit));
        decisions.iter_mut().for_each(|decision| decision.each_text(visit));
        amendments.iter_mut().for_each(|amendment| amendment.each_text(visit));
        match plan {
            Plan::Measured(_) => {}
            Plan::Several(several) => several.parts.iter_mut().for_each(|part| part.each_text(visit)),
            Plan::Narrative(narrative) => {
                narrative.rubric.iter_mut().for_each(|level| visit(Text::Rubric, level));
                narrative.judgements.iter_mut().for_each(|judgement| judgement.each_text(visit));
            }
        }
    }
}

impl Strategy {
    fn each_text(&mut self, visit: &mut dyn FnMut(Text, &mut String)) {
        let Self { text, team, grades: _, since: _, status: _, history: _ } = self;
        visit(Text::Text, text);
        team.iter_mut().for_each(|team| visit(Text::Team, team));
    }
}

impl Decision {
    fn each_text(&mut self, visit: &mut dyn FnMut(Text, &mut String)) {
        let Self { meeting, text, on: _, audiences: _ } = self;
        visit(Text::Meeting, meeting);
        visit(Text::Text, text);
    }
}

impl Amendment {
    fn each_text(&mut self, visit: &mut dyn FnMut(Text, &mut String)) {
        let Self { title, statement, reason, agreed_by, on: _, target: _, deadline: _, baseline: _, interim: _ } = self;
        title.iter_mut().for_each(|title| visit(Text::Title, title));
        statement.iter_mut().for_each(|statement| visit(Text::Statement, statement));
        visit(Text::Reason, reason);
        agreed_by.iter_mut().for_each(|who| visit(Text::AgreedBy, who));
    }
}

impl Judgement {
    fn each_text(&mut self, visit: &mut dyn FnMut(Text, &mut String)) {
        let Self { text, agreed_by, on: _, level: _ } = self;
        visit(Text::Text, text);
        agreed_by.iter_mut().for_each(|who| visit(Text::AgreedBy, who));
    }
}
