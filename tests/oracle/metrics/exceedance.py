"""How many students go beyond what is expected, and how far from the line are they?"""
import math

from .common import BELOW, SCORE, distribution, measurement, median, proportion, reading

BANDS = 4  # below, approaching, at, above


def answer(case):
    case.one_measure()
    answers = []
    for rows in case.by_group("value", "class", "approaching", "at", "above"):
        left_out = {"missing": 0, "excluded": 0, "no-line": 0}
        bands, distances, uppers = [], [], []
        for value, kind, *lines in rows:
            kind = reading(value, kind)
            if kind == BELOW:
                bands.append(0)
            elif kind != SCORE:
                left_out[kind] += 1
            elif math.isnan(lines[1]):
                left_out["no-line"] += 1
            else:
                bands.append(max((n for n, line in enumerate(lines, 1) if value >= line), default=0))
                distances.append(value - lines[1])
                uppers.append(lines[2])
        notes = ["no-upper-line"] if uppers and all(math.isnan(upper) for upper in uppers) else []
        answers.append(measurement(len(rows), {
            "exceeding": proportion(bands.count(3), len(bands)),
            "bands": distribution(bands, BANDS),
            "distance": median(distances),
        }, left_out, notes))
    return answers
