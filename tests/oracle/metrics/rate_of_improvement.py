"""How fast do scores rise, in points a week?"""
from scipy import stats

from .common import SCORE, SLACK, Fault, mean, measurement, median, proportion, reading


def answer(case):
    case.one_measure()
    if case.levels() is not None:
        raise Fault("ordered-scale")
    rate = case.parameter("rate")
    points = case.parameter("points", 3)
    aims = {"target", "target-day"} & case.parameters.keys()
    target, target_day = (case.parameter(name) if aims else None for name in ("target", "target-day"))
    periods = [case.by_group("value", "class", "day", period=p) for p in range(case.periods)]
    answers = []
    for g, size in enumerate(case.groups):
        slopes, fast, few = [], 0, 0
        for row in range(size):
            cells = [period[g][row] for period in periods]
            seen = [(day / 7, value) for value, kind, day in cells if reading(value, kind) == SCORE]
            if len(seen) < points:
                few += 1
                continue
            asked = rate
            if aims:
                # The line through the first score and the target; those who are there are asked for the rate.
                week, score = seen[0]
                if week >= target_day / 7:
                    continue
                asked = max(rate, (target - score) / (target_day / 7 - week))
            slope = float(stats.linregress(*zip(*seen)).slope)
            slopes.append(slope)
            fast += slope >= asked - SLACK
        answers.append(measurement(size, {
            "fast-enough": proportion(int(fast), len(slopes)),
            "median-rate": median(slopes),
            "mean-rate": mean(slopes),
        }, {"too-few-points": few, "no-aimline": size - len(slopes) - few}))
    return answers
