//! Reading the text of a file that may hold secrets.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::error::KeyFileError;

/// Reads a file, with the metadata of the open file: the name may refer to another file by now.
pub(super) fn read_text(path: &Path) -> Result<(Zeroizing<String>, Metadata), KeyFileError> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut text = Zeroizing::new(String::with_capacity(room));
    file.read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
    Ok((text, metadata))
}

/// Reads a file of private keys, which only its owner may read.
pub(crate) fn read_private<T>(path: &Path, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, KeyFileError> {
    let (text, metadata) = read_text(path)?;
    check_mode(path, &metadata, true)?;
    parse(&text).map_err(|fault| KeyFileError(format!("{}: {fault}", path.display())))
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> KeyFileError {
    KeyFileError(format!("{}: the key file cannot be read: {error}", path.display()))
}

/// Returns whether the group has read access only, and either no one has write access, as for a secret that is mounted for a
/// group, or another user owns the file.
#[cfg(unix)]
#[allow(clippy::verbose_bit_mask)] // a mode is read in octal digits
fn is_lent_to_group(mode: u32, metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let is_anothers = || std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() != metadata.uid());
    mode & 0o037 == 0 && (mode & 0o200 == 0 || is_anothers())
}

#[cfg(unix)]
pub(super) fn check_mode(path: &Path, metadata: &Metadata, secrets: bool) -> Result<(), KeyFileError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    let path = path.display();
    if secrets && mode & 0o077 != 0 && !is_lent_to_group(mode, metadata) {
        return Err(KeyFileError(format!(
            "{path}: it holds secrets, and others than its owner may read it (mode {mode:03o}); run `chmod 600 {path}`, or \
             give it mode 440 if it is mounted for the group of this process alone"
        )));
    }
    if mode & 0o002 != 0 {
        return Err(KeyFileError(format!(
            "{path}: every user may write it and so add a key (mode {mode:03o}); run `chmod o-w {path}`"
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn check_mode(_: &Path, _: &Metadata, _: bool) -> Result<(), KeyFileError> {
    Ok(())
}
