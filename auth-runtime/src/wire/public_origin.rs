//! [`PublicOrigin`]: the origin that browsers see the application under.

use std::borrow::Cow;

use http::Uri;
use http::request::Parts;
use http::uri::PathAndQuery;

use super::origin::{InvalidOrigin, Origin};
use super::proxies::Proxies;

/// How the application learns the origin that browsers see it under.
///
/// The HTTP/1.1 request line has no authority and no scheme, and a proxy may have changed both, so the settings define it.
#[derive(Debug, Clone)]
pub struct PublicOrigin {
    source: Source,
    path_prefix: String,
    /// The proxies of [`Settings::with_proxies`](crate::Settings::with_proxies).
    proxies: Proxies,
}

#[derive(Debug, Clone)]
enum Source {
    Configured(Origin),
    HostHeader { https: bool },
}

impl Default for PublicOrigin {
    /// Uses `https` and the host that the caller asked for.
    fn default() -> Self {
        Self::host_header(true)
    }
}

impl PublicOrigin {
    /// Uses this origin always. The safest choice, for an application with one name.
    ///
    /// # Errors
    ///
    /// If the text is not an origin.
    pub fn configured(origin: &str) -> Result<Self, InvalidOrigin> {
        Ok(Self::from(Source::Configured(Origin::parse(origin)?)))
    }

    /// Uses the host that the caller asked for, under `https` or `http`.
    ///
    /// The host is that of the `Host` header. The scheme, host and port that a [trusted proxy](crate::Settings::with_proxies)
    /// reports take precedence over both.
    pub fn host_header(https: bool) -> Self {
        Self::from(Source::HostHeader { https })
    }

    /// Sets the prefix that a proxy removes from each path, such as `/api` if a request for `/api/notes` reaches this
    /// application as `/notes`. Signatures cover the path that the caller wrote.
    #[must_use]
    pub fn with_path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = prefix.into();
        self
    }

    /// Returns path and query as the caller wrote them: before any `nest`, with the [prefix](Self::with_path_prefix) that a
    /// proxy removed. They are neither decoded nor normalized.
    ///
    /// The part that [`nest`](axum::Router::nest) removed is only known with the feature `original-uri`.
    pub fn path_and_query<'a>(&self, request: &'a Parts) -> Cow<'a, str> {
        let path = original_uri(request).path_and_query().map_or("/", PathAndQuery::as_str);
        if self.path_prefix.is_empty() { path.into() } else { format!("{}{path}", self.path_prefix).into() }
    }

    /// Returns the origin of this request. `None` means that it names no host, or two that differ.
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

/// Returns the URI of a request before any router removed a part of it.
#[cfg(feature = "original-uri")]
fn original_uri(request: &Parts) -> &Uri {
    request.extensions.get::<axum::extract::OriginalUri>().map_or(&request.uri, |original| &original.0)
}

#[cfg(not(feature = "original-uri"))]
fn original_uri(request: &Parts) -> &Uri {
    &request.uri
}
