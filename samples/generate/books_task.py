"""Writes Saskatoon Berry's problem-solving task: names only, and a block of columns for each grade.

The middle-years team keeps one sheet for all grades, each grade with its own three columns, as
trackers that grew over the years do. In March 2026 only Grade 4 had been marked, so that period
says too little to judge by.
"""
import unicodedata
from datetime import date

import people
from books_roster import workbook

GRADES = ["4", "5", "6", "7", "8"]
NAMES = {"P1": "November", "P2": "March", "P3": "June"}
# Share at 3 or above: (2024-25 P1 P2 P3, 2025-26 P1 P2).
SHARES = (.44, .48, .53, .55, .58)


def typed(n, s):
    """The name as a teacher types it: the name that the child uses, or without accents, or with odd spaces."""
    given = s.preferred if s.preferred and n % 2 else s.given
    name = f"{s.family}, {given}"
    if n % 4 == 1:
        name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    if n % 7 == 3:
        name = name.replace(", ", ",\u00a0")
    return name.replace("’", "'") if n % 2 else name


def mark(rng, s, share):
    """A rubric mark as written: 1 to 4, `3-` or `2+` now and then, `2-3` between two marks."""
    level = min(max(round(2.55 + (share - .5) * 1.6 + 0.75 * s.ability + rng.gauss(0, 0.45)), 1), 4)
    luck = rng.random()
    if luck < .04:
        return rng.choice(["ABS", "EX", "NA"])
    if luck < .07:
        return ""
    if luck < .10 and level in (2, 3):
        return f"{level}+" if level == 2 else "3-"
    if luck < .12 and level < 4:
        return f"{level}/{level + 1}"
    return level


def problem_task(path, rng, students, year):
    book = workbook(path)
    bold = book.add_format({"bold": True, "align": "center", "border": 1})
    note = book.add_format({"italic": True, "font_color": "#666666"})
    day = book.add_format({"num_format": "d-mmm"})
    sheet = book.add_worksheet("Middle years")
    overview = book.add_worksheet("Overview")
    sheet.write(0, 0, f"Saskatoon Berry School – Problem-solving task {year}", bold)
    sheet.write(1, 0, "One task per reporting period, marked together with the common rubric.", note)
    if year == "2025-26":
        sheet.write(2, 0, "March: marking day for Grades 5 to 8 is after spring break.", note)
    for c, text in enumerate(["No.", "Student"]):
        sheet.merge_range(4, c, 5, c, text, bold)
    columns = {}
    for g, grade in enumerate(GRADES):
        first = 3 + g * 4                      # column C and one column after each block stay empty
        sheet.merge_range(4, first, 4, first + 2, f"Grade {grade}", bold)
        for p, period in enumerate(["P1", "P2", "P3"]):
            sheet.write(5, first + p, NAMES[period], bold)
            columns[(grade, period)] = first + p
    last = 3 + len(GRADES) * 4
    sheet.merge_range(4, last, 5, last, "Guided group", bold)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 2)
    sheet.set_column(last, last, 12, None, {"hidden": True})
    row, averages = 6, []
    for grade in GRADES:
        sheet.write(row, 0, f"Grade {grade}", bold)
        row += 1
        top = row
        here = [s for s in students if s.at(people.SB, year) and s.at(people.SB, year).grade == grade]
        for n, s in enumerate(here):
            e = s.at(people.SB, year)
            sheet.write_number(row, 0, n + 1)
            sheet.write_string(row, 1, typed(n, s))
            sheet.write_string(row, last, "ABC"[n % 3])
            for period in people.PERIODS[year]:
                text = mark(rng, s, SHARES[(0 if year == "2024-25" else 3) + int(period[1]) - 1])
                if not e.on(people.CLOSES[(year, period)]):
                    continue
                if (year, period) == ("2025-26", "P2") and grade != "4":
                    continue
                column = columns[(grade, period)]
                if (year, period, n) == ("2025-26", "P1", 5) and grade == "6":
                    sheet.write_datetime(row, column, date(2025, 4, 3), day)      # somebody typed 3-4
                elif (year, period, n) == ("2025-26", "P1", 8) and grade == "7":
                    sheet.write_formula(row, column, "=VLOOKUP(B1,Overview!A1:B2,2,0)", None, "#N/A")
                elif text != "":
                    sheet.write(row, column, text)
            if e.left:
                sheet.set_row(row, None, None, {"hidden": True})                  # moved away, so hidden
            row += 1
        if (year, grade) == ("2025-26", "5"):
            sheet.write_number(row, 0, len(here) + 1)
            sheet.write_string(row, 1, "Visitor, Guest")
            sheet.write_number(row, columns[(grade, "P1")], 3)
            row += 1
        sheet.write(row, 0, f"Grade {grade} at 3 or 4", note)
        for period in people.PERIODS[year]:
            letter = column_letter(columns[(grade, period)])
            sheet.write_formula(row, columns[(grade, period)], f'=COUNTIF({letter}{top + 1}:{letter}{row},">=3")', note, 0)
        averages.append((grade, row + 1))
        row += 2
    sheet.write(row, 0, "Scale: 1 beginning, 2 partial, 3 sound, 4 thorough. ABS absent, EX exempt, NA not assessed.", note)
    overview.write(0, 0, "Students at 3 or 4", bold)
    for n, (grade, at) in enumerate(averages):
        overview.write(1 + n, 0, f"Grade {grade}")
        overview.write_formula(1 + n, 1, f"='Middle years'!{column_letter(columns[(grade, 'P1')])}{at}", None, 0)
    sheet.freeze_panes(6, 2)
    book.close()


def column_letter(column):
    return chr(65 + column) if column < 26 else "A" + chr(65 + column - 26)
