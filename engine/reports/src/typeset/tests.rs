//! Small templates: what is made of them, and what is said of their faults.

use super::*;
use std::fs;

const PAGE: &str = r#"#let model = json("/model.json")
#set document(title: model.title)
#set text(lang: "en")
= #model.title
#datetime.today().display()
"#;

/// Typesets `files` (path, text) with a small model.
fn print(files: &[(&str, &str)]) -> Result<Finished, Problem> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("templates").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let press = Press::new(TemplateRoots::of_project(folder.path()));
    let date = jiff::civil::date(2026, 3, 13);
    press.print(
        "Blue Heron, staff",
        "page.typ",
        r#"{"title": "Progress", "lang": "en"}"#.to_owned(),
        "blue-heron/staff",
        date,
    )
}

#[test]
fn the_same_job_gives_the_same_bytes_of_an_archival_accessible_pdf() {
    let first = print(&[("page.typ", PAGE)]).unwrap();
    let again = print(&[("page.typ", PAGE)]).unwrap();
    assert_eq!(first.pages, 1);
    assert_eq!(first.bytes, again.bytes);
    let text = String::from_utf8_lossy(&first.bytes);
    assert!(text.contains("<pdfaid:part>3</pdfaid:part>") && text.contains("pdfuaid:part"));
    assert!(text.contains("2026-03-13"));
}

#[test]
fn an_error_names_the_report_file_line_column_and_shows_the_line() {
    let problem = print(&[("page.typ", "#set text(lang: \"en\")\n= Été #missing\n")]).unwrap_err();
    assert!(problem.message.contains("Blue Heron, staff"), "{problem}");
    assert!(problem.message.contains("unknown variable: missing"), "{problem}");
    assert_eq!(problem.place.file.as_deref(), Some("templates/page.typ"));
    // Columns count characters: “= Été #” are seven.
    assert_eq!((problem.place.line, problem.place.column), (Some(2), Some(8)));
    assert_eq!(problem.place.excerpt.as_deref(), Some("= Été #missing"));
}

#[test]
fn an_error_in_a_library_file_says_from_where_it_was_reached() {
    let library = "#let chart(data) = {\n  data.first()\n}\n";
    let page = "#import \"lib/chart.typ\": chart\n#chart(())\n";
    let problem = print(&[("page.typ", page), ("lib/chart.typ", library)]).unwrap_err();
    assert_eq!(problem.place.file.as_deref(), Some("templates/lib/chart.typ"));
    assert_eq!(problem.place.line, Some(2));
    assert!(problem.hint.unwrap().contains("reached from templates/page.typ:2:"), "the call is named");
}

#[test]
fn a_page_that_is_not_accessible_is_an_error() {
    let problem = print(&[("page.typ", "#set document(title: \"T\")\n= T\n#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\"))\n")]).unwrap_err();
    assert!(problem.message.contains("alt"), "{problem}");
    assert_eq!(problem.place.line, Some(3));
}

#[test]
fn what_is_read_in_another_order_than_it_is_seen_is_an_error() {
    let start = "#set document(title: \"T\")\n#set text(lang: \"en\")\n= First\n";
    let jump = format!("{start}#lorem(60)\n== Second\n#place(top + left, [== Third])\n");
    let problem = print(&[("page.typ", &jump)]).unwrap_err();
    let told = "the heading “Third” on page 1 stands above the heading “Second”, but is read after it";
    assert!(problem.message.contains(told), "{problem}");
    assert_eq!(problem.place.line, Some(6));
    // Columns are read one after the other.
    let columns = format!("{start}#grid(columns: 2, [#v(5cm)\n== Left], [== Right\n#v(9cm)\n== Below])\n== Last\n");
    assert!(print(&[("page.typ", &columns)]).is_ok());
    // From right to left the right one is the first.
    let leftwards = columns.replace("lang: \"en\"", "lang: \"he\"");
    // (The model is English, and that is the only fault.)
    let told = print(&[("page.typ", &leftwards)]).unwrap_err().message;
    assert!(told.contains("not “en”") && !told.contains("stands above"), "{told}");
    // Nobody reads what only decorates.
    let aside = format!("{start}#v(3cm)\n== Second\n#place(top + left, pdf.artifact(table(columns: 1)[a]))\n");
    assert!(print(&[("page.typ", &aside)]).is_ok());
}

#[test]
fn a_table_without_header_cells_is_an_error_with_its_place() {
    let page = "#set document(title: \"T\")\n#set text(lang: \"en\")\n= T\n#table(columns: 2, [a], [b])\n";
    let problem = print(&[("page.typ", page)]).unwrap_err();
    assert!(problem.message.contains("a table on page 1 has no header cells"), "{problem}");
    assert_eq!(problem.place.line, Some(4));
    let row = page.replace("[a]", "pdf.header-cell(scope: \"row\")[a]");
    assert!(print(&[("page.typ", &row)]).is_ok());
}

#[test]
fn a_template_reaches_neither_packages_nor_other_files() {
    for line in ["#import \"@preview/cetz:0.3.0\": canvas", "#read(\"../../secret.txt\")", "#read(\"/etc/passwd\")"] {
        assert!(print(&[("page.typ", line)]).is_err(), "{line}");
    }
}

#[test]
fn what_to_do_is_said_in_words_of_projects() {
    let help = |line: &str| print(&[("page.typ", &format!("{PAGE}{line}\n"))]).unwrap_err().hint.unwrap_or_default();
    let package = help("#import \"@preview/cetz:0.3.0\": canvas");
    assert!(package.contains("Copy the package's folder into templates/"), "{package}");
    let outside = help("#read(\"../../secret.txt\")");
    assert!(outside.contains("only files in templates/") && !outside.contains("--root"), "{outside}");
    assert!(help("#image(\"logo.svg\")").contains("at templates/ if it begins with /"));
    assert!(help("$ x $").contains("alt: "));
    assert!(help("#table(columns: 2)[a][b]").contains("`table.header(…)`"));
}

#[test]
fn warnings_are_notes() {
    let pdf = print(&[("page.typ", &format!("{PAGE}#text(font: \"No Such Font\")[x]\n"))]).unwrap();
    assert_eq!(pdf.notes.len(), 1);
    assert!(!pdf.notes[0].is_error());
    assert_eq!(pdf.notes[0].place.line, Some(6));
}
