//! The headers that describe how content is read.

use http::HeaderMap;

/// The same content can be read in two ways: as a form or as JSON, depending on its media type, and as another text after
/// decoding. A client that signs content therefore signs these headers as well, if they are present.
pub(crate) const DESCRIPTION: [&str; 2] = ["content-type", "content-encoding"];

/// Returns those headers of [`DESCRIPTION`] that a message has.
pub(crate) fn description(headers: &HeaderMap) -> [Option<&'static str>; 2] {
    DESCRIPTION.map(|name| headers.contains_key(name).then_some(name))
}
