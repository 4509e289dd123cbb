"""How fast do scores rise, in points a week?"""
from scipy import stats

from .common import SCORE, SLACK, Fault, mean, measurement, median, proportion, reading


def answer(case):
    case.one_measure()
    if case.levels() is not None:
        raise Fault("ordered-scale")
    rate = case.parameter("rate")
    points = case.parameter("points", 3)
    periods = [case.by_group("value", "class", "day", period=p) for p in range(case.periods)]
    answers = []
    for g, size in enumerate(case.groups):
        slopes = []
        for row in range(size):
            cells = [period[g][row] for period in periods]
            seen = [(day / 7, value) for value, kind, day in cells if reading(value, kind) == SCORE]
            if len(seen) >= points:
                slopes.append(float(stats.linregress(*zip(*seen)).slope))
        answers.append(measurement(size, {
            "fast-enough": proportion(sum(slope >= rate - SLACK for slope in slopes), len(slopes)),
            "median-rate": median(slopes),
            "mean-rate": mean(slopes),
        }, {"too-few-points": size - len(slopes)}))
    return answers
