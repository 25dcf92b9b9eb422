//! The string that is signed (draft-cavage-http-signatures-12 section 2.3).

use http::header::HOST;
use http::{HeaderMap, Method};

/// The parts of a message that a signature may cover.
pub(super) struct Message<'a> {
    pub(super) method: &'a Method,
    /// The path and query as the caller sent them.
    pub(super) target: &'a str,
    /// The host and port as the caller sent them.
    pub(super) authority: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) created: Option<&'a str>,
    pub(super) expires: Option<&'a str>,
}

impl Message<'_> {
    /// Returns the string to sign: a line for each name, without a line break after the last.
    ///
    /// # Errors
    ///
    /// Returns the first name that the message does not have, or whose value is not text.
    pub(super) fn signing_string<'n>(&self, names: &[&'n str]) -> Result<String, &'n str> {
        let mut text = String::with_capacity(256);
        for &name in names {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(name);
            text.push_str(": ");
            match name {
                "(request-target)" => {
                    let start = text.len();
                    text.push_str(self.method.as_str());
                    text[start..].make_ascii_lowercase();
                    text.push(' ');
                    text.push_str(self.target);
                }
                "(created)" => text.push_str(self.created.ok_or(name)?),
                "(expires)" => text.push_str(self.expires.ok_or(name)?),
                _ if name == HOST.as_str() => text.push_str(self.authority),
                _ => self.push_header(&mut text, name)?,
            }
        }
        Ok(text)
    }

    /// Appends all values of a header, in order.
    fn push_header<'n>(&self, text: &mut String, name: &'n str) -> Result<(), &'n str> {
        let mut values = self.headers.get_all(name).iter().peekable();
        if values.peek().is_none() {
            return Err(name);
        }
        let mut separator = "";
        for value in values {
            text.push_str(separator);
            text.push_str(value.to_str().map_err(|_| name)?.trim());
            separator = ", ";
        }
        Ok(())
    }
}
