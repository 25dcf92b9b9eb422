//! A fast parser for the usual form of `Signature-Input`.
//!
//! Nearly every message has one signature, serialized as in RFC 9421: strings without escapes, integers, one space between
//! components and none elsewhere. Such a text can be signed as it is. Every other text, valid or not, is left to the parser of
//! structured fields.

use std::ops::Range;

use super::input::{SignatureInput, Value};

/// The maximum number of digits of an integer (RFC 9651 section 3.3.1).
const MAX_DIGITS: usize = 15;

/// Parses the signature of a field in the usual form, without its bytes. `None` means that the field has another form or is not
/// valid.
pub(super) fn read(text: &[u8], limit: usize) -> Option<SignatureInput> {
    let text = std::str::from_utf8(text).ok()?;
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    let label = reader.key()?;
    let mut input = SignatureInput::before(text, label.len());
    reader.take(b'=')?;
    reader.take(b'(')?;
    while reader.take(b')').is_none() {
        if input.components.iter().next().is_some() {
            reader.take(b' ')?;
        }
        input.components.begin_at(reader.string()?, limit).ok()?;
        input.components.end().ok()?;
    }
    while reader.at < text.len() {
        reader.take(b';')?;
        let key = reader.key()?;
        reader.take(b'=')?;
        let value = match reader.number() {
            Some(number) => Value::Number(number),
            None => Value::String(reader.string()?),
        };
        input.parameter(&text[key], value).ok()?;
    }
    Some(input)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, byte: u8) -> Option<()> {
        if self.text.get(self.at) != Some(&byte) {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// Consumes all bytes from here on for which `is_of_kind` returns true.
    fn run(&mut self, is_of_kind: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        let rest = &self.text[start..];
        self.at += rest.iter().position(|byte| !is_of_kind(*byte)).unwrap_or(rest.len());
        start..self.at
    }

    /// Parses a key (RFC 9651 section 3.1.2).
    fn key(&mut self) -> Option<Range<usize>> {
        if !matches!(self.text.get(self.at)?, b'a'..=b'z' | b'*') {
            return None;
        }
        Some(self.run(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')))
    }

    /// Parses a string without escapes (RFC 9651 section 3.3.3). Returns the range of its content.
    fn string(&mut self) -> Option<Range<usize>> {
        self.take(b'"')?;
        let range = self.run(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\');
        self.take(b'"')?;
        Some(range)
    }

    /// Parses an integer in its canonical form. Consumes nothing if there is none.
    fn number(&mut self) -> Option<u64> {
        let start = self.at;
        let digits = self.run(|byte| byte.is_ascii_digit());
        match &self.text[digits] {
            [b'0'] => Some(0),
            digits @ [b'1'..=b'9', ..] if digits.len() <= MAX_DIGITS => {
                Some(digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
            }
            _ => {
                self.at = start;
                None
            }
        }
    }
}
