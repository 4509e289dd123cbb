"""Writes the old .xls report card, Saskatoon Berry's .ods and .csv, and the staff survey."""
import zipfile
from xml.sax.saxutils import escape

import xlwt

import people
import scores
from books_roster import workbook

CATEGORIES = [("num-knowledge", "Knowledge and Understanding"), ("num-mental", "Mental Math and Estimation"),
              ("num-problem", "Problem Solving")]
NAMES = {"P1": "November", "P2": "March", "P3": "June"}


def report_card(path, rng, students, values, year):
    """BIFF8, as the student system exports it: every cell is text, also the numbers."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Mathematics")
    bold = xlwt.easyxf("font: bold on; align: horiz center")
    sheet.write(0, 0, "Report card marks – Mathematics", bold)
    sheet.write(1, 0, f"Blue Heron School, {year}. ND = not demonstrated, NA = not assessed, IN = incomplete.")
    for c, text in enumerate(["Student Number", "Student Name", "Grade", "Program"]):
        sheet.write_merge(3, 4, c, c, text, bold)
    for p, period in enumerate(["P1", "P2", "P3"]):
        if period not in people.PERIODS[year]:
            continue
        first = 4 + p * 3
        sheet.write_merge(3, 3, first, first + 2, "Term " + period[1], bold)
        for c, (_, title) in enumerate(CATEGORIES):
            sheet.write(4, first + c, title, bold)
    row = 5
    here = [s for s in students if s.at(people.BH, year) and s.at(people.BH, year).grade != "K"]
    here.sort(key=lambda s: (s.at(people.BH, year).grade, s.family, s.given, s.id))
    for s in here:
        e = s.at(people.BH, year)
        for c, text in enumerate([s.id, s.last_first, e.grade, e.program]):
            sheet.write(row, c, text)
        for p, period in enumerate(people.PERIODS[year]):
            for c, (measure, _) in enumerate(CATEGORIES):
                value = values.get((s.id, measure, year, period))
                if value is None or not e.on(people.CLOSES[(year, period)]):
                    continue
                text = scores.absent(rng, ["NA", "IN", "IN"])
                sheet.write(row, 4 + p * 3 + c, card_text(row + c, value) if text is None else text)
        row += 1
    sheet.write(row, 0, f"Total: {len(here)} students")
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))


def card_text(n, value):
    """A mark as it was keyed: text, now and then a number, or with a sign that changes nothing."""
    if value == 0:
        return "ND"
    if n % 23 == 4:
        return value
    return f"{value}{'-' if value == 3 else '+'}" if n % 37 == 8 and value in (2, 3) else str(value)


MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""
CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"""


def ods_row(cells):
    out, empty = [], 0
    for text in cells + [None]:
        if text == "":
            empty += 1
            continue
        if empty:
            out.append(f'<table:table-cell table:number-columns-repeated="{empty}"/>')
            empty = 0
        if text is None:
            break
        if isinstance(text, int):
            out.append(f'<table:table-cell office:value-type="float" office:value="{text}"><text:p>{text}</text:p>'
                       "</table:table-cell>")
        else:
            out.append(f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>')
    return "<table:table-row>" + "".join(out) + "</table:table-row>"


def ods(path, sheet, rows):
    table = f'<table:table table:name="{escape(sheet)}">' + "\n".join(ods_row(r) for r in rows)
    table += '<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="20"/>'
    table += "</table:table-row></table:table>"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text, how in [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED),
            ("META-INF/manifest.xml", MANIFEST, zipfile.ZIP_DEFLATED),
            ("content.xml", CONTENT.format(tables=table), zipfile.ZIP_DEFLATED),
        ]:
            info = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            info.compress_type = how
            archive.writestr(info, text.encode("utf-8"))


def berry_reading(path, rng, students, values, year):
    rows = [["Saskatoon Berry School"], [f"Reading levels {year}"], [],
            ["Student No.", "Last name", "First name", "Grade", "Nov Rdg Lvl", "", "Mar Rdg Lvl", "", "Jun Rdg Lvl"]]
    here = [s for s in students if s.at(people.SB, year)]
    here.sort(key=lambda s: ("K12345678".index(s.at(people.SB, year).grade), s.family, s.given, s.id))
    for n, s in enumerate(here):
        e = s.at(people.SB, year)
        row = [int(s.id) if n % 5 == 3 else s.id, s.family, s.given, e.grade if e.grade == "K" else int(e.grade)]
        for period in people.PERIODS[year]:
            value = values.get((s.id, "reading-en", year, period))
            if not e.on(people.CLOSES[(year, period)]):
                # a child who went on to Blue Heron is simply left blank here: the new school has the result
                gone = e.left and e.left <= people.CLOSES[(year, period)] and not s.at(people.BH, year)
                text = "TR" if gone else ""
            else:
                # a child who moved on has a clean level: the next school copied it
                text = None if s.at(people.BH, year) else scores.absent(rng, ["ABS", "EX", "NA"])
                text = scores.level_text(rng, value) if text is None else text
                if e.grade in ("1", "2", "3") and text in scores.LEVELS:
                    # too far from the grade's books to be read with them
                    text = "OOR" if value <= scores.expected("reading-en", e.grade, period) - 4 else text
            row += [text, ""]
        rows.append(row)
    rows += [[], ["Average per grade: see the office"]]
    ods(path, "Reading", rows)


def berry_screener(path, rng, students, values, year):
    """Windows-1252, semicolons, decimal comma, one line per student and term."""
    lines = ["Student No.;Élève / Student;Grade;Term;Score;Remarque"]
    here = [s for s in students if s.at(people.SB, year) and s.at(people.SB, year).grade in scores.SCREENER]
    here.sort(key=lambda s: (s.at(people.SB, year).grade, s.family, s.given, s.id))
    for p, period in enumerate(people.PERIODS[year]):
        for n, s in enumerate(here):
            e = s.at(people.SB, year)
            if not e.on(people.CLOSES[(year, period)]):
                continue
            value = values[(s.id, "screener", year, period)]
            text, remark = f"{value}", ""
            # half points stand on top of the whole number and never decide whether the line is reached
            if value < 40 and e.grade in ("7", "8") and n % 4 == 1:
                text = f"{value},5"
            code = scores.absent(rng, ["ABS", "EX", "ABS"])
            if code:
                text, remark = code, "à reprendre"
            elif code == "":
                text = ""
            if (year, period) == ("2025-26", "P2") and n == 20:
                text, remark = "47", "vérifier"
            lines.append(f"{s.id};{s.last_first};{e.grade};Term {p + 1};{text};{remark}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("windows-1252"))


# Share of staff who agree with at least three of the four statements.
SURVEYS = {"2024-25": [("June survey", 28, .54)],
           "2025-26": [("November survey", 27, .63), ("March survey", 28, .79)]}


def survey(path, rng, year):
    book = workbook(path)
    bold = book.add_format({"bold": True, "text_wrap": True})
    for name, respondents, agree in SURVEYS[year]:
        sheet = book.add_worksheet(name)
        sheet.write(0, 0, f"Blue Heron School – staff belief survey {year} (anonymous)", bold)
        for c, text in enumerate(["Response"] + [q for _, q in scores.QUESTIONS]):
            sheet.write(2, c, text, bold)
        sheet.set_column(1, 4, 34)
        for n, answers in enumerate(scores.survey(rng, respondents, agree)):
            sheet.write_number(3 + n, 0, n + 1)
            for c, text in enumerate(answers):
                if (n, c) == (4, 2):
                    sheet.write_string(3 + n, 1 + c, "Prefer not to answer")
                elif (n, c) != (9, 1):
                    sheet.write_string(3 + n, 1 + c, text)
    book.close()


# Share of Blue Heron's students who are away for a tenth of their days or more, period by period.
AWAY = {"2024-25": {"P1": .19, "P2": .21, "P3": .20}, "2025-26": {"P1": .18, "P2": .14}}
TERM_DAYS = {"P1": 54, "P2": 66, "P3": 70}


def attendance(path, rng, students, year):
    """UTF-8 with a byte order mark, one line per student and term, as the student system exports it."""
    lines = ["Student Number,Grade,Term,Days Enrolled,Days Absent"]
    here = [s for s in students if s.at(people.BH, year)]
    here.sort(key=lambda s: (s.at(people.BH, year).grade, s.id))
    # Who was away often before is away often again, with some luck.
    habit = {s.id: rng.gauss(0, 1) for s in here}
    for period in people.PERIODS[year]:
        term = [s for s in here if s.at(people.BH, year).on(people.CLOSES[(year, period)])]
        ranked = sorted(term, key=lambda s: (habit[s.id] + rng.gauss(0, .6), s.id), reverse=True)
        often = {s.id for s in ranked[: round(AWAY[year][period] * len(ranked))]}
        days = TERM_DAYS[period]
        for s in term:
            absent = rng.randint(-(-days // 10), days // 5) if s.id in often else rng.randint(0, days // 10 - 1)
            half = .5 if rng.random() < .15 and absent and s.id not in often else 0
            grade = s.at(people.BH, year).grade
            lines.append(f"{s.id},{grade},Term {period[1]},{days},{absent - half:g}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8"))
