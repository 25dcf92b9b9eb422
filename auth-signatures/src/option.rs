//! Checks for the options of schemes, evaluated when a chain is compiled.

/// The maximum lifetime of a request: a day, in seconds.
pub(crate) const LONGEST: u64 = 86_400;

/// Returns whether `text` is valid between the quotes of a header.
pub(crate) const fn is_printable(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !matches!(bytes[at], b' '..=b'~') {
            return false;
        }
        at += 1;
    }
    true
}
