//! [`Place`]: which request was refused, for the trace.

use std::net::IpAddr;

use axum::extract::MatchedPath;
use http::Method;

/// What a log needs to find a refused request. Holds the path of the route, since the path of the request may contain secrets.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) method: Method,
    pub(crate) path: Option<MatchedPath>,
    pub(crate) address: Option<IpAddr>,
}
