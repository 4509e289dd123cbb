"""Makes the seeds: small sound files of each format. Needs xlsxwriter and xlwt (samples/generate/requirements.txt)."""
import datetime
import pathlib
import struct
import zipfile

import xlsxwriter
import xlwt

SEEDS = pathlib.Path(__file__).resolve().parent / "seeds"
ROWS = [["Student #", "Gr", "November", "March"], [101, "1", "B", "J/K"], [102, "K", "ABS", 0.79], [103, "2", "", 12.5]]
DAY = datetime.datetime(2026, 1, 1)


def xlsx():
    book = xlsxwriter.Workbook(str(SEEDS / "xlsx" / "marks.xlsx"))
    book.set_properties({"created": DAY})
    sheet = book.add_worksheet("Gr 1")
    sheet.merge_range("A1:D1", "Reading")
    for row, cells in enumerate(ROWS, start=1):
        sheet.write_row(row, 0, cells)
    sheet.write_datetime(6, 0, DAY, book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "yellow"}))
    sheet.write_formula(6, 1, "=A2", None, 5)
    sheet.write_comment("C3", "retested")
    book.add_worksheet("Hidden").hide()
    book.close()


def xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Gr 1")
    sheet.write_merge(0, 0, 0, 3, "Reading")
    for row, cells in enumerate(ROWS, start=1):
        for col, value in enumerate(cells):
            sheet.write(row, col, value)
    book.save(str(SEEDS / "xls" / "marks.xls"))


def packed(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, part in parts:
            out.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), part)


def ods():
    def cell(value):
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'

    rows = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in ROWS)
    ns = "urn:oasis:names:tc:opendocument:xmlns"
    content = (f'<office:document-content xmlns:office="{ns}:office:1.0" xmlns:table="{ns}:table:1.0" '
               f'xmlns:text="{ns}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Gr 1">{rows}'
               '<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="20"/>'
               "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>")
    packed(SEEDS / "ods" / "marks.ods", [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"), ("content.xml", content)])


def xlsb():
    """Records as in [MS-XLSB] 2.1.4: a type and a length of one or two bytes of seven bits, then the contents."""
    def number(n):
        return bytes([n]) if n < 128 else bytes([n & 0x7F | 0x80, n >> 7])

    def record(kind, data=b""):
        return number(kind) + number(len(data)) + data

    def text(words):
        return struct.pack("<I", len(words)) + words.encode("utf-16le")

    book = (record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Marks"))
            + record(144) + record(132))
    rows = [["Student #", "Level"], [101.0, "B"], [102.0, "C"]]
    sheet = record(129) + record(148, struct.pack("<IIII", 0, 2, 0, 1)) + record(145)
    for row, cells in enumerate(rows):
        sheet += record(0, struct.pack("<IIHBBBIII", row, 0, 300, 0, 0, 0, 1, 0, 1))
        for col, value in enumerate(cells):
            head = struct.pack("<II", col, 0)
            sheet += (record(6, head + text(value)) if isinstance(value, str)
                      else record(5, head + struct.pack("<d", value)))
    sheet += record(146) + record(130)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"

    def relation(kind, target):
        return (f'<Relationships xmlns="{relations}"><Relationship Id="rId1" Type="{office}/{kind}" '
                f'Target="{target}"/></Relationships>')

    packed(SEEDS / "xlsb" / "marks.xlsb", [
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.bin")), ("xl/workbook.bin", book),
        ("xl/_rels/workbook.bin.rels", relation("worksheet", "worksheets/sheet1.bin")),
        ("xl/worksheets/sheet1.bin", sheet)])


def texts():
    lines = "\r\n".join(";".join(map(str, row)).replace(".", ",") for row in ROWS)
    (SEEDS / "csv" / "semicolons.csv").write_bytes(("Élève;" + lines).encode("windows-1252"))
    (SEEDS / "csv" / "utf16.csv").write_bytes(("sep=,\r\n" + lines.replace(";", ",")).encode("utf-16"))
    (SEEDS / "pattern" / "wide.txt").write_text("{grade} / {period} / {measure}\n3 / Spring / F&P Level", encoding="utf-8")
    hardly = "{period}*{measure}*score\n" + "ab" * 300 + " scor"
    (SEEDS / "pattern" / "hardly.txt").write_text(hardly, encoding="utf-8")


for make in (xlsx, xls, ods, xlsb, texts):
    (SEEDS / make.__name__).mkdir(parents=True, exist_ok=True) if make is not texts else None
    make()
