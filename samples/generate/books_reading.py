"""Writes Blue Heron's reading workbook: one tab per class, as a school really keeps it."""
import people
import scores
from books_roster import workbook

ENGLISH_ROOMS = ["A", "C"]
NAMES = {"P1": "November", "P2": "March", "P3": "June"}
CODES = ["ABS", "EX", "NA"]


def classes(students, year):
    """(sheet name, grade, students) for each class: two English rooms and one bilingual room."""
    out = []
    for grade in people.GRADES[people.BH]:
        here = [s for s in students if s.at(people.BH, year) and s.at(people.BH, year).grade == grade]
        english = [s for s in here if s.at(people.BH, year).program == "English"]
        bilingual = [s for s in here if s.at(people.BH, year).program == "EUBP"]
        out.append((f"Gr {grade} A", grade, english[0::2]))
        out.append((f"Gr {grade} B – EUBP", grade, bilingual))
        out.append((f"Gr {grade} C", grade, english[1::2]))
    return out


def cell_text(rng, s, measure, year, period, values):
    """What stands in the cell: a level, a code, or nothing."""
    e = s.at(people.BH, year)
    day = people.CLOSES[(year, period)]
    if not e.on(day):
        if e.left and e.left <= day:
            return "Moved"
        if e.entered > day and measure == "reading-en" and s.enrolled(year, period):
            # the teacher copied the November level from the other school's file
            return scores.LEVELS[values[(s.id, measure, year, period)]]
        return ""
    value = values.get((s.id, measure, year, period))
    if value is None:
        return ""
    code = scores_code(rng)
    return scores.level_text(rng, value) if code is None else code


def scores_code(rng):
    return scores.absent(rng, CODES)


def class_sheet(book, formats, name, grade, members, year, rng, values):
    """One tab. Returns the rows of the summary: periods to (at level, with a level)."""
    sheet = book.add_worksheet(name)
    bold, note = formats
    sheet.write(0, 0, f"Blue Heron School – Reading levels {year}", bold)
    sheet.write(1, 0, f"Class: {name}")
    sheet.write(2, 0, "Independent level at the end of each reporting period. Please do not add columns.", note)
    for c, text in enumerate(["Student #", "Student", "Gr"]):
        sheet.merge_range(4, c, 5, c, text, bold)
    columns = {}
    for p, period in enumerate(["P1", "P2", "P3"]):
        first = 3 + p * 2
        sheet.merge_range(4, first, 4, first + 1, NAMES[period], bold)
        for c, (language, measure) in enumerate([("English", "reading-en"), ("Ukrainian", "reading-uk")]):
            sheet.write(5, first + c, language, bold)
            sheet.write(6, first + c, "level A–Z", note)
            columns[(period, measure)] = first + c
    sheet.merge_range(4, 9, 5, 9, "Comments", bold)
    sheet.write(6, 1, "Last, First", note)
    sheet.set_column(1, 1, 26)
    sheet.set_column(9, 9, 30)
    sheet.merge_range(4, 10, 5, 10, "Guided group", bold)
    sheet.set_column(10, 10, 12, None, {"hidden": True})
    counts = {}
    for n, s in enumerate(members):
        row = 7 + n
        sheet.write_string(row, 0, s.id.lstrip("0") if n % 9 == 4 else s.id)
        known = s.preferred if s.preferred and n % 2 else s.given
        space = "\u00a0" if n % 8 == 2 else " "
        sheet.write_string(row, 1, f"{s.family},{space}{known}")
        sheet.write_string(row, 10, "ABC"[n % 3])
        sheet.write_string(row, 2, grade)
        for period in people.PERIODS[year]:
            for measure in ("reading-en", "reading-uk"):
                text = cell_text(rng, s, measure, year, period, values)
                if fault(name, year, period, measure, n):
                    text = "Q?"
                    sheet.write_comment(row, columns[(period, measure)], "check again with the running record")
                if text or n % 10 == 9:
                    sheet.write_string(row, columns[(period, measure)], untidy(n, text))
                value = values.get((s.id, measure, year, period))
                if measure == "reading-en" and value is not None and text and text not in CODES + ["Moved", "Q?"]:
                    at, known_count = counts.get(period, (0, 0))
                    reached = value >= scores.expected(measure, grade, period)
                    counts[period] = (at + reached, known_count + 1)
        if s.at(people.BH, year).left:
            sheet.write_string(row, 9, "moved away")
            sheet.set_row(row, None, None, {"hidden": True})
    row = 7 + len(members)
    if (name, year) == ("Gr 4 C", "2025-26"):
        twice(sheet, row, columns, s, grade, year, values)
        row += 1
    if (name, year) == ("Gr 2 A", "2025-26"):
        sheet.write_string(row, 0, "099999")
        sheet.write_string(row, 1, "Visitor, Guest")
        sheet.write_string(row, 2, grade)
        sheet.write_string(row, columns[("P2", "reading-en")], "K")
        row += 1
    sheet.write(row, 0, "# at level", bold)
    for period in people.PERIODS[year]:
        at, _ = counts.get(period, (0, 0))
        column = columns[(period, "reading-en")]
        letter = chr(ord("A") + column)
        level = scores.READING[grade].split()[int(period[1]) - 1]
        sheet.write_formula(row, column, f'=COUNTIF({letter}8:{letter}{row},">={level}")', bold, at)
    sheet.write(row + 2, 0, "Legend", bold)
    for n, text in enumerate(["ABS = absent at the time of assessment", "EX = exempt", "NA = not assessed",
                              "J/K = between two levels", "J+ = secure at J", "<C = not yet at C"]):
        sheet.write(row + 3 + n, 0, text, note)
    sheet.freeze_panes(7, 3)
    return counts


def untidy(n, text):
    """White space and case that only look different: none of it changes what the cell says."""
    if n % 10 == 9:
        return text + "\u00a0"
    return text.lower() if n % 12 == 7 and len(text) == 1 else text


def twice(sheet, row, columns, s, grade, year, values):
    """The last student of the class a second time, with another level in March."""
    level = values[(s.id, "reading-en", year, "P2")]
    sheet.write_string(row, 0, s.id)
    sheet.write_string(row, 1, s.last_first)
    sheet.write_string(row, 2, grade)
    sheet.write_string(row, columns[("P2", "reading-en")], scores.LEVELS[level - 1 if level else 1])


def fault(name, year, period, measure, n):
    """The planted typing mistake: a question mark after a level."""
    return (name, year, period, measure, n) == ("Gr 1 A", "2025-26", "P2", "reading-en", 6)


def reading(path, rng, students, values, year):
    book = workbook(path)
    formats = (book.add_format({"bold": True, "align": "center"}), book.add_format({"italic": True, "font_color": "#666666"}))
    summary = book.add_worksheet("Summary")
    rows = []
    for name, grade, members in classes(students, year):
        rows.append((name, len(members), class_sheet(book, formats, name, grade, members, year, rng, values)))
    summary.write(0, 0, f"Summary – reading in English {year}", formats[0])
    for c, text in enumerate(["Class", "November", "March", "June", "Rows"]):
        summary.write(2, c, text, formats[0])
    for n, (name, size, counts) in enumerate(rows):
        summary.write(3 + n, 0, name)
        for p, period in enumerate(people.PERIODS[year]):
            at, known = counts.get(period, (0, 0))
            total = 8 + size + (1 if (name, year) in (("Gr 2 A", "2025-26"), ("Gr 4 C", "2025-26")) else 0)
            letter = chr(ord("D") + p * 2)
            summary.write_formula(3 + n, 1 + p, f"='{name}'!{letter}{total}", None, at)
        summary.write_number(3 + n, 4, size)
    # what teachers leave behind: an old copy and a list, both hidden; neither may be read
    old = book.add_worksheet("Gr 1 old copy")
    for r, cells in enumerate([["Student #", "Student", "November"], ["", "", "English"], ["000001", "Old, Copy", "Z"]]):
        for c, text in enumerate(cells):
            old.write_string(r, c, text)
    old.hide()
    lists = book.add_worksheet("Lists")
    for r, level in enumerate(scores.LEVELS):
        lists.write_string(r, 0, level)
    lists.hide()
    book.close()
