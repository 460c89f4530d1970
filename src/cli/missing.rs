//! What may have been meant by a path to a file that is not there.
//!
//! Flows in: the path. Flows out: a path that is there, if one is like it.

use std::path::{Path, PathBuf};

use crate::scenario::names::nearest;

/// Where scenario files are kept, for names without a folder.
const SCENARIOS: &str = "scenarios";

/// The path that is there and most like one that is not: every part of it that is not there
/// replaced by the nearest name beside it. A name alone is looked for among the scenarios, too.
pub(super) fn meant(path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let alone = path.components().count() == 1;
    let meant = like(PathBuf::new(), path).or_else(|| {
        let scenarios = PathBuf::from(SCENARIOS);
        (alone && scenarios.is_dir()).then(|| like(scenarios, path))?
    });
    meant.filter(|meant| meant != path)
}

/// The same in a folder that is there; the empty path is the one we are in.
fn like(folder: PathBuf, path: &Path) -> Option<PathBuf> {
    path.components().try_fold(folder, |folder, part| {
        let exact = folder.join(part);
        if exact.exists() {
            return Some(exact);
        }
        let listed = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &folder
        };
        let entries = listed.read_dir().ok()?.flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        // The system lists them in any order.
        names.sort_unstable();
        let near = nearest(part.as_os_str().to_str()?, names.iter().map(String::as_str))?;
        Some(folder.join(near))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_and_like_it_is_found() {
        let found = |path: &str| meant(path).map(|path| path.to_string_lossy().into_owned());
        let week = Some("scenarios/geneva-week.toml".to_owned());
        assert_eq!(found("scenarios/geneva-weak.toml"), week);
        assert_eq!(found("scenario/geneva_week.toml"), week);
        assert_eq!(
            found("./scenarios/geneva-week"),
            Some("./scenarios/geneva-week.toml".to_owned())
        );
        assert_eq!(found("geneva-week"), week);
        assert_eq!(found("geneva-week.toml"), week);
        assert_eq!(found("scenarioss"), Some("scenarios".to_owned()));
        assert_eq!(found(""), None);
        assert_eq!(found("scenarios/geneva-week.toml"), None);
        assert_eq!(found("nowhere/nothing.toml"), None);
        assert_eq!(found("scenarios/geneva-week.toml/more"), None);
    }
}
