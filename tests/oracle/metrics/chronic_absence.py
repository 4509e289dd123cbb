"""Which share of the students was away for a tenth of their days or more?"""
from .common import SCORE, SLACK, Fault, measurement, median, proportion, reading


def answer(case):
    if case.measures != 2:
        raise Fault("told two-measures")
    at_least = case.parameter("at-least", 0.1)
    fewest = case.parameter("days", 10)
    enrolled_cells = case.by_group("days", "class", measure=0)
    absent_cells = case.by_group("days", "class", measure=1)
    answers = []
    for g, size in enumerate(case.groups):
        left_out = {"missing": 0, "too-short": 0, "contradiction": 0}
        chronic, attended = 0, []
        for enrolled_cell, absent_cell in zip(enrolled_cells[g], absent_cells[g]):
            enrolled, absent = enrolled_cell[0], absent_cell[0]
            if not reading(*enrolled_cell) == reading(*absent_cell) == SCORE:
                left_out["missing"] += 1
            elif enrolled < fewest:
                left_out["too-short"] += 1
            elif absent > enrolled or absent < 0:
                left_out["contradiction"] += 1
            else:
                chronic += absent / enrolled >= at_least - SLACK
                attended.append((enrolled - absent) / enrolled)
        answers.append(measurement(size, {
            "chronic": proportion(chronic, len(attended)),
            "attendance": median(attended),
        }, left_out))
    return answers
