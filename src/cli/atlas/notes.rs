//! What people write about results: a Markdown file beside the scenario, a section for each id.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::CliError;
use crate::scenario::names::nearest;

/// Headings that belong to a page as a whole.
const OPENINGS: [&str; 2] = ["scenarios", "levers"];

/// Texts by the id in their heading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notes(BTreeMap<String, String>);

impl Notes {
    /// Reads `<scenario>.notes.md`, if there is such a file; `ids` are those of the family's
    /// scenarios and levers.
    pub(super) fn read(scenario: &Path, ids: &[String]) -> Result<Self, CliError> {
        let path = scenario.with_extension("notes.md");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => {
                return Err(CliError::File {
                    action: "read",
                    path: path.display().to_string(),
                    source,
                });
            }
        };
        Self::parse(&text, ids)
            .map_err(|error| CliError::Message(format!("{}: {error}", path.display())))
    }

    /// Sections begin with `## ` and an id; what stands before the first is for readers of the file.
    fn parse(text: &str, ids: &[String]) -> Result<Self, String> {
        let mut notes = BTreeMap::new();
        for section in text.split("\n## ").skip(1) {
            let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
            let id = heading.trim().trim_matches('`');
            if !OPENINGS.contains(&id) && !ids.iter().any(|known| known == id) {
                let known = ids.iter().map(String::as_str).chain(OPENINGS);
                let hint =
                    nearest(id, known).map_or(String::new(), |near| format!("; there is `{near}`"));
                return Err(format!("no scenario or lever is called `{id}`{hint}"));
            }
            if notes
                .insert(id.to_owned(), body.trim().to_owned())
                .is_some()
            {
                return Err(format!("two sections are called `{id}`"));
            }
        }
        Ok(Self(notes))
    }

    /// The text about a scenario, a lever or a page.
    pub(super) fn of(&self, id: &str) -> Option<&str> {
        self.0
            .get(id)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_found_by_id() {
        let ids = ["opening-bid".to_owned(), "moves.mobilise".to_owned()];
        let text = "# Notes\n\nFor readers.\n\n## `opening-bid`\n\nA.\nB.\n\n## moves.mobilise\n\n## levers\nC.";
        let notes = Notes::parse(text, &ids).unwrap();
        assert_eq!(notes.of("opening-bid"), Some("A.\nB."));
        assert_eq!(notes.of("moves.mobilise"), None);
        assert_eq!(notes.of("levers"), Some("C."));
        assert_eq!(notes.of("scenarios"), None);
    }

    #[test]
    fn a_section_about_nothing_is_refused() {
        let ids = ["opening-bid".to_owned()];
        let error = Notes::parse("\n## openingbid\nx", &ids).unwrap_err();
        assert!(error.contains("there is `opening-bid`"), "{error}");
        let error = Notes::parse("\n## levers\nx\n## levers\ny", &ids).unwrap_err();
        assert!(error.contains("two sections"), "{error}");
    }
}
