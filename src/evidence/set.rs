//! A set of evidence: one crisis' documents, facts and base rates, as files in a folder.
//!
//! | file | holds |
//! |---|---|
//! | `documents.toml` | the documents |
//! | `facts/<document>.toml` | the facts of each of them |
//! | `base-rates.toml` | reference classes and forecasts; may be absent |
//!
//! The names lead from the first file to all others, so nobody has to list a folder.

use toml::de::{DeTable, DeValue};

/// The texts of a set, as [`Evidence::parse`](super::Evidence::parse) takes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetTexts {
    /// Paths and texts.
    pub files: Vec<(String, String)>,
    /// Files that the set should have and does not.
    pub missing: Vec<String>,
}

/// Fetches the texts of a set; `fetch` gives nothing for a file that is not there.
///
/// A path that ends in `.toml` is a single file.
pub fn set_texts<E>(
    path: &str,
    fetch: &mut dyn FnMut(&str) -> Result<Option<String>, E>,
) -> Result<SetTexts, E> {
    let mut texts = SetTexts::default();
    let mut want = |texts: &mut SetTexts, file: String, needed: bool| -> Result<(), E> {
        match fetch(&file)? {
            Some(text) => texts.files.push((file, text)),
            None if needed => texts.missing.push(file),
            None => {}
        }
        Ok(())
    };
    let ends_in_toml = path.rsplit_once('.').is_some_and(|(_, end)| end == "toml");
    if ends_in_toml {
        want(&mut texts, path.to_owned(), true)?;
        return Ok(texts);
    }
    want(&mut texts, format!("{path}/documents.toml"), true)?;
    let documents = texts
        .files
        .first()
        .map_or_else(Vec::new, |(_, text)| ids(text));
    for id in documents {
        want(&mut texts, format!("{path}/facts/{id}.toml"), true)?;
    }
    if texts.missing.is_empty() {
        want(&mut texts, format!("{path}/base-rates.toml"), false)?;
    }
    Ok(texts)
}

/// Ids of the documents in a text, as far as they can be read and name a file; each once.
fn ids(text: &str) -> Vec<String> {
    let (tree, _) = DeTable::parse_recoverable(text);
    let documents = tree.get_ref().get("document").map(toml::Spanned::get_ref);
    let Some(DeValue::Array(documents)) = documents else {
        return Vec::new();
    };
    let mut ids: Vec<String> = Vec::new();
    for document in documents {
        if let DeValue::Table(document) = document.get_ref()
            && let Some(DeValue::String(id)) = document.get("id").map(toml::Spanned::get_ref)
            && is_plain(id)
            && !ids.iter().any(|known| known == id)
        {
            ids.push(id.to_string());
        }
    }
    ids
}

/// Whether a name leads to no other folder.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !id.is_empty() && id.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    fn found(path: &str, files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        let mut fetch =
            |path: &str| Ok::<_, Infallible>(files.get(path).map(|&text| text.to_owned()));
        let Ok(texts) = set_texts(path, &mut fetch);
        let names = texts.files.into_iter().map(|(name, _)| name).collect();
        (names, texts.missing)
    }

    #[test]
    fn the_documents_lead_to_the_facts() {
        let documents = "[[document]]\nid = \"a\"\n[[document]]\nid = \"b\"\n";
        let (names, missing) = found(
            "s",
            &[
                ("s/documents.toml", documents),
                ("s/facts/a.toml", ""),
                ("s/facts/stray.toml", ""),
                ("s/base-rates.toml", ""),
            ],
        );
        assert_eq!(names, ["s/documents.toml", "s/facts/a.toml"]);
        assert_eq!(missing, ["s/facts/b.toml"]);
        assert_eq!(found("t", &[]).1, ["t/documents.toml"]);
    }

    #[test]
    fn base_rates_may_be_absent_and_a_file_stands_alone() {
        let one = ("s/documents.toml", "");
        assert_eq!(found("s", &[one]), (vec![one.0.to_owned()], Vec::new()));
        let rates = ("s/base-rates.toml", "");
        assert_eq!(found("s", &[one, rates]).0, [one.0, rates.0]);
        assert_eq!(found(rates.0, &[one, rates]).0, [rates.0]);
    }

    #[test]
    fn a_document_leads_to_no_other_folder() {
        let documents = "[[document]]\nid = \"../../secret\"\n[[document]]\nid = \"\"\n";
        let (names, missing) = found("s", &[("s/documents.toml", documents)]);
        assert_eq!((names.len(), missing.len()), (1, 0));
    }
}
