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
DATA = pathlib.Path(__file__).resolve().parent.parent / "prairie-crocus" / "data"


def main():
    students = people.build(random.Random(SEED))
    values = scores.build(random.Random(SEED + 1), students)
    rng = random.Random(SEED + 2)
    for year in people.YEARS:
        folder = DATA / year
        books_roster.roster(folder / "roster.xlsx", students, year)
        books_reading.reading(folder / "blue-heron" / "reading.xlsx", rng, students, values, year)
        books_other.report_card(folder / "blue-heron" / "report-card.xls", rng, students, values, year)
        books_other.survey(folder / "blue-heron" / "staff-survey.xlsx", rng, year)
        away = folder / "blue-heron" / "attendance.csv"
        books_other.attendance(away, random.Random(f"{SEED} attendance {year}"), students, year)
        books_other.berry_reading(folder / "saskatoon-berry" / "reading.ods", rng, students, values, year)
        books_other.berry_screener(folder / "saskatoon-berry" / "screener.csv", rng, students, values, year)
        task = folder / "saskatoon-berry" / "problem-task.xlsx"
        books_task.problem_task(task, random.Random(f"{SEED} task {year}"), students, year)
        books_roster.willow_bend(folder / "willow-bend" / "all-results.xlsx", rng, students, values, year)
    print(f"{len(students)} students; files written under {DATA.name}/")


if __name__ == "__main__":
    main()
