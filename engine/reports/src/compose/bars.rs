//! Bars: where students are, what staff answered, and the figures by grade and program.

use termwise_config::Goal;
use termwise_config::measures::Band;
use termwise_disclosure::{Bar, BarParts, Bound, Count, Figure, GoalFigures, Kin};
use termwise_judging::ask::Parts;
use termwise_judging::goals::Unit;

use super::super::model::{BandModel, BarModel, DistributionModel, DotModel, DotsModel, PartModel, TableModel};
use super::Writer;
use super::progress::Axis;
use super::same;

impl Writer<'_> {
    /// Bars by period for a goal with one measure; by measure, now, for one with several.
    pub(super) fn distribution(&self, goal: &Goal, figures: &GoalFigures) -> Option<DistributionModel> {
        let several = goal.measures().len() > 1;
        let bars: Vec<&Bar> = figures.bars.iter().filter(|bar| !several || bar.period == figures.at).collect();
        let labels: Vec<String> = bars
            .iter()
            .map(|bar| {
                if several { self.project.measures.measure(bar.measure).title.clone() } else { self.short(bar.period) }
            })
            .collect();
        let title = self.words.text("chart.distribution-caption", &[("title", &goal.title)]);
        let mut model = self.bars(&bars, &labels, &figures.parts, &title, "count.students")?;
        let heading = if several { "chart.distribution-by-measure" } else { "chart.distribution-by-period" };
        model.title = Some(self.words.text(heading, &[]));
        Some(model)
    }

    /// The staff's answers, now, one bar a question.
    pub(super) fn survey(&self, chosen: &[&GoalFigures]) -> Option<DistributionModel> {
        if !self.subject.audience.in_detail() {
            return None;
        }
        let figures = chosen.iter().find(|f| self.goal_at(f.goal).population().staff)?;
        let latest = figures.bars.iter().map(|b| b.period).max()?;
        let bars: Vec<&Bar> = figures.bars.iter().filter(|b| b.period == latest).collect();
        let labels: Vec<String> = bars.iter().map(|b| self.project.measures.measure(b.measure).title.clone()).collect();
        let title = self.words.text("chart.survey-caption", &[("when", &self.when(latest))]);
        let mut model = self.bars(&bars, &labels, &figures.parts, &title, "count.answers")?;
        model.title = Some(title);
        Some(model)
    }

    fn bars(
        &self,
        bars: &[&Bar],
        labels: &[String],
        parts: &Parts,
        caption: &str,
        count: &str,
    ) -> Option<DistributionModel> {
        if bars.is_empty() {
            return None;
        }
        let words = self.words;
        let mut bands: Vec<BandModel> = match parts {
            Parts::Bands(bands) => bands
                .iter()
                .map(|band| {
                    let last = bands.last() == Some(band);
                    let key = match band {
                        Band::Below => "below",
                        Band::Approaching => "approaching",
                        Band::At => "at",
                        Band::Above => "above",
                    };
                    let word = if last && *band == Band::At { "band.at-or-above" } else { &format!("band.{key}") };
                    BandModel { key: key.into(), word: words.text(word, &[]) }
                })
                .collect(),
            Parts::Levels(levels, _) => levels
                .iter()
                .enumerate()
                .map(|(i, level)| BandModel { key: format!("level-{}", i + 1), word: self.level(level) })
                .collect(),
        };
        let pooled = bars.iter().any(|bar| matches!(bar.parts, BarParts::Two(..)));
        let all = bars.iter().any(|bar| matches!(bar.parts, BarParts::All(_)));
        let pooled_bands = ["pooled-below", "pooled-at"].map(|key| {
            let staff = if matches!(parts, Parts::Levels(..)) { "-answers" } else { "" };
            BandModel { key: key.into(), word: words.text(&format!("band.{key}{staff}"), &[]) }
        });
        let fine: Vec<String> = bands.iter().map(|b| b.key.clone()).collect();
        if !all {
            bands.clear();
        }
        if pooled {
            bands.extend(pooled_bands);
        }
        let models: Vec<BarModel> = bars
            .iter()
            .zip(labels)
            .map(|(bar, label)| BarModel {
                label: label.clone(),
                n: bar.of.map_or_else(|| words.text("number.hidden", &[]), |of| words.count(count, of, &[])),
                hidden: bar.parts == BarParts::Hidden,
                parts: match &bar.parts {
                    BarParts::Hidden => Vec::new(),
                    BarParts::All(shares) => fine
                        .iter()
                        .zip(shares)
                        .map(|(key, share)| PartModel { key: key.clone(), share: *share, text: words.percent(*share) })
                        .collect(),
                    BarParts::Two(share, bound) => {
                        let other = match bound {
                            Bound::Exact => Bound::Exact,
                            Bound::OrLess => Bound::OrMore,
                            Bound::OrMore => Bound::OrLess,
                        };
                        vec![
                            PartModel {
                                key: "pooled-below".into(),
                                share: 1.0 - share,
                                text: self.percent(1.0 - share, other),
                            },
                            PartModel { key: "pooled-at".into(), share: *share, text: self.percent(*share, *bound) },
                        ]
                    }
                },
            })
            .collect();
        let mut columns = vec![words.text("chart.column-bar", &[])];
        columns.extend(bands.iter().map(|b| b.word.clone()));
        columns.push(words.text("chart.column-n", &[]));
        let rows: Vec<Vec<String>> = models
            .iter()
            .zip(bars)
            .map(|(bar, figures)| {
                let mut row = vec![bar.label.clone()];
                for band in &bands {
                    let part = bar.parts.iter().find(|p| p.key == band.key);
                    row.push(match part {
                        Some(part) => part.text.clone(),
                        None if bar.hidden => words.text("number.hidden-short", &[]),
                        None => words.text("number.none", &[]),
                    });
                }
                row.push(figures.of.map_or_else(|| words.text("number.hidden-short", &[]), |of| words.number(of)));
                row
            })
            .collect();
        let mut alt = vec![words.text("chart.distribution-alt", &[("title", caption)])];
        for bar in &models {
            let parts: Vec<String> = bar
                .parts
                .iter()
                .map(|part| {
                    let word = bands.iter().find(|b| b.key == part.key).map_or("", |b| b.word.as_str());
                    words.text("chart.alt-part", &[("word", word), ("percent", &part.text)])
                })
                .collect();
            let parts = if bar.hidden { words.text("number.hidden", &[]) } else { words.list(&parts) };
            alt.push(words.text("chart.alt-bar", &[("label", &bar.label), ("parts", &parts)]));
        }
        Some(DistributionModel {
            title: None,
            bands,
            bars: models,
            alt: alt.join(" "),
            table: TableModel { caption: caption.to_owned(), columns, rows },
        })
    }

    /// Every group of the goal against its target.
    pub(super) fn groups(&self, figures: &GoalFigures) -> Option<DotsModel> {
        let groups = figures.groups(figures.at);
        if groups.is_empty() || !self.subject.audience.in_detail() {
            return None;
        }
        let (words, goal) = (self.words, self.goal_of(figures));
        let target = figures.aim.as_ref()?.target;
        let values = groups.iter().filter_map(|(_, figure)| figure.place());
        let axis = Axis::of(figures, values.chain([target]));
        let caption = words.text("chart.groups-caption", &[("when", &self.when(figures.at))]);
        let caption = match (&figures.unit, goal.compare()) {
            (Unit::Gap, Some([first, second])) => {
                let sides = [self.side_of(first), self.side_of(second)];
                words.text("chart.gap-dots", &[("title", &caption), ("first", &sides[0]), ("second", &sides[1])])
            }
            _ => caption,
        };
        // A gap is between parts of the population; one of them alone has none.
        let gap = goal.compare().is_some();
        let groups: Vec<_> = groups.iter().filter(|(_, figure)| !(gap && *figure == Figure::Nothing)).collect();
        if groups.is_empty() {
            return None;
        }
        let dots: Vec<DotModel> = groups
            .iter()
            .map(|(group, figure)| {
                let interval = match figure {
                    Figure::Shown { interval, .. } => *interval,
                    Figure::Hidden | Figure::Nothing => None,
                };
                DotModel {
                    label: self.group_name(group),
                    x: figure.place().map(|value| axis.y(value)),
                    low: interval.map(|(low, _)| axis.y(low)),
                    high: interval.map(|(_, high)| axis.y(high)),
                    text: self.on_chart(goal, figures, figure),
                    hidden: *figure == Figure::Hidden,
                }
            })
            .collect();
        let target = DotModel {
            label: words.text("page.target", &[]),
            x: Some(axis.y(target)),
            low: None,
            high: None,
            text: self.agreed(goal, figures, target),
            hidden: false,
        };
        // Read without the chart, a gap says who is ahead.
        let read: Vec<String> = groups.iter().map(|(_, figure)| self.figure(goal, &figures.unit, figure)).collect();
        let mut alt = vec![words.text("chart.dots-alt", &[("title", &caption)])];
        let each = dots.iter().zip(&read).map(|(dot, read)| (&dot.label, read));
        alt.extend(
            each.chain([(&target.label, &target.text)])
                .map(|(label, read)| words.text("chart.alt-bar", &[("label", label), ("parts", read)])),
        );
        let rows = dots.iter().zip(&groups).zip(&read).map(|((dot, (_, figure)), read)| {
            let n = self.n(figure).unwrap_or_else(|| words.text("number.none", &[]));
            vec![dot.label.clone(), read.clone(), n]
        });
        let share = if figures.unit == Unit::Share { "chart.column-share" } else { "chart.column-figure" };
        let columns = ["chart.column-group", share, "chart.column-students"];
        let table = TableModel {
            caption,
            columns: columns.iter().map(|key| words.text(key, &[])).collect(),
            rows: rows.collect(),
        };
        Some(DotsModel { axis: self.axis_marks(figures, &axis), target, dots, alt: alt.join(" "), table })
    }

    /// Whom the results now are about: the same children as before, newly measured ones, arrived ones. Only
    /// where each of these numbers may be told.
    pub(super) fn moved(&self, goal: &Goal, figures: &GoalFigures) -> Option<DistributionModel> {
        let people = figures.people?;
        let Kin::Both {
            same: Count::Exactly(same),
            newly_measured: Count::Exactly(newly),
            arrived: Count::Exactly(arrived),
        } = people.kin
        else {
            return None;
        };
        let all = same + newly + arrived;
        if goal.population().staff || all == 0 || !self.subject.audience.in_detail() {
            return None;
        }
        let words = self.words;
        let counts = [("moved-same", same), ("moved-newly", newly), ("moved-arrived", arrived)];
        let word = |key: &str| match key {
            "moved-newly" => words.text(&format!("chart.{key}{}", same::newly(goal)), &[]),
            _ => words.text(&format!("chart.{key}"), &[]),
        };
        let bands = counts.iter().map(|(key, _)| BandModel { key: (*key).into(), word: word(key) });
        let parts = counts.iter().map(|(key, n)| PartModel {
            key: (*key).into(),
            share: f64::from(*n) / f64::from(all),
            text: words.number(*n),
        });
        let label = self.short(figures.at);
        let told = counts
            .iter()
            .map(|(key, n)| words.text("chart.alt-part", &[("word", &word(key)), ("percent", &words.number(*n))]));
        let caption = words.text("chart.moved-caption", &[("when", &self.when(people.since))]);
        let parts_told = words.list(&told.collect::<Vec<_>>());
        let alt = [
            words.text("chart.distribution-alt", &[("title", &caption)]),
            words.text("chart.alt-bar", &[("label", &label), ("parts", &parts_told)]),
        ];
        let mut columns = vec![words.text("chart.column-period", &[])];
        columns.extend(counts.iter().map(|(key, _)| word(key)));
        let mut row = vec![self.when(figures.at)];
        row.extend(counts.iter().map(|(_, n)| words.number(*n)));
        Some(DistributionModel {
            title: Some(caption.clone()),
            bands: bands.collect(),
            bars: vec![BarModel {
                n: words.count("count.students", all, &[]),
                label,
                hidden: false,
                parts: parts.collect(),
            }],
            alt: alt.join(" "),
            table: TableModel { caption, columns, rows: vec![row] },
        })
    }
}
