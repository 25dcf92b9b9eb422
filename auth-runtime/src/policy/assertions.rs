//! Assertions on the user's own tokens, where the types are known: the router's own errors name neither.

use axum::extract::{FromRequest, FromRequestParts};
use axum::response::IntoResponse;

/// An argument that is not the last one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor for the router state `{S}`, or needs the body and is not the last argument",
    label = "cannot be extracted here",
    note = "to take the caller, mark the argument: `#[user] me: {Self}`, or `#[auth] credentials: {Self}` for the credentials",
    note = "an extractor that reads the body, such as `Json` or `String`, is the last argument",
    note = "if the router has another state, name it: `#[authenticate(.., state = App)]`"
)]
pub trait PartsExtractor<S> {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequestParts<S>> PartsExtractor<S> for T {}

/// The last argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor for the router state `{S}`",
    label = "cannot be extracted here",
    note = "to take the caller, mark the argument: `#[user] me: {Self}`, or `#[auth] credentials: {Self}` for the credentials",
    note = "if the router has another state, name it: `#[authenticate(.., state = App)]`"
)]
pub trait LastExtractor<S, M> {}

#[diagnostic::do_not_recommend]
impl<S, M, T: FromRequest<S, M>> LastExtractor<S, M> for T {}

/// What a handler returns.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "not a response",
    note = "a response implements `axum::response::IntoResponse`; `Result<T, E>` does where both `T` and `E` do",
    note = "as the error of a handler, `auth_runtime::AuthError` and `auth_runtime::Rejection` do"
)]
pub trait Returned {}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Returned for T {}

pub const fn assert_extractor<T: PartsExtractor<S>, S>() {}

pub const fn assert_last_extractor<T: LastExtractor<S, M>, S, M>() {}

pub const fn assert_returned<T: Returned>() {}
