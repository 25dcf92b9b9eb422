//! The text and code of a refusal: [`Words`], and how they are built at compile time.

use std::borrow::Cow;

use super::kind::ErrorKind;

/// The text and code of a refusal, and the scheme that refused.
#[derive(Clone)]
pub(crate) struct Words {
    pub(super) kind: ErrorKind,
    pub(super) detail: Cow<'static, str>,
    pub(super) code: Cow<'static, str>,
    /// The prebuilt body with the detail and the code, if there is one.
    pub(super) json: Option<&'static str>,
    pub(super) scheme: Option<&'static str>,
}

impl Words {
    /// Fully known at compile time, including the usual body: a server that is flooded does little else than refuse. `json` is
    /// the body that contains `detail` and `code`.
    pub(crate) const fn fixed(kind: ErrorKind, detail: &'static str, code: &'static str, json: &'static str) -> Self {
        assert!(is_plain(detail) && is_plain(code), "JSON has other words for this");
        Self { kind, detail: Cow::Borrowed(detail), code: Cow::Borrowed(code), json: Some(json), scheme: None }
    }

    pub(crate) const fn of_scheme(mut self, scheme: &'static str) -> Self {
        self.scheme = Some(scheme);
        self
    }
}

/// Returns whether `text` needs no escaping in JSON.
pub(crate) const fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // No early return, so that it compiles to a few vector instructions.
    let (mut all, mut at) = (true, 0);
    while at < bytes.len() {
        all &= bytes[at] >= b' ' && bytes[at] != b'"' && bytes[at] != b'\\';
        at += 1;
    }
    all
}
