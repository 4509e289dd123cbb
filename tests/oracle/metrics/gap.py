"""How far apart are two groups of students?"""
from .common import figure, measurement, proportion, standing, unpaired_difference


def answer(case):
    case.one_measure()
    answers = []
    for rows in case.by_group("value", "class", "line", "side"):
        left_out = {"neither": 0, "missing": 0, "excluded": 0, "no-line": 0}
        met, of = [0, 0], [0, 0]
        for value, kind, line, side in rows:
            stands = standing(value, kind, line)
            if side == "neither":
                left_out["neither"] += 1
            elif stands in ("at", "below"):
                of[side] += 1
                met[side] += stands == "at"
            else:
                left_out[stands] += 1
        total = sum(of)
        difference = met[0] / of[0] - met[1] / of[1] if all(of) else None
        answers.append(measurement(len(rows), {
            "both": proportion(sum(met), total),
            "first": proportion(met[0], of[0]),
            "second": proportion(met[1], of[1]),
            "gap": figure(difference, total, total,
                          unpaired_difference(met[0], of[0], met[1], of[1])),
        }, left_out))
    return answers
