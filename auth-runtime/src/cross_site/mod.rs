//! Detects requests that a page of another site made a browser send.

mod check;
mod failure;
mod provenance;
mod secret;

/// The name of the form field with the token.
pub const FORM_FIELD: &str = "csrfmiddlewaretoken";

pub use self::check::CsrfCheck;
pub(crate) use self::check::{Checked, DeferredCsrf, LoginSecret, check, check_form, needs_no_token};
pub(crate) use self::provenance::sent_origin;
pub(crate) use self::secret::{Secret, new_secret};
