"""Opens the sample division's files with independent libraries; shares nothing with the engine.

Comes out: roster rows, and for every sheet with results its rows of data as `Row`: who the row says
it is about (a number or a name, never both decided here) and its cells as written. Which rows are
data is said here, per file, the way a person sees it: not titles, headers, explanations, totals,
legends or hidden tabs. A hidden row is data; a hidden column is a column.
"""
import csv
import datetime
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field

import openpyxl
import xlrd

PERIOD = {"November": "P1", "March": "P2", "June": "P3", "Term 1": "P1", "Term 2": "P2", "Term 3": "P3",
          "Nov": "P1", "Mar": "P2", "Jun": "P3"}
CATEGORY = {"Knowledge and Understanding": "num-knowledge", "Mental Math and Estimation": "num-mental",
            "Problem Solving": "num-problem", "Reading": "reading-en"}
STATEMENT = {"I believe": "belief-learn", "What I": "belief-impact", "Looking": "belief-data", "In our": "belief-together"}
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


@dataclass
class Row:
    sheet: str
    row: int                                     # as the spreadsheet counts: from 1
    who: str                                     # student number or name as written; respondent for a survey
    cells: list = field(default_factory=list)    # (column from 0, measure, period, value)


def clean(value):
    """Text without the white space that only looks like nothing."""
    return " ".join(str(value).replace("\u00a0", " ").split()) if value is not None else ""


def number(value):
    """Student numbers compare without leading zeros and without `.0`."""
    text = clean(value)
    text = text[:-2] if text.endswith(".0") else text
    return text.lstrip("0") if text.isdigit() else None


def sheets(path):
    """(name, rows) of every visible sheet of an .xlsx, rows as tuples of values."""
    book = openpyxl.load_workbook(path, data_only=True)
    return [(s.title, list(s.iter_rows(values_only=True))) for s in book.worksheets if s.sheet_state == "visible"]


def filled(path):
    """How many rows hold something, on all sheets, hidden ones included."""
    path = str(path)
    if path.endswith("attendance.csv"):
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    elif path.endswith(".csv"):
        with open(path, encoding="windows-1252", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
    elif path.endswith(".xls"):
        rows = [s.row_values(n) for s in xlrd.open_workbook(path).sheets() for n in range(s.nrows)]
    elif path.endswith(".ods"):
        root = ET.fromstring(zipfile.ZipFile(path).read("content.xml"))
        rows = [["".join(p.text or "" for p in row.iter(f"{{{TEXT}}}p"))] for row in root.iter(f"{{{TABLE}}}table-row")]
    else:
        book = openpyxl.load_workbook(path, data_only=True)
        rows = [row for s in book.worksheets for row in s.iter_rows(values_only=True)]
    # White space alone is nothing, but a non-breaking space is a letter that somebody typed.
    return sum(any(c is not None and str(c).strip(" \t\r\n") for c in row) for row in rows)


def top_of(rows, word):
    return next(n for n, r in enumerate(rows) if r and clean(r[0]) == word)


def roster(path):
    """(row, number, names, school, grade, program, entered, left); the exit day is no longer enrolled."""
    (_, rows), = sheets(path)
    top = top_of(rows, "Student Number")
    day = lambda d: d.date() if isinstance(d, datetime.datetime) else d
    for n, r in enumerate(rows[top + 1:], start=top + 2):
        if clean(r[0]):
            family, given, preferred = clean(r[1]), clean(r[2]), clean(r[3])
            names = {f"{family}, {g}" for g in (given, preferred) if g}
            grade = "K" if r[5] == "Kindergarten" else str(r[5])
            yield n, number(r[0]), names, clean(r[4]), grade, clean(r[6]), day(r[7]), day(r[8])


def reading_tabs(path):
    for name, rows in sheets(path):
        if not name.startswith("Gr "):
            continue
        top = top_of(rows, "Student #")
        columns, period = [], None
        for c, head in enumerate(rows[top]):
            period = PERIOD.get(clean(head), period)
            below = clean(rows[top + 1][c])
            if below in ("English", "Ukrainian"):
                columns.append((c, "reading-en" if below == "English" else "reading-uk", period))
        for n, r in enumerate(rows[top + 3:], start=top + 4):
            first = clean(r[0])
            if first == "Legend":
                break
            if not first.startswith("# at"):
                yield Row(name, n, first, [(c, m, p, r[c]) for c, m, p in columns])


def report_card(path):
    sheet = xlrd.open_workbook(path).sheet_by_index(0)
    rows = [sheet.row_values(n) for n in range(sheet.nrows)]
    top = top_of(rows, "Student Number")
    columns, period = [], None
    for c in range(4, sheet.ncols):
        period = PERIOD.get(rows[top][c], period)
        columns.append((c, CATEGORY[rows[top + 1][c]], period))
    for n, r in enumerate(rows[top + 2:], start=top + 3):
        if str(r[0]).startswith("Total"):
            break
        yield Row(sheet.name, n, r[0], [(c, m, p, r[c]) for c, m, p in columns])


def all_results(path):
    (name, rows), = sheets(path)
    top = top_of(rows, "Local ID")
    columns, period = [], None
    for c in range(3, len(rows[top])):
        period = PERIOD.get(clean(rows[top][c]), period)
        columns.append((c, CATEGORY[clean(rows[top + 1][c])], period))
    for n, r in enumerate(rows[top + 2:], start=top + 3):
        if clean(r[0]) == "Legend":
            break
        if clean(r[0]):
            yield Row(name, n, r[0], [(c, m, p, r[c]) for c, m, p in columns])


def problem_task(path):
    """One sheet, a block of columns per grade; names instead of numbers."""
    name, rows = next(s for s in sheets(path) if s[0] != "Overview")
    top = next(n for n, r in enumerate(rows) if "Student" in [clean(v) for v in r])
    who = [clean(v) for v in rows[top]].index("Student")
    columns = [(c, "problem-task", PERIOD[clean(v)]) for c, v in enumerate(rows[top + 1]) if clean(v) in PERIOD]
    for n, r in enumerate(rows[top + 2:], start=top + 3):
        first = next((clean(v) for v in r if clean(v)), "")
        if first.startswith("Scale"):
            break
        if first and not first.startswith("Grade"):
            yield Row(name, n, r[who], [(c, m, p, r[c]) for c, m, p in columns])


def ods(path):
    ns = {"t": TABLE, "x": TEXT}
    repeat = f"{{{TABLE}}}number-columns-repeated"
    root = ET.fromstring(zipfile.ZipFile(path).read("content.xml"))
    rows = []
    for row in root.iter(f"{{{TABLE}}}table-row"):
        cells = []
        for cell in row.findall("t:table-cell", ns):
            text = "".join(p.text or "" for p in cell.findall("x:p", ns))
            if cell.get(f"{{{OFFICE}}}value-type") == "date":
                text = datetime.date.fromisoformat(cell.get(f"{{{OFFICE}}}date-value")[:10])
            cells += [text] * min(int(cell.get(repeat, 1)), 20)
        rows.append(cells + [""] * 12)
    name = root.find(f".//{{{TABLE}}}table").get(f"{{{TABLE}}}name")
    top = top_of(rows, "Student No.")
    columns = [(c, "reading-en", PERIOD[h[:3]]) for c, h in enumerate(rows[top]) if h.endswith("Rdg Lvl")]
    for n, r in enumerate(rows[top + 1:], start=top + 2):
        if r[0] and not str(r[0]).startswith("Average"):
            yield Row(name, n, r[0], [(c, m, p, r[c]) for c, m, p in columns])


def screener(path):
    with open(path, encoding="windows-1252", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    head = rows[0]
    who, term, score = head.index("Student No."), head.index("Term"), head.index("Score")
    for n, r in enumerate(rows[1:], start=2):
        yield Row("", n, r[who], [(score, "screener", PERIOD[r[term]], r[score])])


def survey(path):
    for name, rows in sheets(path):
        top = top_of(rows, "Response")
        period = PERIOD[name.split()[0]]
        columns = [(c, next(m for start, m in STATEMENT.items() if clean(h).startswith(start)), period)
                   for c, h in enumerate(rows[top]) if c and clean(h)]
        for n, r in enumerate(rows[top + 1:], start=top + 2):
            yield Row(name, n, f"{name} {n}", [(c, m, p, r[c]) for c, m, p in columns])


# file within a year's folder → (how it is read, the school that it is kept at)
def attendance(path):
    """One line a student and term: days enrolled, days absent."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    for n, r in enumerate(rows[1:], start=2):
        period = PERIOD[r[2]]
        yield Row("attendance", n, r[0], [(3, "days-enrolled", period, r[3]), (4, "days-absent", period, r[4])])


FILES = {
    "blue-heron/attendance.csv": (attendance, "blue-heron"),
    "blue-heron/reading.xlsx": (reading_tabs, "blue-heron"),
    "blue-heron/report-card.xls": (report_card, "blue-heron"),
    "blue-heron/staff-survey.xlsx": (survey, "blue-heron"),
    "saskatoon-berry/problem-task.xlsx": (problem_task, "saskatoon-berry"),
    "saskatoon-berry/reading.ods": (ods, "saskatoon-berry"),
    "saskatoon-berry/screener.csv": (screener, "saskatoon-berry"),
    "willow-bend/all-results.xlsx": (all_results, "willow-bend"),
}
