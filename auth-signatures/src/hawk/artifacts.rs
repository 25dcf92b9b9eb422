//! [`Artifacts`]: what a MAC is over.

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::constant_time;
use base64ct::{Base64, Encoding};

use crate::crypto;

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
        let kind = match kind {
            Kind::Header => "header",
            Kind::Response => "response",
            Kind::Bewit => "bewit",
        };
        let Self { ts, nonce, method, resource, host, port, app, dlg, .. } = self;
        let hash = hash.unwrap_or_default();
        let ext = ext.unwrap_or_default().replace('\\', "\\\\").replace('\n', "\\n");
        let mut text = format!("hawk.1.{kind}\n{ts}\n{nonce}\n{method}\n{resource}\n{host}\n{port}\n{hash}\n{ext}\n");
        if let Some(app) = app {
            text.extend([app, "\n", dlg.as_deref().unwrap_or_default(), "\n"]);
        }
        text
    }
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
    Base64::encode_string(crypto::mac(key.algorithm(), key.material(), text.as_bytes()).as_ref())
}

/// Whether `claimed` is the MAC of `text` under the secret of `key`, in constant time.
pub(super) fn verifies(key: &Key, text: &str, claimed: &str) -> bool {
    equals(&mac(key, text), claimed)
}

/// Does the work of [`verifies`] where there is no key, so that one cannot tell by the time which there are.
pub(super) fn verifies_nothing(text: &str, claimed: &str) {
    let mac = crypto::mac(KeyAlgorithm::HmacSha256, &[0; 32], text.as_bytes());
    std::hint::black_box(equals(&Base64::encode_string(mac.as_ref()), claimed));
}

/// Compares what is secret until it is sent.
pub(super) fn equals(expected: &str, claimed: &str) -> bool {
    constant_time::verify_slices_are_equal(expected.as_bytes(), claimed.as_bytes()).is_ok()
}
