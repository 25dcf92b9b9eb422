//! Who may read the file. SQLite gives `-wal` and `-shm` the mode of the file.

use std::path::Path;

/// Makes the file, for its owner alone, when there is none.
///
/// What cannot be done here SQLite cannot do either, and its error says why.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt as _;

    // Not `create_new`: where a link leads nowhere yet, the file is made at its end.
    if std::fs::metadata(path).is_err() {
        drop(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path));
    }
}

/// Warns where others may read the file, which is a database.
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

/// Does nothing: there, who may read a file depends on its folder.
#[cfg(not(unix))]
pub(super) fn make_private(_: &Path) {}

/// Does nothing, for the same reason.
#[cfg(not(unix))]
pub(super) fn warn_if_public(_: &Path) {}
