"""What the second answers share: cases, readings, intervals and figures.

A case is a `[[case]]` of a worked.toml. Nothing here is taken from the metrics themselves.
"""
import math

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

SCORE, BELOW, EXCLUDED, MISSING = "score", "below", "excluded", "missing"
SLACK = 1e-9


class Fault(Exception):
    """A question that a metric refuses. The text is what a case's `fault` says."""


class Case:
    """Columns cut into groups, scales and parameters."""

    def __init__(self, raw):
        self.groups = raw["groups"]
        self.rows = sum(self.groups)
        self.parameters = raw.get("parameters", {})
        self.columns = {}
        for key, cells in raw.get("columns", {}).items():
            name, _, period = key.partition("@")
            name, _, measure = name.partition("/")
            if not isinstance(cells, list):
                cells = [cells] * self.rows
            if len(cells) != self.rows:
                raise ValueError(f"{key}: {len(cells)} cells for {self.rows} rows")
            self.columns[name, int(measure or 0), int(period or 0)] = cells
        self.measures = 1 + max((measure for _, measure, _ in self.columns), default=0)
        self.periods = 1 + max((period for _, _, period in self.columns), default=0)
        self.scales = raw.get("scales", [{} for _ in range(self.measures)])
        self.measures = max(self.measures, len(self.scales))

    def levels(self, measure=0):
        """Number of ordered levels, or None on a scale of numbers."""
        return self.scales[measure].get("levels")

    def one_measure(self):
        if self.measures != 1:
            raise Fault("told one-measure")

    def parameter(self, name, default=None):
        value = self.parameters.get(name, default)
        if value is None:
            raise Fault(f"bad-parameter {name}")
        return value

    def column(self, name, measure=0, period=0):
        """The cells of a column, cut into groups."""
        cells = self.columns[name, measure, period]
        edges = np.cumsum([0] + self.groups)
        return [cells[a:b] for a, b in zip(edges, edges[1:])]

    def by_group(self, *names, measure=0, period=0):
        """For each group, its rows as tuples of the named columns' cells."""
        columns = [self.column(name, measure, period) for name in names]
        return [list(zip(*(column[g] for column in columns))) for g in range(len(self.groups))]


def reading(value, kind):
    """What a reading counts as; a score without a number is missing."""
    return MISSING if kind == SCORE and math.isnan(value) else kind


def standing(value, kind, line):
    """Whether a reading is "at" the line or "below" it, or else why neither can be said."""
    kind = reading(value, kind)
    if kind == SCORE:
        if math.isnan(line):
            return "no-line"
        return "at" if value >= line else "below"
    return kind


# Intervals, all of 95 %.

def wilson(met, of):
    if of == 0:
        return None
    low, high = proportion_confint(met, of, alpha=0.05, method="wilson")
    return (0.0 if met == 0 else float(low), 1.0 if met == of else float(high))


def median_interval(values):
    n = len(values)
    ranks = [r for r in range(1, n // 2 + 1) if 2 * stats.binom.cdf(r - 1, n, 0.5) <= 0.05]
    if not ranks:
        return None
    ordered = np.sort(np.asarray(values, float))
    return float(ordered[ranks[-1] - 1]), float(ordered[n - ranks[-1]])


def mean_interval(values):
    if len(values) < 2:
        return None
    spread = stats.sem(values)
    if spread == 0:
        return float(np.mean(values)), float(np.mean(values))
    low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=spread)
    return float(low), float(high)


def unpaired_difference(met1, of1, met2, of2):
    """Newcombe (1998), Stat Med 17:873-890, method 10: hybrid of two score intervals."""
    if of1 == 0 or of2 == 0:
        return None
    low, high = confint_proportions_2indep(met1, of1, met2, of2, method="newcomb", compare="diff",
                                           alpha=0.05)
    return float(low), float(high)


def paired_difference(both, only_first, only_second, neither):
    """Newcombe (1998), Stat Med 17:2635-2650, method 10: score limits with corrected phi."""
    n = both + only_first + only_second + neither
    if n == 0:
        return None
    table = np.array([[both, only_first], [only_second, neither]], float)
    first, second = table.sum(axis=1)[0], table.sum(axis=0)[0]
    determinant = both * neither - only_first * only_second
    if determinant > 0:
        determinant = max(determinant - n / 2, 0.0)
    margins = np.prod(table.sum(axis=1)) * np.prod(table.sum(axis=0))
    phi = 0.0 if margins == 0 else determinant / math.sqrt(margins)
    low1, high1 = wilson(int(first), n)
    low2, high2 = wilson(int(second), n)
    p1, p2 = first / n, second / n

    def reach(a, b):
        return math.sqrt(max(a * a - 2 * phi * a * b + b * b, 0.0))

    low = p1 - p2 - reach(p1 - low1, high2 - p2)
    return float(low), float(p1 - p2 + reach(high1 - p1, p2 - low2))


# Figures.

def figure(value, denominator, contributors, interval=None, **more):
    low, high = ("none", "none") if interval is None else interval
    return {"value": "none" if value is None else float(value), **more, "denominator": denominator,
            "contributors": contributors, "low": low, "high": high}


def proportion(met, of):
    return figure(met / of if of else None, of, of, wilson(met, of), numerator=met)


def count(met, of):
    return figure(met, of, of, numerator=met)


def median(values, interval=True):
    n = len(values)
    return figure(np.median(values) if n else None, n, n,
                  median_interval(values) if interval else None)


def mean(values, ordered=False):
    n = len(values)
    if ordered:
        return figure(None, n, n)
    return figure(np.mean(values) if n else None, n, n, mean_interval(values))


def distribution(indexes, parts):
    counts = np.bincount(np.asarray(indexes, int), minlength=parts).tolist()
    return figure(None, sum(counts), sum(counts), counts=counts)


def measurement(rows, outputs, left_out, notes=()):
    """One group's answer: nothing may be lost between the first output and the rows left out."""
    first = next(iter(outputs.values()))
    assert first["denominator"] + sum(left_out.values()) == rows
    return {"outputs": outputs, "left-out": left_out, "notes": list(notes)}
