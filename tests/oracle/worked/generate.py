"""Writes the workbooks of the worked examples. Same seed, same bytes.

Usage: python tests/oracle/worked/generate.py
Every student, number and result is invented.
"""
import pathlib
import random
from datetime import date, datetime

import xlsxwriter

DATA = pathlib.Path(__file__).resolve().parents[2] / "worked" / "data"
YEARS = {"2023-24": ("P1", "P2", "P3"), "2024-25": ("P1", "P2", "P3"), "2025-26": ("P1", "P2")}
NAMES = {"P1": "November", "P2": "March", "P3": "June"}
START = {"2023-24": date(2023, 9, 6), "2024-25": date(2024, 9, 4), "2025-26": date(2025, 9, 3)}
GRADES = {"maple": "123456", "cedar": "123"}
SIZE = {"maple": 34, "cedar": 7}
# What the middle student scores, by measure and reporting period from the first to the last.
MIDDLE = {
    "math": (55, 57, 58, 56, 57, 59, 62, 67),
    "read": (62, 62, 63, 62, 62, 62, 62, 62),
    "write": (57, 58, 58, 57, 58, 59, 55, 57),
    "spell": (60, 61, 61, 60, 62, 62, 58, 60),
}
SURVEYS = {("2024-25", "P3"): (24, 13), ("2025-26", "P2"): (27, 21)}


def book(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    out = xlsxwriter.Workbook(str(path))
    out.set_properties({"created": datetime(2026, 1, 1), "author": "Two Rivers (fictional)"})
    return out


def students(rng):
    """year → list of (number, school, grade, program, entered, left); everybody moves up a grade."""
    number, here, out = 1000, [], {}
    for year in YEARS:
        here = [(n, s, str(int(g) + 1), p, a) for n, s, g, p, a in here if str(int(g) + 1) in GRADES[s]]
        for school, grades in GRADES.items():
            for grade in grades if not out else grades[0]:
                for place in range(SIZE[school]):
                    number += 1
                    here.append((number, school, grade, "North" if place % 3 else "South", rng.gauss(0, 1)))
        rows = []
        for n, school, grade, program, ability in here:
            entered, left, luck = START[year], None, rng.random()
            if luck < .03:
                left = date(START[year].year + 1, 1, 20)
            elif luck < .06:
                entered = date(START[year].year + 1, 1, 20)
            rows.append((n, school, grade, program, entered, left, ability))
        out[year] = rows
        here = [row for row in here if not any(r[0] == row[0] and r[5] for r in rows)]
    return out


def score(rng, measure, at, grade, ability):
    if (measure, grade) == ("read", "5") and rng.random() < .6:
        return None
    if measure == "read" and grade == "6" and at == 7:
        return None
    luck = rng.random()
    if luck < .03:
        return "ABS"
    if luck < .045:
        return "OOR"
    if luck < .06:
        return None
    return round(min(100, max(0, MIDDLE[measure][at] + 13 * ability + rng.gauss(0, 6))))


def main():
    rng = random.Random(4711)
    at = -1
    for year, rows in students(rng).items():
        roster = book(DATA / year / "roster.xlsx")
        sheet, day = roster.add_worksheet("Roster"), roster.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Student", "Family", "Given", "School", "Grade", "Program", "Entered", "Left"])
        for n, (number, school, grade, program, entered, left, _) in enumerate(rows, start=1):
            sheet.write_row(n, 0, [number, f"Family{number}", f"Given{number}", school, grade, program])
            sheet.write_datetime(n, 6, datetime.combine(entered, datetime.min.time()), day)
            if left:
                sheet.write_datetime(n, 7, datetime.combine(left, datetime.min.time()), day)
        roster.close()
        results = book(DATA / year / "results.xlsx")
        sheet = results.add_worksheet("Results")
        sheet.write_row(0, 0, ["Student", "School", "Term", "Math", "Read", "Write", "Spell", "Enrolled", "Absent"])
        line = 0
        for period in YEARS[year]:
            at += 1
            for number, school, grade, _, entered, left, ability in rows:
                gone = left and period != "P1" or entered > START[year] and period == "P1"
                if gone:
                    continue
                line += 1
                sheet.write_row(line, 0, [number, school, NAMES[period]])
                for column, measure in enumerate(MIDDLE, start=3):
                    value = score(rng, measure, at, grade, ability)
                    if value is not None:
                        sheet.write(line, column, value)
                often = rng.random() < (.24, .24, .23, .24, .22, .22, .20, .16)[at]
                sheet.write_row(line, 7, [60, rng.randint(6, 14) if often else rng.randint(0, 5)])
        results.close()
        if surveys := [(p, n) for (y, p), n in SURVEYS.items() if y == year]:
            survey = book(DATA / year / "survey.xlsx")
            for period, (answers, agree) in surveys:
                sheet = survey.add_worksheet(NAMES[period])
                sheet.write(0, 0, "Belief")
                for n in range(answers):
                    sheet.write(n + 1, 0, "Agree" if n < agree else ("Neutral", "Disagree")[n % 2])
            survey.close()


if __name__ == "__main__":
    main()
