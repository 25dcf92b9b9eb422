//! Parses `Signature-Input` and `Signature` (RFC 9421 section 4), and `Accept-Signature`, which has the same syntax.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};
use sfv::visitor::{DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, Never, ParameterVisitor};
use sfv::{BareItemFromInput, KeyRef, Parser};

use super::canonical;
use super::component::ComponentVisitor;
use super::error::SignatureError;
use super::input::{SIGNATURE, SIGNATURE_INPUT, SignatureInput, Value};

static ACCEPT_SIGNATURE: HeaderName = HeaderName::from_static("accept-signature");

/// The maximum length of each of the two fields.
const MAX_LENGTH: usize = 8 * 1024;

/// The maximum number of signatures of a message.
const MAX_SIGNATURES: usize = 8;

/// Returns the signatures of a message; an empty list if it has no `Signature-Input`.
///
/// # Errors
///
/// If one of the two fields is malformed or too long, or a label is in only one of them.
pub(super) fn read(headers: &HeaderMap, limit: usize) -> Result<Vec<SignatureInput>, SignatureError> {
    let Some(text) = joined(headers, &SIGNATURE_INPUT)? else { return Ok(Vec::new()) };
    let mut inputs = match canonical::read(&text, limit) {
        Some(input) => vec![input],
        None => read_any(&text, limit)?,
    };
    let text = joined(headers, &SIGNATURE)?
        .ok_or_else(|| SignatureError::Malformed("`Signature-Input` without `Signature`".into()))?;
    Parser::new(&*text)
        .parse_dictionary_with_visitor(SignatureVisitor(&mut inputs))
        .map_err(|error| malformed(&SIGNATURE, &error))?;
    match inputs.iter().find(|input| input.signature.is_empty()) {
        Some(input) => Err(SignatureError::Malformed(format!("`{}` has no signature", input.label()))),
        None => Ok(inputs),
    }
}

/// Parses the signatures of a `Signature-Input` in any form, without their bytes.
pub(super) fn read_any(text: &[u8], limit: usize) -> Result<Vec<SignatureInput>, SignatureError> {
    let visitor = InputVisitor { inputs: Vec::with_capacity(1), limit, asked: false };
    Parser::new(text).parse_dictionary_with_visitor(visitor).map_err(|error| malformed(&SIGNATURE_INPUT, &error))
}

/// Returns the signatures that a response requests.
///
/// # Errors
///
/// If `Accept-Signature` is malformed or too long.
pub(super) fn read_accept(headers: &HeaderMap) -> Result<Vec<SignatureInput>, SignatureError> {
    let Some(text) = joined(headers, &ACCEPT_SIGNATURE)? else { return Ok(Vec::new()) };
    let visitor = InputVisitor { inputs: Vec::new(), limit: super::component::MAX_COMPONENTS, asked: true };
    Parser::new(&*text).parse_dictionary_with_visitor(visitor).map_err(|error| malformed(&ACCEPT_SIGNATURE, &error))
}

/// Joins the lines of a field.
pub(super) fn joined<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<Cow<'a, [u8]>>, SignatureError> {
    let mut lines = headers.get_all(name).iter();
    let Some(first) = lines.next() else { return Ok(None) };
    let mut text = Cow::Borrowed(first.as_bytes());
    for line in lines {
        let text = text.to_mut();
        text.extend_from_slice(b", ");
        text.extend_from_slice(line.as_bytes());
    }
    if text.len() > MAX_LENGTH {
        return Err(SignatureError::Malformed(format!("`{name}` is longer than {MAX_LENGTH} bytes")));
    }
    Ok(Some(text))
}

fn malformed(field: &HeaderName, error: &sfv::Error) -> SignatureError {
    SignatureError::Malformed(format!("`{field}`: {error}"))
}

/// Reads `Signature-Input`, or `Accept-Signature`.
struct InputVisitor {
    inputs: Vec<SignatureInput>,
    limit: usize,
    asked: bool,
}

impl<'de> DictionaryVisitor<'de> for InputVisitor {
    type Out = Vec<SignatureInput>;
    type Error = SignatureError;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, SignatureError> {
        if self.inputs.len() == MAX_SIGNATURES {
            return Err(SignatureError::Malformed(format!("more than {MAX_SIGNATURES} signatures")));
        }
        if self.inputs.iter().any(|input| input.label() == key.as_str()) {
            return Err(SignatureError::Malformed(format!("two signatures are called `{}`", key.as_str())));
        }
        self.inputs.push(SignatureInput::new(key.as_str()));
        Ok(Member { input: self.inputs.last_mut(), limit: self.limit, asked: self.asked })
    }

    fn finish(self) -> Result<Self::Out, SignatureError> {
        Ok(self.inputs)
    }
}

/// Reads one signature.
struct Member<'a> {
    input: Option<&'a mut SignatureInput>,
    limit: usize,
    asked: bool,
}

impl<'de> EntryVisitor<'de> for Member<'_> {
    type Error = SignatureError;

    fn item(self) -> Result<impl ItemVisitor<'de>, SignatureError> {
        Err::<Never, _>(SignatureError::Malformed("a signature is no list of components".into()))
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, SignatureError> {
        Ok(self)
    }
}

impl<'de> InnerListVisitor<'de> for Member<'_> {
    type Error = SignatureError;

    fn item(&mut self) -> Result<impl ItemVisitor<'de>, SignatureError> {
        let limit = self.limit;
        Ok(self.input.as_deref_mut().map(|input| ComponentVisitor { components: &mut input.components, limit }))
    }

    fn finish(mut self) -> Result<impl ParameterVisitor<'de>, SignatureError> {
        if let Some(input) = &mut self.input {
            input.components.text.push(')');
        }
        Ok(self)
    }
}

impl<'de> ParameterVisitor<'de> for Member<'_> {
    type Out = ();
    type Error = SignatureError;

    fn parameter(&mut self, key: &'de KeyRef, value: BareItemFromInput<'de>) -> Result<(), SignatureError> {
        match &mut self.input {
            Some(input) => {
                let value = Value::written(&mut input.components.text, key, &value, self.asked);
                input.parameter(key.as_str(), value)
            }
            None => Ok(()),
        }
    }

    fn finish(self) -> Result<(), SignatureError> {
        Ok(())
    }
}

/// Reads `Signature`.
struct SignatureVisitor<'a>(&'a mut [SignatureInput]);

impl<'de> DictionaryVisitor<'de> for SignatureVisitor<'_> {
    type Out = ();
    type Error = SignatureError;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, SignatureError> {
        let label = key.as_str();
        let input = self.0.iter_mut().find(|input| input.label() == label);
        let input = input.ok_or_else(|| SignatureError::Malformed(format!("`{label}` has no `Signature-Input`")))?;
        if !input.signature.is_empty() {
            return Err(SignatureError::Malformed(format!("two signatures are called `{label}`")));
        }
        Ok(Bytes(&mut input.signature))
    }

    fn finish(self) -> Result<(), SignatureError> {
        Ok(())
    }
}

struct Bytes<'a>(&'a mut Vec<u8>);

impl<'de> EntryVisitor<'de> for Bytes<'_> {
    type Error = SignatureError;

    fn item(self) -> Result<impl ItemVisitor<'de>, SignatureError> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, SignatureError> {
        Err::<Never, _>(SignatureError::Malformed("a signature is a list".into()))
    }
}

impl<'de> ItemVisitor<'de> for Bytes<'_> {
    type Out = ();
    type Error = SignatureError;

    fn bare_item(self, item: BareItemFromInput<'de>) -> Result<impl ParameterVisitor<'de, Out = ()>, SignatureError> {
        match item {
            BareItemFromInput::ByteSequence(bytes) if !bytes.is_empty() => {
                *self.0 = bytes;
                Ok(Ignored)
            }
            _ => Err(SignatureError::Malformed("a signature is no bytes".into())),
        }
    }
}
