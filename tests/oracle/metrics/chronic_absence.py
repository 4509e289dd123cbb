"""Chronic absence: absent on at least a tenth of the days enrolled, in whole-number arithmetic."""

import math
from fractions import Fraction

from _cells import SCORE, column, groups
from _figures import median, proportion


def answer(case):
    parameters = {"at-least": 0.1, "days": 10, **case.get("parameters", {})}
    line = Fraction(str(parameters["at-least"]))
    enrolled, absent = column(case, "days", 0), column(case, "days", 1)
    classes = column(case, "class", 0), column(case, "class", 1)
    found = []
    for rows in groups(case):
        left_out = {"missing": 0, "too-short": 0, "contradiction": 0}
        rates, chronic = [], 0
        for row in rows:
            days, away = enrolled[row], absent[row]
            if any(c[row] != SCORE for c in classes) or math.isnan(days) or math.isnan(away):
                left_out["missing"] += 1
            elif days < parameters["days"]:
                left_out["too-short"] += 1
            elif not 0 <= away <= days:
                left_out["contradiction"] += 1
            else:
                away, days = Fraction(str(away)), Fraction(str(days))
                chronic += away / days >= line
                rates.append(float(1 - away / days))
        found.append({
            "outputs": {"chronic": proportion(chronic, len(rates)), "attendance": median(rates)},
            "left-out": left_out,
        })
    return found
