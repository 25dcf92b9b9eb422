//! [`Artifacts`]: what a MAC covers.

use std::fmt::Write as _;

use auth_runtime::store::Key;
use base64ct::{Base64, Encoding};

use auth_keys::signature::{self, ClaimedSignature};

/// What a client signed of a request; needed to verify the response.
///
/// It contains no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifacts {
    pub(super) ts: String,
    pub(super) nonce: String,
    pub(super) method: String,
    pub(super) resource: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) hash: Option<String>,
    pub(super) ext: Option<String>,
    pub(super) app: Option<String>,
    pub(super) dlg: Option<String>,
}

/// The kind of message that a MAC is for, so that one kind cannot be used as another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Header,
    Response,
    Bewit,
}

impl Artifacts {
    /// Returns the nonce.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Returns when the request was signed, in seconds since the Unix epoch.
    pub fn timestamp(&self) -> &str {
        &self.ts
    }

    /// Returns the hash of the payload, if it is signed.
    pub fn hash(&self) -> Option<&str> {
        self.hash.as_deref()
    }

    /// Returns the text that is signed for a request.
    pub(super) fn of_request(&self) -> String {
        self.normalized(Kind::Header, self.hash.as_deref(), self.ext.as_deref())
    }

    /// Returns the text that is signed.
    pub(super) fn normalized(&self, kind: Kind, hash: Option<&str>, ext: Option<&str>) -> String {
        let Self { ts, nonce, method, resource, host, port, app, dlg, .. } = self;
        let (app, dlg) = (app.as_deref(), dlg.as_deref());
        Signed { ts, nonce, method, resource, host, port: *port, hash, ext, app, dlg }.text(kind)
    }
}

/// The parts of a signed text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signed<'a> {
    pub(super) ts: &'a str,
    pub(super) nonce: &'a str,
    pub(super) method: &'a str,
    pub(super) resource: &'a str,
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) hash: Option<&'a str>,
    pub(super) ext: Option<&'a str>,
    pub(super) app: Option<&'a str>,
    pub(super) dlg: Option<&'a str>,
}

impl Signed<'_> {
    /// Joins the parts into the text.
    pub(super) fn text(&self, kind: Kind) -> String {
        let kind = match kind {
            Kind::Header => "hawk.1.header",
            Kind::Response => "hawk.1.response",
            Kind::Bewit => "hawk.1.bewit",
        };
        let Self { ts, nonce, method, resource, host, port, hash, ext, app, dlg } = *self;
        let [hash, ext, dlg] = [hash, ext, dlg].map(Option::unwrap_or_default);
        let parts = [kind, ts, nonce, method, resource, host, hash, ext, app.unwrap_or_default(), dlg];
        // Each part takes a line, and so does the port.
        let mut text = String::with_capacity(parts.iter().map(|part| part.len() + 1).sum::<usize>() + "65535\n".len());
        for line in [kind, ts, nonce, method, resource, host] {
            push_line(&mut text, line);
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{port}");
        push_line(&mut text, hash);
        if ext.contains(['\\', '\n']) {
            push_line(&mut text, &ext.replace('\\', "\\\\").replace('\n', "\\n"));
        } else {
            push_line(&mut text, ext);
        }
        if let Some(app) = app {
            push_line(&mut text, app);
            push_line(&mut text, dlg);
        }
        text
    }
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// Returns the text that is signed for a server's time.
pub(super) fn of_time(ts: &str) -> String {
    format!("hawk.1.ts\n{ts}\n")
}

/// Returns the MAC of a text under the secret of `key`, encoded for a header.
///
/// # Panics
///
/// If the key is not a shared secret.
pub(super) fn mac(key: &Key, text: &str) -> String {
    Base64::encode_string(signature::mac(key.algorithm(), key.material(), text.as_bytes()).as_ref())
}

/// Returns whether `claimed` is the MAC of `text` under the secret of `key`, in constant time.
pub(super) fn verifies(key: &Key, text: &str, claimed: &str) -> bool {
    signature::verify(key, true, text.as_bytes(), ClaimedSignature::Base64(claimed))
}
