//! The headers that say how a content is read.

use http::HeaderMap;

/// One content can be two things: a form or JSON by its media type, and another text once it is decoded. A client that signs a content
/// signs these with it, where they are there.
pub(crate) const DESCRIPTION: [&str; 2] = ["content-type", "content-encoding"];

/// Those of [`DESCRIPTION`] that a message has.
pub(crate) fn description(headers: &HeaderMap) -> [Option<&'static str>; 2] {
    DESCRIPTION.map(|name| headers.contains_key(name).then_some(name))
}
