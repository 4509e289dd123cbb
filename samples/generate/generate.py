"""Writes every data file of the fictional sample division. Same seed, same bytes.

Usage: python samples/generate/generate.py
"""
import pathlib
import random

import books_other
import books_reading
import books_roster
import books_task
import people
import scores

SEED = 20260313
SCHOOLS = (people.BH, people.SB, people.WB)
DATA = pathlib.Path(__file__).resolve().parent.parent / "prairie-crocus" / "data"


def division(data, seed, copy=1):
    """Writes the schools' own spreadsheets into `data` and gives the students. From the second copy on, students
    have other numbers and schools other folders."""
    students = people.build(random.Random(seed))
    for student in students if copy > 1 else []:
        student.id = f"{int(student.id) + 100_000 * (copy - 1):06d}"
    values = scores.build(random.Random(seed + 1), students)
    rng = random.Random(seed + 2)
    for year in people.YEARS:
        bh, sb, wb = (data / year / (school if copy == 1 else f"{school}-{copy}") for school in SCHOOLS)
        books_reading.reading(bh / "reading.xlsx", rng, students, values, year)
        books_other.report_card(bh / "report-card.xls", rng, students, values, year)
        books_other.survey(bh / "staff-survey.xlsx", rng, year)
        books_other.attendance(bh / "attendance.csv", random.Random(f"{seed} attendance {year}"), students, year)
        books_other.berry_reading(sb / "reading.ods", rng, students, values, year)
        books_other.berry_screener(sb / "screener.csv", rng, students, values, year)
        books_task.problem_task(sb / "problem-task.xlsx", random.Random(f"{seed} task {year}"), students, year)
        books_roster.willow_bend(wb / "all-results.xlsx", rng, students, values, year)
    return students


def main():
    students = division(DATA, SEED)
    for year in people.YEARS:
        books_roster.roster(DATA / year / "roster.xlsx", students, year)
    print(f"{len(students)} students; files written under {DATA.name}/")


if __name__ == "__main__":
    main()
