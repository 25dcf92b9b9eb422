//! Cross-site request forgery: how the requests of the application's own pages are distinguished from those of other sites.
//!
//! Credentials that a browser sends by itself (cookies, the password of `Basic`, a client certificate, the user of a gateway)
//! show who the user is, but not that the user meant the request. So every caller that such a scheme identified is checked, in
//! one place, whether the scheme is built in or custom. A scheme declares its [`CsrfCheck`]. These requests are checked:
//!
//! - a method that may change something: all but `GET`, `HEAD`, `OPTIONS` and `TRACE` (RFC 9110 section 9.2.1);
//! - a handshake that opens a WebSocket or another protocol: `GET` with `Upgrade`, and the extended `CONNECT` of HTTP/2 and
//!   HTTP/3 (RFC 8441, RFC 9220).
//!
//! A request from a page of another origin, which the browser names in `Origin` or `Sec-Fetch-Site`, is refused with 403
//! `csrf_failed`, unless the origin is one of the [trusted origins](crate::settings::CsrfSettings::trusted_origins). A request
//! with neither header comes from a program: it passes, but a request with a cookie and a method that may change something then
//! needs the token. The token and its cookie are those of Django, so that a front end can move unchanged.
//!
//! The log of a refusal names both origins that were compared, and the setting that changes the result.

mod bound;
mod form;
mod token;

pub(crate) use self::bound::csrf_secret;
pub use self::form::{CsrfForm, VerifiesCsrfForm, verify_form};
pub(crate) use self::form::{VerifiedForm, read_verified};
pub use self::token::CsrfToken;
pub use crate::cross_site::{CsrfCheck, FORM_FIELD};
