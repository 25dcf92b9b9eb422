//! [`Artifacts`]: what a MAC is over.

use std::fmt::Write as _;

use auth_runtime::store::Key;
use base64ct::{Base64, Encoding};

use auth_keys::signature::{self, ClaimedSignature};

/// What a client signed of a request: it verifies the response by it.
///
/// Nothing of it is secret.
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

/// What kind of message a MAC is of, so that none passes for another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Header,
    Response,
    Bewit,
}

impl Artifacts {
    /// What the nonce was.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// When it was signed, in seconds since the Unix epoch.
    pub fn timestamp(&self) -> &str {
        &self.ts
    }

    /// The hash of the payload, where that is signed.
    pub fn hash(&self) -> Option<&str> {
        self.hash.as_deref()
    }

    /// The text of a request that is signed.
    pub(super) fn of_request(&self) -> String {
        self.normalized(Kind::Header, self.hash.as_deref(), self.ext.as_deref())
    }

    /// The text that is signed.
    pub(super) fn normalized(&self, kind: Kind, hash: Option<&str>, ext: Option<&str>) -> String {
        let Self { ts, nonce, method, resource, host, port, app, dlg, .. } = self;
        let (app, dlg) = (app.as_deref(), dlg.as_deref());
        Signed { ts, nonce, method, resource, host, port: *port, hash, ext, app, dlg }.text(kind)
    }
}

/// What a text that is signed consists of.
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
    /// The text.
    pub(super) fn text(&self, kind: Kind) -> String {
        let kind = match kind {
            Kind::Header => "hawk.1.header",
            Kind::Response => "hawk.1.response",
            Kind::Bewit => "hawk.1.bewit",
        };
        let Self { ts, nonce, method, resource, host, port, hash, ext, app, dlg } = *self;
        let [hash, ext, dlg] = [hash, ext, dlg].map(Option::unwrap_or_default);
        let parts = [kind, ts, nonce, method, resource, host, hash, ext, app.unwrap_or_default(), dlg];
        // Each on a line, and the port.
        let mut text = String::with_capacity(parts.iter().map(|part| part.len() + 1).sum::<usize>() + "65535\n".len());
        for line in [kind, ts, nonce, method, resource, host] {
            push_line(&mut text, line);
        }
        // Writing to a `String` does not fail.
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

/// The text that is signed of a server's time.
pub(super) fn of_time(ts: &str) -> String {
    format!("hawk.1.ts\n{ts}\n")
}

/// The MAC of a text under the secret of `key`, as a header has it.
///
/// # Panics
///
/// When the key has no shared secret.
pub(super) fn mac(key: &Key, text: &str) -> String {
    Base64::encode_string(signature::mac(key.algorithm(), key.material(), text.as_bytes()).as_ref())
}

/// Whether `claimed` is the MAC of `text` under the secret of `key`, in constant time.
pub(super) fn verifies(key: &Key, text: &str, claimed: &str) -> bool {
    signature::verify(key, true, text.as_bytes(), ClaimedSignature::Base64(claimed))
}
