//! [`PublicOrigin`]: under which origin a browser sees the application.

use std::borrow::Cow;

use http::Uri;
use http::request::Parts;
use http::uri::PathAndQuery;

use super::origin::{InvalidOrigin, Origin};
use super::proxies::Proxies;

/// How the application learns under which origin a browser sees it.
///
/// The HTTP/1.1 request line has no authority and no scheme, and a proxy may have changed both, so the settings say it.
#[derive(Debug, Clone)]
pub struct PublicOrigin {
    source: Source,
    path_prefix: String,
    /// Those of [`Settings::with_proxies`](crate::Settings::with_proxies).
    proxies: Proxies,
}

#[derive(Debug, Clone)]
enum Source {
    Configured(Origin),
    HostHeader { https: bool },
}

impl Default for PublicOrigin {
    /// `https` and the host that the caller asked for.
    fn default() -> Self {
        Self::host_header(true)
    }
}

impl PublicOrigin {
    /// Always this origin. The safest choice, for an application with one name.
    ///
    /// # Errors
    ///
    /// When the text is not an origin.
    pub fn configured(origin: &str) -> Result<Self, InvalidOrigin> {
        Ok(Self::from(Source::Configured(Origin::parse(origin)?)))
    }

    /// The host that the caller asked for, under `https` or `http`.
    ///
    /// The host is that of the `Host` header, and what a [trusted proxy](crate::Settings::with_proxies) says of scheme, host and
    /// port counts before both.
    pub fn host_header(https: bool) -> Self {
        Self::from(Source::HostHeader { https })
    }

    /// Behind a proxy that takes this from the front of each path, such as `/api` where it answers at `/api/notes` what it asks
    /// of this application at `/notes`. Signatures are over the path that the caller wrote.
    #[must_use]
    pub fn with_path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = prefix.into();
        self
    }

    /// Path and query as the caller wrote them: before any `nest`, with the [prefix](Self::with_path_prefix) that a proxy took
    /// away. Nothing of it is decoded or put in order.
    ///
    /// What [`nest`](axum::Router::nest) took away is known where the feature `original-uri` is on.
    pub fn path_and_query<'a>(&self, request: &'a Parts) -> Cow<'a, str> {
        let path = original_uri(request).path_and_query().map_or("/", PathAndQuery::as_str);
        if self.path_prefix.is_empty() { path.into() } else { format!("{}{path}", self.path_prefix).into() }
    }

    /// The origin of this request; `None` when it names no host, or two that differ.
    pub fn of(&self, request: &Parts) -> Option<Origin> {
        match &self.source {
            Source::Configured(origin) => Some(origin.clone()),
            Source::HostHeader { https } => self.proxies.origin(request, *https),
        }
    }

    pub(crate) fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    pub(crate) fn behind(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
    }
}

impl From<Source> for PublicOrigin {
    fn from(source: Source) -> Self {
        Self { source, path_prefix: String::new(), proxies: Proxies::default() }
    }
}

/// The URI of a request before any router took a part of it.
#[cfg(feature = "original-uri")]
fn original_uri(request: &Parts) -> &Uri {
    request.extensions.get::<axum::extract::OriginalUri>().map_or(&request.uri, |original| &original.0)
}

#[cfg(not(feature = "original-uri"))]
fn original_uri(request: &Parts) -> &Uri {
    &request.uri
}
