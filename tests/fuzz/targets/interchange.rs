//! Bytes, taken as other programs' files parted by NUL with the format before the first, never bring
//! an import down; every problem points into its text, and what is imported checks as a scenario.
#![no_main]

use jawjaw::diagnostic::Severity;
use jawjaw::interchange::scenario_text::scenario_text;
use jawjaw::interchange::{InputFile, Report, genius, geniusweb, negmas};
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
use libfuzzer_sys::fuzz_target;

struct Text<'t>(&'t str);

impl Loader for Text<'_> {
    fn load(&self, _: &str) -> Result<String, LoadError> {
        Ok(self.0.to_owned())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|byte| *byte == 0);
    let format = parts.next().unwrap_or_default();
    let ending = match format {
        b"genius" => "xml",
        b"geniusweb" => "json",
        _ => "yml",
    };
    let mut files: Vec<InputFile> = parts
        .enumerate()
        .map(|(index, part)| InputFile {
            name: format!("file{index}.{ending}"),
            bytes: part.to_vec(),
        })
        .collect();
    let mut report = Report::default();
    let domain = match format {
        b"genius" | b"geniusweb" if !files.is_empty() => {
            let own = files.remove(0);
            if format == b"genius" {
                genius::read(&mut report, &own, &files)
            } else {
                geniusweb::read(&mut report, &own, &files)
            }
        }
        _ => negmas::read(&mut report, "folder", &files),
    };
    for diagnostic in &report.diagnostics {
        for label in &diagnostic.labels {
            let source = &report.sources.files[label.source.0 as usize].text;
            assert!(source.get(label.span.clone()).is_some(), "{diagnostic:?}");
        }
    }
    assert!(domain.is_some() || report.failed());
    let Some(domain) = domain else { return };
    let Ok(written) = scenario_text(&domain, "linear") else { return };
    let loaded = load("imported.toml", &Text(&written.text), &NoFacts);
    let error = loaded.diagnostics.iter().find(|one| one.severity == Severity::Error);
    assert!(error.is_none(), "{error:?} in {}", written.text);
});
