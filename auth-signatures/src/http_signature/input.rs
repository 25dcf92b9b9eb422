//! [`SignatureInput`]: one signature of a message (RFC 9421 section 4).

use std::borrow::Cow;
use std::ops::Range;

use http::HeaderName;
use sfv::{BareItemFromInput, KeyRef};

use super::component::{Components, push_parameter, unescaped};
use super::error::SignatureError;

pub(super) static SIGNATURE: HeaderName = HeaderName::from_static("signature");
pub(super) static SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");

/// One signature of a message.
///
/// It is stored as the text `sig1=("@method");created=1`, in the received order and without the optional spaces of structured
/// fields: the form that is signed.
#[derive(Debug, Clone, Default)]
pub(super) struct SignatureInput {
    pub(super) components: Components,
    label: usize,
    /// In seconds. In `Accept-Signature`, 0 if it is requested.
    pub(super) created: Option<u64>,
    /// In seconds. In `Accept-Signature`, 0 if it is requested.
    pub(super) expires: Option<u64>,
    nonce: Option<Range<usize>>,
    alg: Option<Range<usize>>,
    keyid: Option<Range<usize>>,
    tag: Option<Range<usize>>,
    pub(super) signature: Vec<u8>,
}

impl SignatureInput {
    /// Creates a signature with this label, without components and parameters.
    pub(super) fn new(label: &str) -> Self {
        let mut components = Components::after(label);
        components.text.push_str("=(");
        Self { components, label: label.len(), ..Self::default() }
    }

    /// Creates a signature from this text, which starts with a label of this length. Its components and parameters are still to
    /// be parsed.
    pub(super) fn before(text: &str, label: usize) -> Self {
        Self { components: Components::after(text), label, ..Self::default() }
    }

    pub(super) fn label(&self) -> &str {
        &self.components.text[..self.label]
    }

    /// Returns the value of `@signature-params`.
    pub(super) fn params(&self) -> &str {
        &self.components.text[self.label + 1..]
    }

    pub(super) fn nonce(&self) -> Option<Cow<'_, str>> {
        self.string(self.nonce.as_ref())
    }

    pub(super) fn alg(&self) -> Option<Cow<'_, str>> {
        self.string(self.alg.as_ref())
    }

    pub(super) fn keyid(&self) -> Option<Cow<'_, str>> {
        self.string(self.keyid.as_ref())
    }

    pub(super) fn tag(&self) -> Option<Cow<'_, str>> {
        self.string(self.tag.as_ref())
    }

    fn string(&self, range: Option<&Range<usize>>) -> Option<Cow<'_, str>> {
        range.map(|range| unescaped(&self.components.text[range.clone()]))
    }

    /// Adds a parameter of the text. Unknown parameters are signed like the others and otherwise ignored.
    pub(super) fn parameter(&mut self, key: &str, value: Value) -> Result<(), SignatureError> {
        let twice = match key {
            "created" => self.created.replace(value.seconds(key)?).is_some(),
            "expires" => self.expires.replace(value.seconds(key)?).is_some(),
            "nonce" => self.nonce.replace(value.string(key)?).is_some(),
            "alg" => self.alg.replace(value.string(key)?).is_some(),
            "keyid" => self.keyid.replace(value.string(key)?).is_some(),
            "tag" => self.tag.replace(value.string(key)?).is_some(),
            _ => false,
        };
        if twice { Err(SignatureError::Malformed(format!("`{key}` stands there twice"))) } else { Ok(()) }
    }
}

/// The value of a parameter.
pub(super) enum Value {
    /// A non-negative integer.
    Number(u64),
    /// The range of a string in the text, without the quotes.
    String(Range<usize>),
    Other,
}

impl Value {
    /// Appends the parameter to the text, and returns its value.
    pub(super) fn written(text: &mut String, key: &KeyRef, value: &BareItemFromInput<'_>, asked: bool) -> Self {
        let range = push_parameter(text, key, value);
        if value.as_string().is_some() {
            Self::String(range)
        } else if asked && value.as_boolean() == Some(true) {
            Self::Number(0)
        } else {
            let number = value.as_integer().and_then(|number| u64::try_from(i64::from(number)).ok());
            number.map_or(Self::Other, Self::Number)
        }
    }

    fn seconds(self, key: &str) -> Result<u64, SignatureError> {
        match self {
            Self::Number(seconds) => Ok(seconds),
            _ => Err(SignatureError::Malformed(format!("`{key}` is no time"))),
        }
    }

    fn string(self, key: &str) -> Result<Range<usize>, SignatureError> {
        match self {
            Self::String(range) => Ok(range),
            _ => Err(SignatureError::Malformed(format!("`{key}` is no string"))),
        }
    }
}
