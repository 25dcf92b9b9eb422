//! Forms whose CSRF field is verified: [`CsrfForm`], and [`verify_form`] for any caller.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::bound::csrf_secret;
use crate::body;
use crate::body::form::Form;
use crate::context::state::AuthState;
use crate::cross_site::{DeferredCsrf, FORM_FIELD, LoginSecret, check_form};
use crate::refusal::{Answer, AuthError, Rejection};
use crate::store::LoginStore;

/// A form: urlencoded, or multipart without its files, with the feature `multipart`.
///
/// If a cookie identified the caller, by [`Session`](crate::scheme::Session) or another scheme, the field `csrfmiddlewaretoken`
/// is verified. A caller with a token or a password in a header does not need it.
///
/// Take it in a handler under `#[authenticate(..)]`, by this name: the macro recognizes it and leaves the check of the field to
/// it. A handler without it, or with an alias of it, only accepts the token in the header.
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
/// 403 for a missing or wrong token, 400 for fields that are not a `T`, 413 for a body over axum's limit, 415 for another media
/// type.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct CsrfForm<T>(pub T);

/// An extractor that verifies the CSRF field of a form. [`CsrfForm`] is the only one.
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
        let (request, body) = request.into_parts();
        let refusal = Answer::without_chain(&request, state);
        let refuse = |error: AuthError| Rejection::new(error, refusal.clone()).into_response();
        let request = Request::from_parts(request, body);
        let deferred = request.extensions().get::<DeferredCsrf>().cloned();
        let headers = request.headers().clone();
        if !Form::is_in(&headers) {
            if let Some(deferred) = deferred {
                deferred.without_form().map_err(refuse)?;
            }
            let detail = format!("Unsupported media type in request: a form is {}.", Form::KINDS);
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

/// Reads a form and verifies its CSRF token, whether or not the caller is logged in. Use it for your own login page, so that
/// pages of other sites cannot submit it either. [`CsrfForm`] does not check anonymous callers.
///
/// ```
/// use auth_runtime::axum::extract::Request;
/// use auth_runtime::store::{LoginStore, PasswordStore};
/// use auth_runtime::{AuthError, AuthState, csrf, login};
///
/// #[derive(serde::Deserialize)]
/// struct Attempt { username: String, password: String }
///
/// async fn log_in<S: AuthState>(state: &S, request: Request) -> Result<login::LoginCookies, AuthError>
/// where
///     S::Backend: LoginStore + PasswordStore,
/// {
///     let (request, form) = csrf::verify_form::<S, Attempt>(state, request).await?;
///     let user = login::check_attempt(state.auth_context(), &request, &form.username, &form.password).await?;
///     let user = user.ok_or_else(AuthError::incorrect_credentials)?;
///     Ok(login::log_in(state.auth_context(), &request, &user).await?.1)
/// }
/// ```
///
/// # Errors
///
/// 403 for a missing or wrong token, which includes any body that is not a form, 400 for fields that are not a `T`, 413 for a
/// body over axum's limit, 503 if the store does not answer.
pub async fn verify_form<S: AuthState, T: DeserializeOwned>(
    state: &S,
    request: Request,
) -> Result<(Parts, T), AuthError>
where
    S::Backend: LoginStore,
{
    let VerifiedForm { request, form, .. } = read_verified(state, request).await?;
    Ok((request, form.deserialize()?))
}

/// A form whose token was verified.
pub(crate) struct VerifiedForm {
    pub(crate) request: Parts,
    pub(crate) form: Form,
    /// The CSRF secret of the login that the request came with.
    pub(crate) bound: Option<String>,
}

/// Reads the form and verifies its CSRF token, for any caller.
pub(crate) async fn read_verified<S: AuthState>(state: &S, request: Request) -> Result<VerifiedForm, AuthError>
where
    S::Backend: LoginStore,
{
    let (parts, body) = request.into_parts();
    let bound = csrf_secret(state.auth_context(), &parts.headers).await?;
    let body = body::read(Request::from_parts(parts.clone(), body), state).await?;
    // A body that is not a form has no fields: its token is in the header, or missing.
    let form = if Form::is_in(&parts.headers) { body } else { Bytes::new() };
    let form = Form::read(&parts.headers, form).await?;
    // Before the login, no login can keep the secret.
    let login = bound.clone().map(|secret| LoginSecret(Some(secret)));
    check_form(&parts, state.auth_context().settings(), login.as_ref(), form.field(FORM_FIELD))?;
    Ok(VerifiedForm { request: parts, form, bound })
}
