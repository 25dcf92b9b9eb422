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

/// Whether both are the same text.
pub(crate) const fn eq(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}
