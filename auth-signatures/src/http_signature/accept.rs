//! `Accept-Signature` (RFC 9421 section 5.1): the signature that a server wants.

use auth_runtime::store::KeyAlgorithm;
use base64ct::{Base64UrlUnpadded, Encoding};
use http::HeaderValue;

/// The components that describe a content: its digest, and the headers that say how it is read.
pub(super) type ContentComponents = [Option<&'static str>; 3];

/// A wanted signature. Serialized only if a response needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WantedSignature {
    pub(super) components: &'static [&'static str],
    /// The components of the content that must be covered as well.
    pub(super) content: ContentComponents,
    pub(super) algorithms: &'static [KeyAlgorithm],
    pub(super) nonce: bool,
    pub(super) tag: Option<&'static str>,
}

impl WantedSignature {
    /// Returns a member of the field, with this number in its label. `None` means that it cannot be serialized.
    ///
    /// A nonce can only be requested by suggesting one, so this suggests a random one. Any other is accepted as well.
    pub(crate) fn to_header_value(self, number: usize) -> Option<HeaderValue> {
        let mut text = format!("sig{number}=(");
        let content = self.content.into_iter().flatten().filter(|component| !self.components.contains(component));
        for (at, component) in self.components.iter().copied().chain(content).enumerate() {
            text.extend([if at == 0 { "\"" } else { " \"" }, component, "\""]);
        }
        text.push_str(");created");
        if let [algorithm] = self.algorithms {
            text.extend([";alg=\"", algorithm.name(), "\""]);
        }
        if self.nonce {
            let mut random = [0; 16];
            aws_lc_rs::rand::fill(&mut random).ok()?;
            text.extend([";nonce=\"", &Base64UrlUnpadded::encode_string(&random), "\""]);
        }
        if let Some(tag) = self.tag {
            text.push_str(";tag=\"");
            for character in tag.chars() {
                if matches!(character, '"' | '\\') {
                    text.push('\\');
                }
                text.push(character);
            }
            text.push('"');
        }
        HeaderValue::from_str(&text).ok()
    }
}
