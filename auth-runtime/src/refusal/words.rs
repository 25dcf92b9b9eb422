//! What a refusal says: [`Words`], and how they are known beforehand.

use std::borrow::Cow;

use super::kind::ErrorKind;

/// What a refusal says, and in whose name.
#[derive(Clone)]
pub(crate) struct Words {
    pub(super) kind: ErrorKind,
    pub(super) detail: Cow<'static, str>,
    pub(super) code: Cow<'static, str>,
    /// The body that says the detail and the code, where it was written beforehand.
    pub(super) json: Option<&'static str>,
    pub(super) scheme: Option<&'static str>,
}

impl Words {
    /// Of which everything is known when it is compiled, the usual body included: a server that is flooded does little else
    /// than refuse. `json` is the body that says `detail` and `code`.
    pub(crate) const fn fixed(kind: ErrorKind, detail: &'static str, code: &'static str, json: &'static str) -> Self {
        assert!(is_plain(detail) && is_plain(code), "JSON has other words for this");
        Self { kind, detail: Cow::Borrowed(detail), code: Cow::Borrowed(code), json: Some(json), scheme: None }
    }

    pub(crate) const fn of_scheme(mut self, scheme: &'static str) -> Self {
        self.scheme = Some(scheme);
        self
    }
}

/// Whether nothing in `text` has to be escaped in JSON.
pub(crate) const fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without a way out at the first one that has: so it is compiled to a few vector instructions.
    let (mut all, mut at) = (true, 0);
    while at < bytes.len() {
        all &= bytes[at] >= b' ' && bytes[at] != b'"' && bytes[at] != b'\\';
        at += 1;
    }
    all
}
