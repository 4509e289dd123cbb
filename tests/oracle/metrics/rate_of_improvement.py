"""Rate of improvement: least-squares slopes with scipy.stats.linregress, in points a week.

With a target, the aimline is the line through a student's first score and the target on its day,
but never less steep than `rate`.
"""

import math

from _cells import SCORE, column, groups, periods
from _figures import mean, median, proportion
from scipy import stats


def answer(case):
    parameters = {"points": 3, **case["parameters"]}
    found = []
    points = [
        [column(case, name, period=period) for name in ("day", "value", "class")]
        for period in range(periods(case, "value"))
    ]
    for rows in groups(case):
        slopes, fast, few, late = [], 0, 0, 0
        for row in rows:
            mine = [(day[row], value[row]) for day, value, reading in points if reading[row] == SCORE]
            mine = [point for point in mine if not any(map(math.isnan, point))]
            days = {day for day, _ in mine}
            if len(mine) < parameters["points"] or len(days) < 2:
                few += 1
                continue
            aim = parameters["rate"]
            if "target" in parameters:
                day, score = min(mine)
                if day >= parameters["target-day"]:
                    late += 1
                    continue
                aim = max(aim, (parameters["target"] - score) * 7 / (parameters["target-day"] - day))
            slope = float(stats.linregress(*zip(*mine)).slope) * 7
            slopes.append(slope)
            fast += slope >= aim - 1e-9
        outputs = {"fast-enough": proportion(fast, len(slopes)), "median-rate": median(slopes), "mean-rate": mean(slopes)}
        found.append({"outputs": outputs, "left-out": {"too-few-points": few, "no-aimline": late}})
    return found
