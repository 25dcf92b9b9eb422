//! Who may read the file. SQLite gives `-wal` and `-shm` the mode of the file.

use std::path::Path;

/// Makes the file, for its owner alone, when there is none. Warns where others may read it.
///
/// What cannot be done here SQLite cannot do either, and its error says why.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::fs::OpenOptions;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    match std::fs::metadata(path) {
        Ok(file) if file.is_file() && file.mode() & 0o004 != 0 => {
            tracing::warn!(
                target: "auth::store",
                file = %path.display(),
                "everybody on this machine may read the database; change that with `chmod o-r` for it and what stands beside it"
            );
        }
        Ok(_) => {}
        // Not `create_new`: where a link leads nowhere yet, the file is made at its end.
        Err(_) => drop(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)),
    }
}

/// Does nothing: there, who may read a file depends on its folder.
#[cfg(not(unix))]
pub(super) fn make_private(_: &Path) {}
