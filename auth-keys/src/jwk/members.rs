//! The members of a JWK.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::base64url::encode;
use crate::error::InvalidKey;

/// The supported members. Others are ignored (RFC 7517 section 4); a duplicate is an error.
///
/// In the order of their names, as RFC 7638 section 3.3 requires for a thumbprint.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Members {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) d: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dp: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dq: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) k: Option<Hidden>,
    #[serde(skip_serializing)]
    pub(super) key_ops: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<u64>,
    #[serde(skip_serializing)]
    pub(super) oth: Option<IgnoredAny>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) p: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) q: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) qi: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) r#use: Option<String>,
    /// The account that the key belongs to, in a key file.
    #[serde(skip_serializing)]
    pub(crate) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) y: Option<String>,
}

/// A member that is wiped from memory.
#[derive(Clone, Default)]
pub(super) struct Hidden(Zeroizing<String>);

impl Hidden {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(encode(bytes)))
    }
}

impl std::ops::Deref for Hidden {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl Serialize for Hidden {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Members {
    pub(crate) fn read(jwk: &str) -> Result<Self, InvalidKey> {
        read_object(jwk).map_err(InvalidKey::new)
    }

    /// Serializes the members as JSON, sorted by name, without spaces.
    pub(super) fn write(&self) -> String {
        // Large enough for the longest key, so that growing does not leave pieces of a secret behind.
        let mut json = Vec::with_capacity(8 * 1024);
        serde_json::to_writer(&mut json, self).expect("strings and numbers can be written");
        String::from_utf8(json).expect("JSON is UTF-8")
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Returns whether it is a shared secret.
    pub(super) fn is_symmetric(&self) -> bool {
        self.kty.as_deref() == Some("oct")
    }

    /// Returns whether it has a member of a private key. Shared secrets do not count.
    pub(super) fn has_private_half(&self) -> bool {
        let hidden = [&self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qi];
        self.oth.is_some() || hidden.into_iter().any(Option::is_some)
    }
}

/// Reads a JSON object. The error contains nothing of the text.
pub(crate) fn read_object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    // serde would accept the values of an array as the members, in order.
    if text.trim_ascii_start().starts_with('[') {
        return Err("this is an array, and should be an object".to_owned());
    }
    serde_json::from_str(text).map_err(|error| fault_of(&error))
}

/// Describes what is wrong with a text without quoting it, since it may be a secret.
pub(crate) fn fault_of(error: &serde_json::Error) -> String {
    let fault = if error.is_data() { "a member has the wrong type, or is there twice" } else { "this is not JSON" };
    format!("{fault} (line {}, column {})", error.line(), error.column())
}
