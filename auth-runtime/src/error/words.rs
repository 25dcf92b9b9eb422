//! What a refusal says: [`Words`], and how they are known beforehand.

use std::borrow::Cow;

use super::ErrorKind;

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

/// The [`AuthError`] of this kind with these two literals, in the name of a scheme if one is given.
macro_rules! fixed {
    ($kind:ident, $detail:literal, $code:literal $(, $scheme:ty)?) => {{
        // No static, so that the scheme can be a parameter.
        $crate::error::AuthError::of_fixed(const {
            &$crate::error::Words::fixed(
                $crate::error::ErrorKind::$kind,
                $detail,
                $code,
                concat!("{\"detail\":\"", $detail, "\",\"code\":\"", $code, "\"}"),
            )
            $(.of_scheme(<$scheme as $crate::Authenticator>::NAME))?
        })
    }};
}

/// [`AuthError::authentication_failed`] with a literal, in the name of a scheme.
macro_rules! failed {
    ($scheme:ty, $detail:literal) => {
        $crate::error::fixed!(AuthenticationFailed, $detail, "authentication_failed", $scheme)
    };
}

pub(crate) use {failed, fixed};

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
