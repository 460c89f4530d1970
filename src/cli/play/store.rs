//! Where a game is kept: one file, written anew after every input.

use std::fs;
use std::path::PathBuf;

use super::super::CliError;
use super::super::output::file_error;

/// Where a game is kept.
pub(super) struct Store {
    pub(super) path: PathBuf,
}

impl Store {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Writes beside the file, then renames: a game on disk is always whole.
    pub(super) fn write(&self, text: &str) -> Result<(), CliError> {
        let failed = |source| file_error("write", &self.path, source);
        if let Some(folder) = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut draft = self.path.clone().into_os_string();
        draft.push(".tmp");
        fs::write(&draft, text).map_err(failed)?;
        fs::rename(&draft, &self.path).map_err(failed)
    }
}
