"""Which share of the students is at or above the line on at least so many measures?"""
from .common import EXCLUDED, MISSING, Fault, measurement, proportion, standing


def answer(case):
    needed = case.parameter("at-least", 1)
    if needed != int(needed) or not 1 <= needed <= case.measures:
        raise Fault("bad-parameter at-least")
    measures = [case.by_group("value", "class", "line", measure=m) for m in range(case.measures)]
    answers = []
    for g, size in enumerate(case.groups):
        met = of = 0
        left_out = {"missing": 0, "excluded": 0, "no-line": 0}
        for row in range(size):
            stands = [standing(*measure[g][row]) for measure in measures]
            at, below = stands.count("at"), stands.count("below")
            if at >= needed:
                met, of = met + 1, of + 1
            elif case.measures - below < needed:
                of += 1
            else:
                left_out[next(why for why in (MISSING, EXCLUDED, "no-line") if why in stands)] += 1
        answers.append(measurement(size, {"share": proportion(met, of)}, left_out))
    return answers
