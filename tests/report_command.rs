//! `jawjaw report` as a user calls it, and the page in a real browser where there is one.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jawjaw::report::html::faults;

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs")
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    std::fs::create_dir_all(&path).expect("it can be made");
    path
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

/// Writes the report of a file and returns its text.
fn report(out: &Path, arguments: &[&str]) -> String {
    let path = out.to_str().expect("a path in text");
    let output = jawjaw(&[&["report"], arguments, &["--out", path, "--quiet"]].concat());
    assert!(output.status.success(), "{}", text(output.stderr));
    assert!(output.stdout.is_empty());
    std::fs::read_to_string(out).expect("it was written")
}

const BASE: &str = "scenarios/geneva-week.toml";

#[test]
fn the_baseline_stands_on_one_sound_page() {
    let out = folder("report-base");
    let size = ["--draws", "60", "--replicates", "10", "--trajectories", "3"];
    let page = report(&out.join("a.html"), &[&[BASE], &size[..]].concat());
    assert_eq!(faults(&page), Vec::<String>::new());
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    for part in [
        "The question",
        "How it ends",
        "When it ends",
        "Which unknown numbers it hangs on",
        "What moving them does",
        "What was expected of it",
        "What others said, put to the model",
        "What happens on the way",
        "The scenario in words",
        "The numbers and their reasons",
        "What the model leaves out",
        "How to make it again",
        "The evidence",
        "not a forecast",
        "--draws 60 --replicates 10 --seed 1",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<svg").count(), 10);
    // Every number of the file has its row.
    let explained = text(jawjaw(&["explain", BASE]).stdout);
    let numbers = explained.lines().filter(|line| {
        let head = line.split(": ").next().unwrap_or_default();
        !line.starts_with(' ') && head.contains('.') && !head.contains(' ')
    });
    let mut count = 0;
    for line in numbers {
        let path = line.split(": ").next().expect("a path");
        assert!(page.contains(&format!("id=\"number-{path}\"")), "{path}");
        count += 1;
    }
    assert!(count > 300, "{count}");
    // The same again, with other threads.
    let again = [&[BASE], &size[..], &["--threads", "1"]].concat();
    assert!(report(&out.join("b.html"), &again) == page);
}

#[test]
fn a_folder_of_runs_gives_the_page_of_its_file() {
    let out = folder("report-folder");
    let out_text = out.to_str().expect("a path in text");
    let size = ["--draws", "60", "--replicates", "10"];
    let run = [
        "run",
        BASE,
        "--quiet",
        "--no-charts",
        "--name",
        "n",
        "--out",
        out_text,
    ];
    assert!(jawjaw(&[&run[..], &size].concat()).status.success());
    let folder = out.join("geneva-week/n");
    let folder_text = folder.to_str().expect("a path in text");
    let page = report(&out.join("a.html"), &[folder_text, "--trajectories", "0"]);
    let of_file = report(
        &out.join("b.html"),
        &[&[BASE], &size[..], &["--trajectories", "0"]].concat(),
    );
    // All but the command that makes it.
    assert!(page.replace("jawjaw run ", "jawjaw report ") == of_file);
    // Without `--out` it goes into the folder.
    assert!(
        jawjaw(&["report", folder_text, "--trajectories", "0"])
            .status
            .success()
    );
    assert!(folder.join("report.html").is_file());
    // A file that was not run is not explained by these runs.
    let refused = |arguments: &[&str], words: &str| {
        let output = jawjaw(&[&["report", folder_text], arguments].concat());
        let said = text(output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    };
    let variant = "scenarios/variants/long-game.toml";
    refused(&["--scenario", variant], "is not what was run");
    refused(
        &["--scenario", "scenarios/none.toml"],
        "name it with `--scenario`",
    );
    refused(&["--draws", "5"], "holds runs that are done");
    let output = jawjaw(&["report", out_text]);
    assert!(text(output.stderr).contains("no folder of results and no experiment"));
}

#[test]
fn a_variant_is_held_to_what_it_expects() {
    let out = folder("report-variant");
    let variant = "scenarios/variants/ultimatum-pretext.toml";
    let size = [
        "--draws",
        "40",
        "--replicates",
        "10",
        "--no-charts",
        "--trajectories",
        "0",
    ];
    let page = report(&out.join("a.html"), &[&[variant], &size[..]].concat());
    assert_eq!(faults(&page), Vec::<String>::new());
    assert!(page.contains("<strong>supported</strong>"));
    assert!(page.contains("What would count against it") && !page.contains("<svg"));
}

#[test]
fn verdicts_on_claims_are_told_where_they_are_given() {
    let out = folder("report-claims");
    let folder = out.to_str().expect("a path in text");
    let size = ["--draws", "20", "--replicates", "5", "--quiet"];
    let only = [
        "claims",
        "--only",
        "announce-the-package",
        "--out",
        folder,
        "--name",
        "n",
    ];
    let output = jawjaw(&[&only[..], &size].concat());
    assert!(output.status.success(), "{}", text(output.stderr));
    let claims = out.join("claims/n");
    let claims = claims.to_str().expect("a path in text");
    let arguments = [
        BASE,
        "--draws",
        "40",
        "--no-charts",
        "--trajectories",
        "0",
        "--claims",
        claims,
    ];
    let page = report(&out.join("a.html"), &arguments);
    assert_eq!(faults(&page), Vec::<String>::new());
    assert!(page.contains("Claims and what the model makes of them"));
    assert!(page.contains("id=\"fact-d3-24-experts\""));
}

/// In Debian's `chromium`: no word on the console, no request to anywhere, a picture of the page on a
/// wide and a narrow screen, and a print.
#[test]
fn a_browser_shows_it_without_complaint_or_request() {
    let Some(browser) = browser() else {
        eprintln!("skipped: there is no `chromium` here (Debian: apt-get install chromium)");
        return;
    };
    let out = folder("report-browser");
    let page = out.join("page.html");
    report(
        &page,
        &[
            BASE,
            "--draws",
            "60",
            "--replicates",
            "10",
            "--trajectories",
            "4",
        ],
    );
    let address = format!(
        "file://{}",
        page.canonicalize().expect("it is there").display()
    );
    let play = |name: &str, more: &[String]| {
        let log = out.join(format!("{name}.net.json"));
        let output = Command::new(&browser)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args([
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--timeout=20000",
            ])
            .arg(format!(
                "--user-data-dir={}",
                out.join(format!("{name}.profile")).display()
            ))
            .arg(format!("--log-net-log={}", log.display()))
            .args(more)
            .arg(&address)
            .output()
            .expect("the browser starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        let complaints: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .collect();
        assert!(complaints.is_empty(), "{complaints:?}");
        assert_eq!(requests(&log), Vec::<String>::new());
    };
    for (name, size) in [("wide", "1280,6000"), ("narrow", "500,6000")] {
        let picture = out.join(format!("{name}.png"));
        play(
            name,
            &[
                format!("--window-size={size}"),
                format!("--screenshot={}", picture.display()),
            ],
        );
        assert!(colours(&picture) > 100, "{name}: nothing to see");
    }
    let print = out.join("print.pdf");
    play("print", &[format!("--print-to-pdf={}", print.display())]);
    assert!(std::fs::read(&print).expect("printed").starts_with(b"%PDF"));
}

fn browser() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// Addresses that were asked for over a network on behalf of a page.
fn requests(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).expect("the browser logs");
    let log: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let events = log["events"].as_array().expect("a list");
    let asked = events.iter().filter_map(|event| {
        let url = event["params"]["url"].as_str()?;
        // The browser's own errands have no page behind them.
        let initiator = event["params"]["initiator"]
            .as_str()
            .unwrap_or("not an origin");
        let own = initiator == "not an origin";
        (url.starts_with("http") && !own).then(|| url.to_owned())
    });
    asked.collect()
}

/// Different colours in a PNG.
fn colours(path: &Path) -> usize {
    let bytes = std::fs::read(path).expect("a picture was taken");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("a PNG header");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    let step = info.color_type.samples();
    let shades: std::collections::BTreeSet<&[u8]> = pixels.chunks_exact(step).collect();
    shades.len()
}

#[test]
fn an_experiment_is_told_from_its_stored_runs() {
    let out = folder("report-experiment");
    let named = |name: &str| out.join(name).to_str().expect("a path in text").to_owned();
    let well = |arguments: &[&str]| {
        let output = jawjaw(arguments);
        assert!(output.status.success(), "{}", text(output.stderr));
    };
    let refused = |arguments: &[&str], words: &str| {
        let output = jawjaw(arguments);
        let said = text(output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    };
    let size = ["--draws", "40", "--replicates", "5", "--batch", "50"];
    let one = named("one");
    well(&[&["experiment", "plan", BASE, "--out", &one], &size[..]].concat());
    refused(&["report", &one], "is stored yet");
    well(&["experiment", "run", &one, "--quiet", "--range", "0..100"]);
    let page = report(&out.join("part.html"), &[&one, "--trajectories", "0"]);
    assert_eq!(faults(&page), Vec::<String>::new());
    assert!(page.contains("100 of 200 planned runs of this scenario are missing"));
    // Rows hold no days: the ends are drawn, nothing else.
    assert_eq!(page.matches("<svg").count(), 1);
    well(&["experiment", "run", &one, "--quiet"]);
    let whole = report(&out.join("whole.html"), &[&one, "--trajectories", "0"]);
    assert_eq!(faults(&whole), Vec::<String>::new());
    assert!(whole.contains("came out as often as it is stored"));
    assert!(whole.contains("of the experiment's plan") && !whole.contains("Incomplete"));
    assert!(whole.matches("<svg").count() > 5);
    refused(
        &["report", &one, "--draws", "5"],
        "holds runs that are done",
    );

    let two = named("two");
    let files = ["tests/fixtures/quarrel.toml", "tests/fixtures/minimal.toml"];
    let plan = ["experiment", "plan", "--out", &two];
    well(&[&plan[..], &files, &size].concat());
    well(&["experiment", "run", &two, "--quiet"]);
    refused(
        &["report", &two],
        "choose with `--scenario`: quarrel, minimal",
    );
    refused(
        &["report", &two, "--scenario", "none"],
        "it holds quarrel, minimal",
    );
    well(&[
        "report",
        &two,
        "--scenario",
        "minimal",
        "--trajectories",
        "0",
    ]);
    assert!(Path::new(&two).join("report-minimal.html").is_file());
    refused(&["report", &named("")], "no experiment");
}
