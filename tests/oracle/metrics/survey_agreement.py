"""Agreement in a survey: the top boxes of those who answered, and how many did."""

import math
from collections import Counter

from _cells import BELOW, EXCLUDED, SCORE, column, groups
from _figures import proportion


def answer(case):
    parameters = {"top": 2, "enough": 0.5, **case.get("parameters", {})}
    levels = case["scales"][0]["levels"]
    values, classes = column(case, "answer"), column(case, "class")
    found = []
    for rows in groups(case):
        chosen, left_out = Counter(), Counter()
        for row in rows:
            if classes[row] == SCORE and not math.isnan(values[row]):
                chosen[int(values[row])] += 1
            elif classes[row] == BELOW:
                chosen[0] += 1
            else:
                left_out["excluded" if classes[row] == EXCLUDED else "no-answer"] += 1
        answered = sum(chosen.values())
        counts = [chosen[level] for level in range(levels)]
        few = len(rows) > 0 and answered / len(rows) < parameters["enough"]
        found.append({
            "outputs": {
                "agree": proportion(sum(n for level, n in chosen.items() if level >= levels - parameters["top"]), answered),
                "answers": {"value": None, "counts": counts, "denominator": answered, "contributors": answered},
                "response": proportion(answered, len(rows)),
            },
            "left-out": dict(left_out),
            "notes": ["few-answers"] if few else [],
        })
    return found
