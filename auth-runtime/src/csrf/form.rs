//! The form whose CSRF field is verified: [`CsrfForm`].

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::{DeferredCsrf, FORM_FIELD};
use crate::body;
use crate::error::AuthError;
use crate::form::Form;
use crate::response::Rejection;
use crate::state::AuthState;

/// A form, urlencoded or multipart without its files. When [`Session`](crate::scheme::Session) identified the caller, its field `csrfmiddlewaretoken` is
/// verified; a caller that came with a token or a password in a header needs none.
///
/// Take it in a handler under `#[authenticate(..)]` by this name: that is what allows `Session` to leave the check to it.
/// A handler without it, or with an alias of it, accepts the token in the header alone.
///
/// ```
/// use auth_runtime::CsrfForm;
/// #[derive(serde::Deserialize)]
/// struct Note { text: String }
///
/// async fn create(CsrfForm(note): CsrfForm<Note>) -> String {
///     note.text
/// }
/// ```
///
/// # Errors
///
/// 403 for a missing or wrong token, 400 for fields that are no `T`, 413 for a body over axum's limit, 415 for another
/// media type.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct CsrfForm<T>(pub T);

/// An extractor that verifies what [`Outcome::Deferred`](crate::Outcome::Deferred) leaves open. [`CsrfForm`] is the one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `CsrfForm`, but is not the one of `auth_runtime`",
    label = "does not verify the CSRF field",
    note = "rename it, or use `auth_runtime::CsrfForm`"
)]
pub trait VerifiesCsrfForm: sealed::Sealed {}

mod sealed {
    #[allow(unnameable_types)] // that is what seals it
    pub trait Sealed {}
    impl<T> Sealed for super::CsrfForm<T> {}
}

impl<T> VerifiesCsrfForm for CsrfForm<T> {}

impl<S: AuthState, T: DeserializeOwned> FromRequest<S> for CsrfForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let refuse = |error: AuthError| Rejection::without_chain(error, state).into_response();
        let deferred = request.extensions().get::<DeferredCsrf>().cloned();
        let headers = request.headers().clone();
        if !Form::is_in(&headers) {
            if let Some(deferred) = deferred {
                deferred.without_form().map_err(refuse)?;
            }
            let detail = "Unsupported media type in request: a form is urlencoded or multipart.";
            return Err(refuse(AuthError::other(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, "unsupported_media_type")));
        }
        let body = body::read(request, state).await.map_err(refuse)?;
        let form = Form::read(&headers, body).await.map_err(refuse)?;
        if let Some(deferred) = deferred {
            deferred.with_field(form.field(FORM_FIELD)).map_err(refuse)?;
        }
        form.deserialize().map(Self).map_err(refuse)
    }
}
