//! Paths of files that name one another.
//!
//! Flows in: the path of a file and what is written in it. Flows out: the path that is meant.
//! Invariant: nothing leads out of the collection, or for evidence further than beside it.

/// A path without `.` and `x/..`.
pub(crate) fn normalise(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "." => {}
            "" if !steps.is_empty() => {}
            ".." if steps
                .last()
                .is_some_and(|last| !last.is_empty() && *last != "..") =>
            {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

/// The file that `written` in the file at `path` means; none if it leaves the collection.
pub(crate) fn resolve(path: &str, written: &str) -> Option<String> {
    let joined = join(path, written)?;
    inside(root(path)?, &joined).then_some(joined)
}

/// As [`resolve`], for what may also lie beside the folder of the collection.
pub(super) fn beside(path: &str, written: &str) -> Option<String> {
    let joined = join(path, written)?;
    let above = match root(path)? {
        "" => "..".to_owned(),
        root => normalise(&format!("{root}/..")),
    };
    (inside(&above, &joined) || inside(root(path)?, &joined)).then_some(joined)
}

/// A relative path as seen from where the file's own path is seen from.
fn join(path: &str, written: &str) -> Option<String> {
    if written.starts_with('/') || written.contains('\\') {
        return None;
    }
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    let joined = folder.map_or(written.to_owned(), |folder| format!("{folder}/{written}"));
    Some(normalise(&joined))
}

/// The folder of the collection: the last `scenarios` of the path, or else the file's own folder.
fn root(path: &str) -> Option<&str> {
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    folder.map_or(Some(""), |folder| {
        let steps: Vec<&str> = folder.split('/').collect();
        let depth = steps.iter().rposition(|step| *step == "scenarios");
        depth.map_or(Some(folder), |depth| {
            let length = steps[..=depth]
                .iter()
                .map(|step| step.len() + 1)
                .sum::<usize>()
                - 1;
            folder.get(..length)
        })
    })
}

/// Whether a path without detours lies in a folder.
fn inside(folder: &str, path: &str) -> bool {
    let rest = if folder.is_empty() {
        Some(path)
    } else {
        path.strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
    };
    rest.is_some_and(|rest| rest != ".." && !rest.starts_with("../"))
}

/// How a file is called from the folder of another; both are paths without detours.
pub(super) fn relative(from: &str, to: &str) -> String {
    let folder: Vec<&str> = from
        .rsplit_once('/')
        .map_or(Vec::new(), |(folder, _)| folder.split('/').collect());
    let steps: Vec<&str> = to.split('/').collect();
    let shared = folder
        .iter()
        .zip(&steps)
        .take_while(|(a, b)| a == b)
        .count();
    let mut way = vec![".."; folder.len() - shared];
    way.extend(&steps[shared..]);
    way.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_from_the_folder_of_another() {
        for (from, to, way) in [
            ("scenarios/v/a.toml", "scenarios/base.toml", "../base.toml"),
            ("scenarios/a.toml", "scenarios/v/b.toml", "v/b.toml"),
            ("a.toml", "b.toml", "b.toml"),
            ("x/v/a.toml", "x/w/b.toml", "../w/b.toml"),
        ] {
            assert_eq!(relative(from, to), way, "{to} from {from}");
        }
    }

    #[test]
    fn evidence_lies_in_the_collection_or_beside_it() {
        let found = |path, written| beside(path, written);
        let yes = |text: &str| Some(text.to_owned());
        assert_eq!(found("scenarios/a.toml", "../seeds/a"), yes("seeds/a"));
        assert_eq!(found("scenarios/v/a.toml", "../../seeds"), yes("seeds"));
        assert_eq!(found("a.toml", "../seeds/a"), yes("../seeds/a"));
        assert_eq!(found("a.toml", "seeds"), yes("seeds"));
        assert_eq!(found("x/a.toml", "../seeds"), yes("seeds"));
        assert_eq!(found("../x/a.toml", "../seeds"), yes("../seeds"));
        assert_eq!(found("../a.toml", "../seeds"), yes("../../seeds"));
        assert_eq!(found("/x/scenarios/a.toml", "../seeds"), yes("/x/seeds"));
        for (path, written) in [
            ("scenarios/a.toml", "../../seeds"),
            ("scenarios/a.toml", "/etc"),
            ("scenarios/a.toml", "..\\seeds"),
            ("a.toml", "../../seeds"),
            ("../x/a.toml", "../../seeds"),
            ("/x/y/scenarios/a.toml", "../../seeds"),
        ] {
            assert_eq!(found(path, written), None, "{written} in {path}");
        }
    }
}
