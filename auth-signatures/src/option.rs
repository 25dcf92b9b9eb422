//! What options of schemes are checked for, when a chain is compiled.

/// The longest that a request may be good for: a day, in seconds.
pub(crate) const LONGEST: u64 = 86_400;

/// Whether `text` can stand in the quotes of a header.
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
