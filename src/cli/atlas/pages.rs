//! Pages on disk: written whole or not at all, compared with what would be written.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::cli::output::file_error;
use crate::report::atlas::MARK;

/// Around the record of what a page's numbers were made from.
const RECORD: (&str, &str) = ("<!-- what these numbers were made from\n", "\n-->");

/// The pages of an atlas.
#[derive(Debug)]
pub(super) struct Pages {
    folder: PathBuf,
    pages: Vec<(String, Content)>,
}

#[derive(Debug)]
enum Content {
    Whole(String),
    /// Only what the page must record of its runs.
    Record(String),
}

impl Pages {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            pages: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &str, text: String) {
        self.pages.push((name.to_owned(), Content::Whole(text)));
    }

    pub(super) fn expect_record(&mut self, name: &str, record: String) {
        self.pages.push((name.to_owned(), Content::Record(record)));
    }

    /// Names of pages that are missing, other than they should be, or no longer written.
    pub(super) fn stale(&self) -> Result<Vec<String>, CliError> {
        let mut stale = Vec::new();
        for (name, content) in &self.pages {
            let path = self.folder.join(name);
            let text = read(&path)?;
            let same = match (content, &text) {
                (_, None) => false,
                (Content::Whole(whole), Some(text)) => text == whole,
                (Content::Record(record), Some(text)) => {
                    let (open, close) = RECORD;
                    text.contains(&format!("{open}{record}{close}"))
                }
            };
            if !same {
                stale.push(path.display().to_string());
            }
        }
        let orphans = self.orphans()?;
        stale.extend(orphans.iter().map(|path| path.display().to_string()));
        Ok(stale)
    }

    /// Pages of parties that are gone.
    fn orphans(&self) -> Result<Vec<PathBuf>, CliError> {
        let folder = self.folder.join("parties");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(file_error("read", &folder, error)),
        };
        let mut orphans = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|error| file_error("read", &folder, error))?
                .path();
            let ours = self
                .pages
                .iter()
                .any(|(name, _)| self.folder.join(name) == path);
            let text = if path.is_file() { read(&path)? } else { None };
            if !ours && text.is_some_and(|text| text.starts_with(MARK)) {
                orphans.push(path);
            }
        }
        orphans.sort();
        Ok(orphans)
    }

    /// Writes all pages and returns how many; a file that is no page of an atlas is left alone.
    pub(super) fn write(&self) -> Result<usize, CliError> {
        for (name, _) in &self.pages {
            let path = self.folder.join(name);
            if read(&path)?.is_some_and(|text| !text.starts_with(MARK)) {
                return Err(CliError::Message(format!(
                    "{} was not written by this command; it is left as it is, choose another `--out`",
                    path.display()
                )));
            }
        }
        for (name, content) in &self.pages {
            let Content::Whole(text) = content else {
                continue;
            };
            write(&self.folder.join(name), text)?;
        }
        for path in self.orphans()? {
            fs::remove_file(&path).map_err(|error| file_error("remove", &path, error))?;
        }
        Ok(self.pages.len())
    }
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error("read", path, error)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| file_error("create", folder, error))?;
    }
    let draft = path.with_extension(format!("md.draft-{}", std::process::id()));
    fs::write(&draft, text).map_err(|error| file_error("write", &draft, error))?;
    fs::rename(&draft, path).map_err(|error| {
        // Best effort: the error that matters is on its way.
        drop(fs::remove_file(&draft));
        file_error("write", path, error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::run::tests::scratch;

    fn pages(folder: &Path, text: &str) -> Pages {
        let mut pages = Pages::new(folder);
        pages.add("parties/blue.md", format!("{MARK}\n{text}\n"));
        pages
    }

    #[test]
    fn a_page_is_stale_until_it_is_written() {
        let folder = scratch("atlas-stale");
        let one = pages(&folder, "one");
        assert_eq!(one.stale().unwrap().len(), 1);
        assert_eq!(one.write().unwrap(), 1);
        assert!(one.stale().unwrap().is_empty());
        assert_eq!(pages(&folder, "two").stale().unwrap().len(), 1);
        // A party that is gone takes its page with it; other people's files stay.
        let gone = folder.join("parties/red.md");
        let foreign = folder.join("parties/notes.md");
        fs::write(&gone, MARK).unwrap();
        fs::write(&foreign, "mine").unwrap();
        assert_eq!(one.stale().unwrap(), [gone.display().to_string()]);
        one.write().unwrap();
        assert!(!gone.exists() && foreign.exists());
        assert_eq!(fs::read_dir(folder.join("parties")).unwrap().count(), 2);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn other_peoples_pages_are_left_alone() {
        let folder = scratch("atlas-foreign");
        fs::create_dir_all(folder.join("parties")).unwrap();
        fs::write(folder.join("parties/blue.md"), "years of work").unwrap();
        let error = pages(&folder, "one").write().unwrap_err().to_string();
        assert!(error.contains("left as it is"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_record_of_a_page_is_compared_whole() {
        let folder = scratch("atlas-record");
        let page = format!("{MARK}\ntext\n{}a 1\nb 2{}\n", RECORD.0, RECORD.1);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("levers.md"), page).unwrap();
        for (record, stale) in [("a 1\nb 2", 0), ("a 1", 1), ("b 2", 1), ("a 1\nb 3", 1)] {
            let mut pages = Pages::new(&folder);
            pages.expect_record("levers.md", record.to_owned());
            assert_eq!(pages.stale().unwrap().len(), stale, "{record}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
