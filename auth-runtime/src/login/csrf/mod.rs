//! Cross-site request forgery: how the requests of the application's own pages are distinguished from those of other sites.
//!
//! What a browser sends by itself (cookies, the password of `Basic`, a client certificate, what a gateway knows) says who the
//! user is, and not that the user meant the request. So every caller that such a scheme identified is checked, in one place,
//! whether the scheme is built in or custom. [`CsrfCheck`] is what a scheme says of itself. These requests are checked:
//!
//! - a method that may change something: all but `GET`, `HEAD`, `OPTIONS` and `TRACE` (RFC 9110 section 9.2.1);
//! - a handshake that opens a WebSocket or another protocol: `GET` with `Upgrade`, and the extended `CONNECT` of HTTP/2 and
//!   HTTP/3 (RFC 8441, RFC 9220).
//!
//! A page of another origin that the browser names in `Origin` or `Sec-Fetch-Site` is refused with 403 `csrf_failed`, unless it
//! is one of the [trusted origins](crate::settings::CsrfSettings::trusted_origins). A request with neither header comes from a program: it
//! passes, but a cookie with a method that may change something needs the token then. The token and its cookie are those of
//! Django, so that a front end can move unchanged.
//!
//! The trace of a refusal names both origins that were compared, and the setting that changes the result.

mod bound;
mod form;
mod token;

pub(crate) use self::bound::csrf_secret;
pub use self::form::{CsrfForm, VerifiesCsrfForm, verify_form};
pub(crate) use self::form::{VerifiedForm, read_verified};
pub use self::token::CsrfToken;
pub use crate::cross_site::{CsrfCheck, FORM_FIELD};
