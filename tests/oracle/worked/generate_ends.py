"""Writes the workbooks of the second division of worked examples. Same seed, same bytes.

Usage: python tests/oracle/worked/generate_ends.py
How many stand at level is written down here, period by period, so that a goal is missed in June and reached by
next year's children, a gap changes sides, or nobody is measured in the period that should decide. Every
student, number and result is invented.
"""
import pathlib
import random
from datetime import date, datetime

import xlsxwriter

DATA = pathlib.Path(__file__).resolve().parents[2] / "worked-ends" / "data"
YEARS = {"2023-24": date(2023, 9, 6), "2024-25": date(2024, 9, 4), "2025-26": date(2025, 9, 3),
         "2026-27": date(2026, 9, 2)}
TERMS = ("November", "March", "June")
GRADES = {"birch": "1234", "alder": "12"}
# Share at level in twelve periods; where there are two figures, the second is the part of the students with a
# result. None: nobody was measured.
SHARES = {
    "Math": (.40, .42, .44, .46, .48, .50, .54, .58, .62, .80, .82, .85),
    "Read": (.45, .46, .47, .48, .49, .50, .60, .68, .78, .60, .58, .55),
    "Write": (.45, .46, .47, .48, .49, .50, .58, .66, None, .80, .82, .84),
    "Spell": (.45, .46, .47, .48, .49, .50, .55, .60, (.80, .4), .80, .82, .84),
    "Phonics": (.45, .46, .47, .48, .49, .50, None, None, None, .80, .82, .84),
    "Fluency": (None, None, None, None, None, None, (.50, .5), (.56, .9), .66, .85, .86, .88),
    "Drafts": (None, None, None, None, None, None, (.50, .6), (.55, .7), (.60, .65), .80, .82, .84),
    "Tables": (None, None, None, None, None, None, None, None, .80, .85, .92, .95),
    "Number": (.45, .46, .47, .48, .49, .50, .55, .60, .62, .90, .92, .94),
    "Word": (.45, .46, .47, .48, .49, .50, .55, .60, .62, .65, .66, .68),
}
# Students at level in Grades 1 to 3, of 45 in each program: North, South.
SIDES = {
    "Vocab": ((28, 22), (28, 23), (29, 24), (29, 25), (30, 26), (30, 27), (29, 27), (27, 30), (30, 30), (28, 33),
              (31, 33), (33, 31)),
    "Story": ((36, 22), (36, 23), (37, 24), (37, 25), (38, 25), (38, 26), (36, 27), (34, 29), (28, 33), (31, 31),
              (33, 31), (36, 30)),
}
# Share that gained as much as was hoped for since November: by March (4 points), by June (8 points), a year each.
GAINS = {
    "Level": ((.40, .50), (.45, .55), (.60, .58), (.50, .72)),
    "Pace": ((.42, .48), (None, .50), (.55, .60), (.70, .65)),
}
ABSENT = (.30, .30, .29, .29, .28, .28, .27, .26, .24, .18, .30, .20)


def book(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    out = xlsxwriter.Workbook(str(path))
    out.set_properties({"created": datetime(2026, 1, 1), "author": "Three Lakes (fictional)"})
    return out


def students(rng):
    """year → rows; everybody moves up a grade, a few of Grade 4 come or leave in January."""
    number, here, out = 5000, [], {}
    for year, first in YEARS.items():
        here = [(n, s, str(int(g) + 1), p, a) for n, s, g, p, a in here if str(int(g) + 1) in GRADES[s]]
        for school, grades in GRADES.items():
            size = 30 if school == "birch" else 14 if year == "2026-27" else 8
            for grade in grades if not out else grades[0]:
                for place in range(size):
                    number += 1
                    here.append((number, school, grade, ("North", "South")[place % 2], rng.gauss(0, 1)))
        january, moving = date(first.year + 1, 1, 20), []
        for n, row in enumerate(r for r in here if r[2] == "4"):
            moving.append((row[0], january if n % 9 == 4 else first, january if n % 11 == 7 else None))
        when = {number: (entered, left) for number, entered, left in moving}
        out[year] = [(*row, *when.get(row[0], (first, None))) for row in here]
    return out


def groups(rows):
    """Cells within which the share at level holds: school, program, Grades 1 to 3 or Grade 4."""
    cells = {}
    for row in rows:
        cells.setdefault((row[1], row[3], row[2] == "4"), []).append(row)
    return cells.items()


def first(rng, rows, part):
    """So many of them, those with more behind them more often."""
    order = sorted(rows, key=lambda row: -row[4] + rng.gauss(0, .6))
    return {row[0] for row in order[:round(part * len(rows))]}


def results(rng, at, rows, before):
    """student → measure → value, in one period."""
    out = {row[0]: {} for row in rows}
    for measure, shares in SHARES.items():
        part, covered = shares[at] if isinstance(shares[at], tuple) else (shares[at], 1)
        for _, cell in groups(rows) if part is not None else ():
            measured = rng.sample(cell, round(covered * len(cell)))
            met = first(rng, measured, part)
            for row in measured:
                out[row[0]][measure] = rng.randint(60, 95) if row[0] in met else rng.randint(25, 59)
    for measure, sides in SIDES.items():
        for (school, program, fourth), cell in groups(rows):
            part = .6 if fourth or school == "alder" else sides[at][program == "South"] / 45
            met = first(rng, cell, part)
            for row in cell:
                out[row[0]][measure] = rng.randint(60, 95) if row[0] in met else rng.randint(25, 59)
    for measure, gains in GAINS.items():
        part = gains[at // 3][at % 3 - 1] if at % 3 else 1
        for _, cell in groups(rows) if part is not None else ():
            met = first(rng, cell, part)
            for row in cell:
                if at % 3 == 0:
                    out[row[0]][measure] = round(min(75, max(20, 45 + 9 * row[4])))
                elif row[0] in before and measure in before[row[0]]:
                    low = 4 * (at % 3)
                    gain = rng.randint(low, low + 6) if row[0] in met else rng.randint(low - 7, low - 1)
                    out[row[0]][measure] = before[row[0]][measure] + gain
    for _, cell in groups(rows):
        often = first(rng, cell, ABSENT[at])
        for row in cell:
            out[row[0]] |= {"Enrolled": 60, "Absent": rng.randint(6, 14) if row[0] in often else rng.randint(0, 5)}
    return out


def main():
    rng = random.Random(2027)
    columns = [*SHARES, *SIDES, *GAINS, "Enrolled", "Absent"]
    for at, (year, rows) in enumerate(students(rng).items()):
        roster = book(DATA / year / "roster.xlsx")
        sheet, day = roster.add_worksheet("Roster"), roster.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Student", "Family", "Given", "School", "Grade", "Program", "Entered", "Left"])
        for n, (number, school, grade, program, _, entered, left) in enumerate(rows, start=1):
            sheet.write_row(n, 0, [number, f"Family{number}", f"Given{number}", school, grade, program])
            sheet.write_datetime(n, 6, datetime.combine(entered, datetime.min.time()), day)
            if left:
                sheet.write_datetime(n, 7, datetime.combine(left, datetime.min.time()), day)
        roster.close()
        workbook = book(DATA / year / "results.xlsx")
        sheet = workbook.add_worksheet("Results")
        sheet.write_row(0, 0, ["Student", "School", "Term", *columns])
        line, autumn = 0, {}
        for place, term in enumerate(TERMS):
            here = [row for row in rows if (row[6] is None if place else row[5] == YEARS[year])]
            values = results(rng, 3 * at + place, here, autumn)
            autumn = autumn or values
            for row in here:
                line += 1
                sheet.write_row(line, 0, [row[0], row[1], term])
                for column, measure in enumerate(columns, start=3):
                    if measure in values[row[0]]:
                        sheet.write(line, column, values[row[0]][measure])
        workbook.close()


if __name__ == "__main__":
    main()
