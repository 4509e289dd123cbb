"""How far did the students move who were there both times?"""
import numpy as np

from .common import SLACK, distribution, mean, measurement, median
from .matched import gains


def answer(case):
    case.one_measure()
    within = case.parameter("same-within", 0)
    ordered = case.levels() is not None
    answers = []
    for rows, found, left_out in gains(case):
        moved = [1 if abs(gain) <= within + SLACK else 1 + int(np.sign(gain)) for gain in found]
        answers.append(measurement(rows, {
            "median-gain": median(found),
            "mean-gain": mean(found, ordered),
            "moved": distribution(moved, 3),
        }, left_out, ["no-mean"] if ordered else []))
    return answers
