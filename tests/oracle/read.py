"""Reads the sample division's files with independent libraries; shares nothing with the engine.

Comes out: enrolments, and readings as (student, measure, year, period) -> set of scores.
A reading is a number (place in the scale, or points); a code, a blank or a fault is no reading.
"""
import csv
import datetime
import re
import xml.etree.ElementTree as ET
import zipfile

import openpyxl
import xlrd

LEVELS = ["RB"] + [chr(c) for c in range(65, 91)]
MARKS = ["ND", "1", "2", "3", "4"]
ANSWERS = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
PERIOD = {"November": "P1", "March": "P2", "June": "P3", "Term 1": "P1", "Term 2": "P2", "Term 3": "P3",
          "Nov": "P1", "Mar": "P2", "Jun": "P3"}
SCHOOL = {"Blue Heron School": "blue-heron", "Saskatoon Berry School": "saskatoon-berry",
          "Willow Bend Colony School": "willow-bend"}
CATEGORY = {"Knowledge and Understanding": "num-knowledge", "Mental Math and Estimation": "num-mental",
            "Problem Solving": "num-problem"}


def number(cell):
    """Student numbers compare without leading zeros."""
    text = str(cell).strip()
    text = text[:-2] if text.endswith(".0") else text
    return text.lstrip("0") if text.isdigit() else None


def level(cell):
    text = str(cell or "").strip()
    if text == "PreA":
        return 0
    below = re.fullmatch(r"(?:<|Below )\s*([A-Z])", text)
    if below:
        return LEVELS.index(below.group(1)) - 1
    plain = re.fullmatch(r"(RB|[A-Z])(?:\+|/[A-Z])?", text)
    return LEVELS.index(plain.group(1)) if plain else None


def mark(cell):
    text = str(cell if cell is not None else "").strip()
    return MARKS.index(text) if text in MARKS else None


def points(cell):
    text = cell.strip().replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        return None
    return float(text) if 0 <= float(text) <= 40 else None


def roster(path):
    """(student, school, grade, program, entered, left) for each row."""
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(n for n, r in enumerate(rows) if r[0] == "Student Number")
    as_date = lambda d: d.date() if isinstance(d, datetime.datetime) else d
    for r in rows[top + 1:]:
        if r[0] is not None:
            grade = "K" if r[5] == "Kindergarten" else str(r[5])
            yield number(r[0]), SCHOOL[r[4]], grade, r[6], as_date(r[7]), as_date(r[8])


def reading_tabs(path):
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible" or not sheet.title.startswith("Gr "):
            continue
        rows = list(sheet.iter_rows(values_only=True))
        top = next(n for n, r in enumerate(rows) if r[0] == "Student #")
        columns, period = [], None
        for c, head in enumerate(rows[top]):
            period = PERIOD.get(head, period)
            below = rows[top + 1][c]
            if below in ("English", "Ukrainian"):
                columns.append((c, period, "reading-en" if below == "English" else "reading-uk"))
        for r in rows[top + 3:]:
            if r[0] == "Legend":
                break
            if r[0] is None or number(r[0]) is None:
                continue
            for c, period, measure in columns:
                yield number(r[0]), measure, period, level(r[c])


def report_card(path):
    sheet = xlrd.open_workbook(path).sheet_by_index(0)
    rows = [sheet.row_values(n) for n in range(sheet.nrows)]
    top = next(n for n, r in enumerate(rows) if r[0] == "Student Number")
    period = None
    for c in range(4, sheet.ncols):
        period = PERIOD.get(rows[top][c], period)
        for r in rows[top + 2:]:
            if number(r[0]):
                yield number(r[0]), CATEGORY[rows[top + 1][c]], period, mark(r[c])


def all_results(path):
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(n for n, r in enumerate(rows) if r[0] == "Local ID")
    period = None
    for c in range(3, len(rows[top])):
        period = PERIOD.get(rows[top][c], period)
        title = rows[top + 1][c]
        for r in rows[top + 2:]:
            if r[0] is not None and number(r[0]):
                yield (number(r[0]), CATEGORY.get(title, "reading-en"), period,
                       level(r[c]) if title == "Reading" else mark(r[c]))


def ods(path):
    ns = {"t": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
          "x": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"}
    repeat = "{%s}number-columns-repeated" % ns["t"]
    root = ET.fromstring(zipfile.ZipFile(path).read("content.xml"))
    rows = []
    for row in root.iter("{%s}table-row" % ns["t"]):
        cells = []
        for cell in row.findall("t:table-cell", ns):
            cells += ["".join(p.text or "" for p in cell.findall("x:p", ns))] * min(int(cell.get(repeat, 1)), 20)
        rows.append(cells + [""] * 12)
    top = next(n for n, r in enumerate(rows) if r[0] == "Student No.")
    for c, head in enumerate(rows[top]):
        if head.endswith("Rdg Lvl"):
            for r in rows[top + 1:]:
                if number(r[0]):
                    yield number(r[0]), "reading-en", PERIOD[head[:3]], level(r[c])


def screener(path):
    with open(path, encoding="windows-1252", newline="") as file:
        for r in csv.DictReader(file, delimiter=";"):
            yield number(r["Student No."]), "screener", PERIOD[r["Term"]], points(r["Score"])


def survey(path):
    """period -> list of respondents, each a list of (answer or None), plus whether anything was answered."""
    out = {}
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        top = next(n for n, r in enumerate(rows) if r[0] == "Response")
        out[PERIOD[sheet.title.split()[0]]] = [
            [ANSWERS.index(a) if a in ANSWERS else None for a in r[1:5]] for r in rows[top + 1:] if r[0] is not None]
    return out
