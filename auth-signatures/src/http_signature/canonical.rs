//! The usual form of `Signature-Input`, read in one go.
//!
//! Nearly every message has one signature, which is written as RFC 9421 serialises it: strings without escapes, whole numbers,
//! one space between components and none elsewhere. Such a text is what is signed, as it stands. Every other text, and every
//! one that is wrong, is left to the reader of structured fields.

use std::ops::Range;

use super::input::{SignatureInput, Value};

/// How many digits an integer may have (RFC 9651 section 3.3.1).
const MAX_DIGITS: usize = 15;

/// The signature of a field in the usual form, without its bytes. `None` says nothing of the field.
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

    /// All bytes from here on that are of a kind.
    fn run(&mut self, is_of_kind: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        let rest = &self.text[start..];
        self.at += rest.iter().position(|byte| !is_of_kind(*byte)).unwrap_or(rest.len());
        start..self.at
    }

    /// A key (RFC 9651 section 3.1.2).
    fn key(&mut self) -> Option<Range<usize>> {
        if !matches!(self.text.get(self.at)?, b'a'..=b'z' | b'*') {
            return None;
        }
        Some(self.run(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')))
    }

    /// A string without escapes (RFC 9651 section 3.3.3). Where its text stands.
    fn string(&mut self) -> Option<Range<usize>> {
        self.take(b'"')?;
        let range = self.run(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\');
        self.take(b'"')?;
        Some(range)
    }

    /// A whole number as it is serialised. Where there is none, nothing is taken.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::component::MAX_COMPONENTS;
    use super::super::input;
    use super::*;

    /// What both readers say of the text.
    fn both(text: &str) -> (Option<String>, Option<String>) {
        let slow = input::read_any(text.as_bytes(), MAX_COMPONENTS).ok();
        let slow = slow.and_then(|inputs| <[SignatureInput; 1]>::try_from(inputs).ok());
        let fast = read(text.as_bytes(), MAX_COMPONENTS);
        (fast.map(|input| format!("{input:?}")), slow.map(|[input]| format!("{input:?}")))
    }

    #[test]
    fn the_usual_form_is_read_as_by_the_reader_of_structured_fields() {
        for text in [
            "sig1=(\"@method\" \"@target-uri\");created=1618884473;keyid=\"test-key\"",
            "*a._-9=();created=0;expires=999999999999999;nonce=\"a b\";alg=\"x\";keyid=\"\";tag=\"~!\";other=\"1\";more=7",
            "a=(\"content-type\")",
            "a=()",
        ] {
            let (fast, slow) = both(text);
            assert!(fast.is_some(), "{text}");
            assert_eq!(fast, slow, "{text}");
        }
    }

    #[test]
    fn every_other_form_is_left_to_it() {
        let long = format!("a=({})", vec!["\"x\""; MAX_COMPONENTS + 1].join(" "));
        for text in [
            "",
            " a=()",
            "a=() ",
            "a=(), b=()",
            "A=()",
            "a",
            "a=1",
            "a=(",
            "a=( )",
            "a=(\"date\"  \"host\")",
            "a=(\"date\" )",
            "a=(\"date\"\"host\")",
            "a=(\"date\" \"date\")",
            "a=(\"Date\")",
            "a=(\"@foo\")",
            "a=(\"@query-param\")",
            "a=(\"date\";sf)",
            "a=(date)",
            "a=();created",
            "a=();created=?1",
            "a=();created=01",
            "a=();created=-1",
            "a=();created=1.5",
            "a=();created=1000000000000000",
            "a=();created=99999999999999999999999",
            "a=();created=1;created=1",
            "a=();created=\"1\"",
            "a=();keyid=1",
            "a=(); keyid=\"k\"",
            "a=();keyid=\"k\\\"\"",
            "a=();keyid=\"k\t\"",
            "a=();keyid=\"é\"",
            "a=();keyid=\"k",
            "a=();keyid=k",
            "a=();keyid=:aw==:",
            &long,
        ] {
            assert!(both(text).0.is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_other_reader_reads(
            text in "[ab*]=\\(( {0,2}\"@?[a-z]{1,2}(\\\\\")?\"(;req)?){0,3} ?\\)(; ?(created|expires|keyid|alg|x)=?(\"[ -~]{0,4}\"|-?[0-9]{1,16}|\\?1|a)?){0,4}|\\PC{0,20}",
        ) {
            let (fast, slow) = both(&text);
            prop_assert!(fast.is_none() || fast == slow);
        }
    }
}
