//! Refusals of which everything is known when they are compiled: [`Fixed`].

use super::ErrorKind;

/// A refusal of which everything is known when it is compiled, its usual body included: a server that is flooded does little
/// else than refuse.
pub(crate) struct Fixed {
    pub(super) kind: ErrorKind,
    pub(super) detail: &'static str,
    pub(super) code: &'static str,
    pub(super) json: &'static str,
    pub(super) scheme: Option<&'static str>,
}

impl Fixed {
    /// `json` is the body that says `detail` and `code`.
    pub(crate) const fn new(kind: ErrorKind, detail: &'static str, code: &'static str, json: &'static str) -> Self {
        assert!(is_plain(detail) && is_plain(code), "JSON has other words for this");
        Self { kind, detail, code, json, scheme: None }
    }

    pub(crate) const fn of_scheme(mut self, scheme: &'static str) -> Self {
        self.scheme = Some(scheme);
        self
    }
}

/// The [`AuthError`] of this kind with these two literals, in the name of a scheme if one is given.
macro_rules! fixed {
    ($kind:ident, $detail:literal, $code:literal $(, $scheme:ty)?) => {{
        static FIXED: $crate::error::Fixed = $crate::error::Fixed::new(
            $crate::error::ErrorKind::$kind,
            $detail,
            $code,
            concat!("{\"detail\":\"", $detail, "\",\"code\":\"", $code, "\"}"),
        )
        $(.of_scheme(<$scheme as $crate::Authenticator>::NAME))?;
        $crate::error::AuthError::of_fixed(&FIXED)
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
