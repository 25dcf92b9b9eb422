//! The permissions of the database file. SQLite gives `-wal` and `-shm` the mode of the database file.

use std::path::Path;

/// Creates the file, readable only by its owner, if it does not exist.
///
/// Ignores errors: SQLite will fail as well, and its error says why.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt as _;

    // Not `create_new`: with a dangling symbolic link, the file is created at the target.
    if std::fs::metadata(path).is_err() {
        drop(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path));
    }
}

/// Logs a warning if other users may read the file, since it is a database.
#[cfg(unix)]
pub(super) fn warn_if_public(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;

    if std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.mode() & 0o004 != 0) {
        tracing::warn!(
            target: "auth::store",
            file = %path.display(),
            "everybody on this machine may read the database; change that with `chmod o-r` for it and what stands beside it"
        );
    }
}

/// Does nothing: on this platform, the folder determines who may read a file.
#[cfg(not(unix))]
pub(super) fn make_private(_: &Path) {}

/// Does nothing, for the same reason.
#[cfg(not(unix))]
pub(super) fn warn_if_public(_: &Path) {}
