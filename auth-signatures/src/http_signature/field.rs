//! The values of fields in the form that is signed (RFC 9421 section 2.1).

use std::borrow::Cow;

use base64ct::{Base64, Encoding};
use http::{HeaderMap, HeaderValue};
use sfv::{DictSerializer, Dictionary, FieldType, Item, List, ListSerializer, Parser};

/// Declares a field as structured, so that a signature may cover its value in strict form (`sf`): RFC 9421 section 2.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StructuredField {
    name: &'static str,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Dictionary,
    Item,
    List,
}

impl StructuredField {
    /// Declares a dictionary (RFC 9651 section 3.2).
    ///
    /// # Panics
    ///
    /// If `name` is not a field name in lower case.
    #[track_caller]
    pub const fn dictionary(name: &'static str) -> Self {
        Self::new(name, Shape::Dictionary)
    }

    /// Declares an item (RFC 9651 section 3.3).
    ///
    /// # Panics
    ///
    /// If `name` is not a field name in lower case.
    #[track_caller]
    pub const fn item(name: &'static str) -> Self {
        Self::new(name, Shape::Item)
    }

    /// Declares a list (RFC 9651 section 3.1).
    ///
    /// # Panics
    ///
    /// If `name` is not a field name in lower case.
    #[track_caller]
    pub const fn list(name: &'static str) -> Self {
        Self::new(name, Shape::List)
    }

    #[track_caller]
    const fn new(name: &'static str, shape: Shape) -> Self {
        assert!(
            super::component::is_field_name(name),
            "a structured field has no field's name; write it in lower case, such as `\"example-dict\"`"
        );
        Self { name, shape }
    }
}

/// The fields that are structured by their own specification, sorted by name.
const KNOWN: [(&str, Shape); 39] = [
    ("accept-ch", Shape::List),                                // RFC 8942
    ("accept-signature", Shape::Dictionary),                   // RFC 9421
    ("available-dictionary", Shape::Item),                     // RFC 9842
    ("cache-group-invalidation", Shape::List),                 // RFC 9875
    ("cache-groups", Shape::List),                             // RFC 9875
    ("cache-status", Shape::List),                             // RFC 9211
    ("capsule-protocol", Shape::Item),                         // RFC 9297
    ("cdn-cache-control", Shape::Dictionary),                  // RFC 9213
    ("client-cert", Shape::Item),                              // RFC 9440
    ("client-cert-chain", Shape::List),                        // RFC 9440
    ("content-digest", Shape::Dictionary),                     // RFC 9530
    ("cross-origin-embedder-policy", Shape::Item),             // HTML
    ("cross-origin-embedder-policy-report-only", Shape::Item), // HTML
    ("cross-origin-opener-policy", Shape::Item),               // HTML
    ("cross-origin-opener-policy-report-only", Shape::Item),   // HTML
    ("deprecation", Shape::Item),                              // RFC 9745
    ("dictionary-id", Shape::Item),                            // RFC 9842
    ("origin-agent-cluster", Shape::Item),                     // HTML
    ("permissions-policy", Shape::Dictionary),                 // W3C Permissions Policy
    ("priority", Shape::Dictionary),                           // RFC 9218
    ("proxy-status", Shape::List),                             // RFC 9209
    ("reporting-endpoints", Shape::Dictionary),                // W3C Reporting API
    ("repr-digest", Shape::Dictionary),                        // RFC 9530
    ("sec-ch-ua", Shape::List),                                // User-Agent Client Hints
    ("sec-ch-ua-arch", Shape::Item),                           // User-Agent Client Hints
    ("sec-ch-ua-bitness", Shape::Item),                        // User-Agent Client Hints
    ("sec-ch-ua-full-version-list", Shape::List),              // User-Agent Client Hints
    ("sec-ch-ua-mobile", Shape::Item),                         // User-Agent Client Hints
    ("sec-ch-ua-model", Shape::Item),                          // User-Agent Client Hints
    ("sec-ch-ua-platform", Shape::Item),                       // User-Agent Client Hints
    ("sec-fetch-dest", Shape::Item),                           // Fetch Metadata
    ("sec-fetch-mode", Shape::Item),                           // Fetch Metadata
    ("sec-fetch-site", Shape::Item),                           // Fetch Metadata
    ("sec-fetch-user", Shape::Item),                           // Fetch Metadata
    ("signature", Shape::Dictionary),                          // RFC 9421
    ("signature-input", Shape::Dictionary),                    // RFC 9421
    ("use-as-dictionary", Shape::Dictionary),                  // RFC 9842
    ("want-content-digest", Shape::Dictionary),                // RFC 9530
    ("want-repr-digest", Shape::Dictionary),                   // RFC 9530
];

fn shape(name: &str, more: &[StructuredField]) -> Option<Shape> {
    match KNOWN.binary_search_by_key(&name, |(known, _)| known) {
        Ok(at) => Some(KNOWN[at].1),
        Err(_) => more.iter().find(|field| field.name == name).map(|field| field.shape),
    }
}

/// Appends the value of a field: its lines, trimmed and joined by commas.
pub(super) fn push_combined(headers: &HeaderMap, name: &str, text: &mut String) -> Result<(), &'static str> {
    let mut lines = headers.get_all(name).iter();
    text.push_str(&line(lines.next().ok_or(ABSENT)?)?);
    for value in lines {
        text.push_str(", ");
        text.push_str(&line(value)?);
    }
    Ok(())
}

/// Appends each line as bytes (`bs`).
pub(super) fn push_bytes(headers: &HeaderMap, name: &str, text: &mut String) -> Result<(), &'static str> {
    let mut separator = "";
    for value in headers.get_all(name) {
        text.push_str(separator);
        text.push(':');
        text.push_str(&Base64::encode_string(&canonical(value.as_bytes())));
        text.push(':');
        separator = ", ";
    }
    if separator.is_empty() { Err(ABSENT) } else { Ok(()) }
}

/// Appends the value in strict form (`sf`).
pub(super) fn push_strict(
    headers: &HeaderMap,
    name: &str,
    more: &[StructuredField],
    text: &mut String,
) -> Result<(), &'static str> {
    let shape = shape(name, more).ok_or("is not known to be a structured field, as `sf` needs it to be")?;
    let mut value = String::new();
    push_combined(headers, name, &mut value)?;
    match shape {
        Shape::Dictionary => {
            let mut fields = DictSerializer::with_buffer(text);
            fields.members(&parsed::<Dictionary>(&value)?);
            let _ = fields.finish();
        }
        Shape::List => {
            let mut fields = ListSerializer::with_buffer(text);
            fields.members(&parsed::<List>(&value)?);
            let _ = fields.finish();
        }
        Shape::Item => text.push_str(&parsed::<Item>(&value)?.serialize()),
    }
    Ok(())
}

/// Appends a member of a dictionary (`key`).
pub(super) fn push_member(
    headers: &HeaderMap,
    name: &str,
    key: &str,
    more: &[StructuredField],
    text: &mut String,
) -> Result<(), &'static str> {
    if shape(name, more).is_some_and(|shape| shape != Shape::Dictionary) {
        return Err("is no dictionary, as `key` needs it to be");
    }
    let mut value = String::new();
    push_combined(headers, name, &mut value)?;
    let dictionary = parsed::<Dictionary>(&value)?;
    let member = dictionary.get(key).ok_or("has no such member")?;
    let mut list = ListSerializer::with_buffer(text);
    list.members([member]);
    let _ = list.finish();
    Ok(())
}

const ABSENT: &str = "is not in the message";

fn parsed<T: FieldType>(value: &str) -> Result<T, &'static str> {
    Parser::new(value).parse().map_err(|_| "is no structured field of its kind")
}

fn line(value: &HeaderValue) -> Result<Cow<'_, str>, &'static str> {
    match value.to_str() {
        Ok(text) => Ok(text.trim_matches(is_space).into()),
        Err(_) => {
            let text = String::from_utf8(canonical(value.as_bytes()).into_owned()).map_err(|_| NOT_ASCII)?;
            if text.is_ascii() { Ok(text.into()) } else { Err(NOT_ASCII) }
        }
    }
}

const NOT_ASCII: &str = "is not ASCII; `bs` covers such a value";

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// Returns a line without surrounding spaces, with each fold replaced by one space (RFC 9112 section 5.2).
pub(super) fn canonical(line: &[u8]) -> Cow<'_, [u8]> {
    let line = line.trim_ascii();
    if !line.contains(&b'\n') {
        return line.into();
    }
    let mut unfolded = Vec::with_capacity(line.len());
    for part in line.split(|&byte| byte == b'\n') {
        if !unfolded.is_empty() {
            unfolded.push(b' ');
        }
        unfolded.extend_from_slice(part.trim_ascii());
    }
    unfolded.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_fields_are_sorted() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn folded_line_is_joined_with_a_space() {
        assert_eq!(&*canonical(b"  Obsolete\r\n    line folding. \t"), b"Obsolete line folding.");
        assert_eq!(&*canonical(b" \t "), b"");
    }
}
