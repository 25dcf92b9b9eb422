//! `Signature-Input` and `Signature` (RFC 9421 section 4), and `Accept-Signature`, which has the same form.

use std::borrow::Cow;
use std::ops::Range;

use http::{HeaderMap, HeaderName};
use sfv::visitor::{DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, Never, ParameterVisitor};
use sfv::{BareItemFromInput, KeyRef, Parser};

use super::canonical;
use super::component::{ComponentVisitor, Components, push_parameter, unescaped};
use super::error::SignatureError;

pub(super) static SIGNATURE: HeaderName = HeaderName::from_static("signature");
pub(super) static SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
static ACCEPT_SIGNATURE: HeaderName = HeaderName::from_static("accept-signature");

/// How long each of the two fields may be.
const MAX_LENGTH: usize = 8 * 1024;

/// How many signatures a message may have.
const MAX_SIGNATURES: usize = 8;

/// One signature, as a message has it.
///
/// It is kept as the text `sig1=("@method");created=1`, in the order in which it came and without the spaces that structured
/// fields allow: the form that is signed.
#[derive(Debug, Clone, Default)]
pub(super) struct SignatureInput {
    pub(super) components: Components,
    label: usize,
    /// In seconds. In `Accept-Signature`, 0 where it is asked for.
    pub(super) created: Option<u64>,
    /// In seconds. In `Accept-Signature`, 0 where it is asked for.
    pub(super) expires: Option<u64>,
    nonce: Option<Range<usize>>,
    alg: Option<Range<usize>>,
    keyid: Option<Range<usize>>,
    tag: Option<Range<usize>>,
    pub(super) signature: Vec<u8>,
}

impl SignatureInput {
    /// Of this label, without components and parameters.
    fn new(label: &str) -> Self {
        let mut components = Components::after(label);
        components.text.push_str("=(");
        Self { components, label: label.len(), ..Self::default() }
    }

    /// Of this text, which begins with a label of this length, before its components and parameters have been read.
    pub(super) fn before(text: &str, label: usize) -> Self {
        Self { components: Components::after(text), label, ..Self::default() }
    }

    pub(super) fn label(&self) -> &str {
        &self.components.text[..self.label]
    }

    /// The value of `@signature-params`.
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

    /// Takes a parameter that the text has. Those that are not known are signed like the others and mean nothing.
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
    /// A whole number that is not negative.
    Number(u64),
    /// Where its text stands, without the quotes.
    String(Range<usize>),
    Other,
}

impl Value {
    /// Writes it behind the text, with its key.
    fn written(text: &mut String, key: &KeyRef, value: &BareItemFromInput<'_>, asked: bool) -> Self {
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

/// The signatures of a message; none when it has no `Signature-Input`.
///
/// # Errors
///
/// When one of the two fields is malformed or too long, or one has a label that the other has not.
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

/// The signatures of a `Signature-Input` in whatever form, without their bytes.
pub(super) fn read_any(text: &[u8], limit: usize) -> Result<Vec<SignatureInput>, SignatureError> {
    let visitor = InputVisitor { inputs: Vec::with_capacity(1), limit, asked: false };
    Parser::new(text).parse_dictionary_with_visitor(visitor).map_err(|error| malformed(&SIGNATURE_INPUT, &error))
}

/// The signatures that a response asks for.
///
/// # Errors
///
/// When `Accept-Signature` is malformed or too long.
pub(super) fn read_accept(headers: &HeaderMap) -> Result<Vec<SignatureInput>, SignatureError> {
    let Some(text) = joined(headers, &ACCEPT_SIGNATURE)? else { return Ok(Vec::new()) };
    let visitor = InputVisitor { inputs: Vec::new(), limit: super::component::MAX_COMPONENTS, asked: true };
    Parser::new(&*text).parse_dictionary_with_visitor(visitor).map_err(|error| malformed(&ACCEPT_SIGNATURE, &error))
}

/// The lines of a field in one.
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
