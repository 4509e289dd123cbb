//! The preview as whoever writes a template uses it, through the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

mod common;

use common::{change, model, sample, told, write};

/// Longest time to wait for a change to show: a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(180);

/// A preview that is running.
struct Live {
    process: Child,
    port: u16,
}

impl Live {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_termwise"))
            .args(["preview", "--port", "0"])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("termwise starts");
        let mut out = BufReader::new(process.stdout.take().expect("its output"));
        let mut first = String::new();
        out.read_line(&mut first).expect("its first line");
        let port = first.split("localhost:").nth(1).unwrap_or_else(|| panic!("{first}"));
        let port = port.split(' ').next().and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("{first}"));
        assert_ne!(port, 0, "{first}");
        thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        Self { process, port }
    }

    /// Status line and body of an answer.
    fn get(&self, path: &str, host: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("a question");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let status = String::from_utf8_lossy(&answer[..head]).lines().next().unwrap_or("").to_owned();
        (status, answer[head + 4..].to_vec())
    }

    fn state(&self) -> Value {
        serde_json::from_slice(&self.get("/state", "localhost").1).expect("JSON")
    }

    /// Waits until the browser would see something.
    fn until(&self, what: &str, seen: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let state = self.state();
            if seen(&state) {
                return state;
            }
            assert!(start.elapsed() < PATIENCE, "{what}: {state}");
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn faults(state: &Value) -> &str {
    state["faults"].as_str().expect("a text")
}

fn version(state: &Value) -> u64 {
    state["version"].as_u64().expect("a number")
}

const PAGE: &str = "#import \"lib/page.typ\": masthead, report\n#import \"lib/parts.typ\": *\n#let pages(m) = {\n  \
                    masthead(m)\n  heading(level: 1, m.words.our-goals)\n  for g in m.goals { block[#g.title: #g.sentence] }\n  \
                    notes-part(m)\n}\n#report(json(\"/model.json\"), pages)\n";

/// Adds reports of the division's own to the sample.
fn own(project: &Path, reports: &[(&str, &str, &str)]) {
    let tables = reports.iter().map(|(id, like, template)| {
        format!("[[report]]\nid = \"{id}\"\nlike = \"{like}\"\ntitle = \"Ours\"\ntemplate = \"{template}\"\n\n")
    });
    change(project, "termwise.toml", "[privacy]\n", &(tables.collect::<String>() + "[privacy]\n"));
}

/// Where names are on, a preview has numbers in their place, in both languages of an edition.
#[test]
fn a_preview_has_no_name_of_a_student() {
    let project = sample();
    let folder = project.path();
    let team = "name = \"English–Ukrainian Bilingual PLC\"\n";
    change(folder, "termwise.toml", team, &format!("{team}names = true\n"));
    change(folder, "termwise.toml", "[reports.bilingual]\n", "[reports.bilingual]\nplc = [[\"en\", \"fr\"]]\n");
    let arguments = ["--as-of", "2026-04-15", "--audience", "plc", "--dry-run", "--models", "models"];
    let (code, said) = told(folder, &[&["run"], &arguments[..]].concat());
    assert_eq!(code, Some(0), "{said}");
    let packet = model(folder, "blue-heron/plc-bilingual.en");
    let lists = packet["names"].as_array().expect("lists").iter().flat_map(|list| list["groups"].as_array());
    let names: Vec<&str> = lists
        .flatten()
        .flat_map(|group| group["names"].as_array().expect("names"))
        .map(|name| name.as_str().expect("a name"))
        .collect();
    assert!(names.len() > 20 && names[0].contains(' '), "{}", names.len());
    let live = Live::start(folder, &["plc-bilingual", "--lang", "en-fr", "--as-of", "2026-04-15"]);
    live.until("the packet", |state| state["pages"].as_u64() > Some(10));
    let text = pdf_extract::extract_text_from_mem(&live.get("/report.pdf", "localhost").1).expect("a text");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.matches("N 1 ").count() >= 2, "both halves have the lists");
    assert!(!names.iter().any(|name| text.contains(name)), "a name is shown");
}

/// A page follows its template; a fault stands above the last good pages until it is mended.
#[test]
fn the_page_follows_its_template() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "templates/staff.typ", PAGE);
    let live = Live::start(folder.path(), &["staff", "--sample"]);
    let first = live.until("the first pages", |state| state["pages"].as_u64() > Some(0));
    assert_eq!(faults(&first), "");
    let (status, page) = live.get("/", "localhost");
    assert!(status.contains("200") && String::from_utf8_lossy(&page).contains("<main"), "{status}");
    let (status, picture) = live.get("/page/0", "127.0.0.1");
    assert!(status.contains("200") && picture.starts_with(b"\x89PNG"), "{status}");
    assert!(live.get("/report.pdf", "localhost").1.starts_with(b"%PDF"));
    assert!(live.get("/page/99", "localhost").0.contains("404"));

    write(folder.path(), "templates/staff.typ", &PAGE.replace("g.sentence", "g.sentense"));
    let broken = live.until("the fault", |state| faults(state).contains("sentense"));
    assert!(faults(&broken).contains("templates/staff.typ:6:"), "{}", faults(&broken));
    assert!(version(&broken) > version(&first) && broken["pages"] == first["pages"]);
    assert_eq!(live.get("/page/0", "localhost").1, picture);

    write(folder.path(), "templates/staff.typ", &PAGE.replace("#g.title:", "#g.title –"));
    let mended = live.until("the mended pages", |state| faults(state).is_empty());
    assert!(version(&mended) > version(&broken));
    assert_ne!(live.get("/page/0", "localhost").1, picture);

    let (status, said) = live.get("/state", "evil.example");
    assert!(status.contains("403") && said == b"only for this machine", "{status}");
}

/// Words, translations and the project's own file are followed, too, and their faults shown in place.
#[test]
fn the_page_follows_words_and_configuration() {
    let project = sample();
    let folder = project.path();
    write(folder, "templates/staff.typ", PAGE);
    let live = Live::start(folder, &["staff", "--school", "willow-bend", "--as-of", "2026-03-20"]);
    let first = live.until("the first pages", |state| state["pages"].as_u64() > Some(0));
    let picture = live.get("/page/0", "localhost").1;

    write(folder, "templates/words/en.toml", "[page]\nour-goals = \"Where we are heading\"\nour-gaols = \"x\"\n");
    let broken = live.until("the fault of a word", |state| faults(state).contains("our-gaols"));
    assert!(faults(&broken).contains("templates/words/en.toml:3:1\n"), "{}", faults(&broken));
    assert!(faults(&broken).contains("Is “page.our-goals” meant?"), "{}", faults(&broken));
    assert_eq!(broken["pages"], first["pages"]);

    write(folder, "templates/words/en.toml", "[page]\nour-goals = \"Where we are heading\"\n");
    live.until("other words", |state| faults(state).is_empty());
    let words = live.get("/page/0", "localhost").1;
    assert_ne!(words, picture);

    change(folder, "translations/fr.toml", "[texts]", "[texts");
    let broken = live.until("the fault of a translation", |state| !faults(state).is_empty());
    assert!(faults(&broken).contains("translations/fr.toml:"), "{}", faults(&broken));
    change(folder, "translations/fr.toml", "[texts\n", "[texts]\n");
    live.until("translations that are mended", |state| faults(state).is_empty());

    change(folder, "termwise.toml", "time-zone =", "time-zome =");
    let broken = live.until("the fault of a setting", |state| faults(state).contains("time-zome"));
    assert!(faults(&broken).contains("termwise.toml:6:1\n"), "{}", faults(&broken));
    change(folder, "termwise.toml", "time-zome =", "time-zone =");
    change(folder, "termwise.toml", "name = \"Willow Bend Colony School\"", "name = \"Willow Bend School\"");
    live.until("another name", |state| faults(state).is_empty());
    assert_ne!(live.get("/page/0", "localhost").1, words);
}

/// Reports about the whole division, of the division's own, and of teams are shown with real figures.
#[test]
fn every_kind_of_report_is_shown_with_real_figures() {
    let project = sample();
    let folder = project.path();
    write(folder, "templates/own.typ", PAGE);
    own(folder, &[("trustees", "division", "own.typ"), ("teams", "plc", "own.typ"), ("lost", "staff", "lost.typ")]);
    let show = |arguments: &[&str]| {
        let all = [&["preview"], arguments, &["--as-of", "2026-03-20", "--dpi", "20", "--pictures", "pages"]].concat();
        told(folder, &all)
    };
    for report in [
        &["division"][..],
        &["trustees"],
        &["plc-bilingual"],
        &["teams"],
        &["teams-berry-early"],
        &["plc", "--school", "willow-bend"],
    ] {
        let (code, said) = show(report);
        assert_eq!(code, Some(0), "{report:?}: {said}");
        assert!(folder.join(format!("pages/{}-01.png", report[0])).is_file(), "{report:?}: {said}");
    }
    let refused = |arguments: &[&str], why: &str| {
        let (code, said) = show(arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(why), "{said}");
    };
    refused(
        &["trustees", "--school", "blue-heron"],
        "“trustees” is about all schools of the division; leave out --school",
    );
    refused(&["plc-bilingual", "--school", "willow-bend"], "the team “bilingual” is of blue-heron; leave out --school");
    refused(&["trustes"], "there is no report “trustes”; did you mean “trustees”?");
    refused(
        &["staff", "--lang", "de"],
        "“staff” is not made in “de”; there is en ([reports.languages] in termwise.toml)",
    );
    refused(&["parent-council", "--lang", "de"], "there is en, en-uk, fr, uk");
    refused(&["lost"], "There is no template “lost.typ”");
    refused(&["lost"], "--> templates/lost.typ");
    refused(&["staff", "--sample", "--lang", "fr"], "the invented figures are in “en” only");
    // Invented figures are those of the audience that a report is like.
    let (code, said) = show(&["trustees", "--sample"]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn one_page_is_one_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = "#let m = json(\"/model.json\")\n#set document(title: m.title)\n#set text(lang: m.lang)\n= #m.title\n";
    write(folder.path(), "templates/staff.typ", page);
    let (code, said) = told(folder.path(), &["preview", "staff", "--sample", "--pictures", "pages"]);
    assert_eq!((code, said.as_str()), (Some(0), "1 page is in pages.\n"));
}
