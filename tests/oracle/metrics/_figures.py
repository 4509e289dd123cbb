"""Figures as outputs, with statsmodels and scipy."""

import numpy
from scipy import stats
from statsmodels.stats.proportion import proportion_confint


def proportion(met, of):
    low, high = map(float, proportion_confint(met, of, method="wilson")) if of else (None, None)
    value = met / of if of else None
    return {"value": value, "numerator": met, "denominator": of, "contributors": of, "low": low, "high": high}


def count(met, of):
    return {"value": met, "numerator": met, "denominator": of, "contributors": of, "low": None, "high": None}


def number(value, of, low=None, high=None):
    return {"value": value, "denominator": of, "contributors": of, "low": low, "high": high}


def median(values):
    """The median between two order statistics: the narrowest symmetric pair with at least 95 %."""
    ordered = sorted(values)
    ranks = [k for k in range(1, len(ordered) // 2 + 1) if 2 * stats.binom.cdf(k - 1, len(ordered), 0.5) <= 0.05]
    low, high = (ordered[max(ranks) - 1], ordered[len(ordered) - max(ranks)]) if ranks else (None, None)
    return number(float(numpy.median(ordered)) if ordered else None, len(ordered), low, high)


def mean(values):
    if len(values) < 2:
        return number(float(numpy.mean(values)) if len(values) else None, len(values))
    error = stats.sem(values)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=numpy.mean(values), scale=error) if error else [values[0]] * 2
    return number(float(numpy.mean(values)), len(values), float(low), float(high))
