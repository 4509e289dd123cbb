"""Writes the division roster and Willow Bend's small workbook with XlsxWriter."""
from datetime import datetime

import xlsxwriter

import people
import scores

CREATED = {"title": "Sample data (fictional)", "author": "Prairie Crocus School Division", "created": datetime(2026, 1, 1)}


def workbook(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    book.set_properties(CREATED)
    return book


def short_number(n, student):
    """Some offices type the number, and Excel drops the leading zero."""
    return student.id.lstrip("0") if n % 17 == 5 else student.id


def roster(path, students, year, schools=(people.BH, people.SB, people.WB)):
    """The enrolments of a year, school by school; a school beyond the sample's needs a name in SCHOOL_NAMES."""
    book = workbook(path)
    sheet = book.add_worksheet("Enrolment")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write(0, 0, "Prairie Crocus School Division", bold)
    sheet.write(1, 0, f"Enrolment list {year} (fictional sample data)")
    sheet.write(2, 0, "Exit Date = first day no longer enrolled. Program: EUBP = English–Ukrainian Bilingual.")
    heads = ["Student Number", "Legal Last Name", "Legal First Name", "Preferred Name", "School", "Grade",
             "Program", "Entry Date", "Exit Date"]
    for c, text in enumerate(heads):
        sheet.write(4, c, text, bold)
    sheet.set_column(0, 4, 18)
    sheet.set_column(7, 8, 12)
    row = 5
    for school in schools:
        for s in students:
            for e in s.enrolments:
                if e.year != year or e.school != school:
                    continue
                sheet.write_string(row, 0, short_number(row, s))
                for c, text in enumerate([s.family, s.given, s.preferred, people.SCHOOL_NAMES[school],
                                          "Kindergarten" if e.grade == "K" else e.grade, e.program], start=1):
                    sheet.write_string(row, c, text)
                sheet.write_datetime(row, 7, datetime.combine(e.entered, datetime.min.time()), day)
                if e.left:
                    sheet.write_datetime(row, 8, datetime.combine(e.left, datetime.min.time()), day)
                row += 1
    sheet.autofilter(4, 0, row - 1, len(heads) - 1)
    sheet.freeze_panes(5, 0)
    book.close()


WB_COLUMNS = [("reading-en", "Reading"), ("num-knowledge", "Knowledge and Understanding"),
              ("num-mental", "Mental Math and Estimation"), ("num-problem", "Problem Solving")]


def willow_bend(path, rng, students, values, year):
    book = workbook(path)
    sheet = book.add_worksheet("All grades")
    bold = book.add_format({"bold": True, "text_wrap": True, "align": "center"})
    sheet.write(0, 0, "Willow Bend Colony School – all results", bold)
    sheet.write(1, 0, f"School year {year}. Multi-grade classroom, Kindergarten to Grade 8.")
    for c, text in enumerate(["Local ID", "Student", "Gr"]):
        sheet.merge_range(3, c, 4, c, text, bold)
    for p, period in enumerate(["November", "March", "June"]):
        first = 3 + p * 4
        sheet.merge_range(3, first, 3, first + 3, period, bold)
        for c, (_, title) in enumerate(WB_COLUMNS):
            sheet.write(4, first + c, title, bold)
    sheet.set_column(1, 1, 24)
    here = [s for s in students if s.at(people.WB, year)]
    here.sort(key=lambda s: ("K12345678".index(s.at(people.WB, year).grade), s.family, s.given))
    for n, s in enumerate(here):
        row, grade = 5 + n, s.at(people.WB, year).grade
        sheet.write_number(row, 0, int(s.id))
        sheet.write_string(row, 1, f"{s.given} {s.family}")
        sheet.write(row, 2, grade if grade == "K" else int(grade))
        for p, period in enumerate(people.PERIODS[year]):
            for c, (measure, _) in enumerate(WB_COLUMNS):
                value = values.get((s.id, measure, year, period))
                if value is None or (n, year, period) == (11, "2025-26", "P2"):
                    if value is not None:
                        sheet.write_string(row, 3 + p * 4 + c, "ABS")
                    continue
                if measure == "reading-en":
                    sheet.write_string(row, 3 + p * 4 + c, scores.level_text(rng, value))
                elif value == 0:
                    sheet.write_string(row, 3 + p * 4 + c, "ND")
                else:
                    sheet.write_number(row, 3 + p * 4 + c, value)
    sheet.write(5 + len(here) + 1, 0, "Legend")
    sheet.write(5 + len(here) + 2, 0, "Reading: level of independent reading. Numeracy: ND, 1–4 as on the report card.")
    book.close()
