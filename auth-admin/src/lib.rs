//! Admin pages for the staff of an application: its accounts, their logins and personal tokens, and its clients.
//!
//! ```
//! use auth_runtime::AuthContext;
//! use auth_store::MemoryStore;
//! use axum::Router;
//!
//! let app: Router = Router::new()
//!     .nest("/admin", auth_admin::pages())
//!     .with_state(AuthContext::new(MemoryStore::new()));
//! ```
//!
//! The server renders the pages as plain HTML, without scripts. They work under any path that you nest them at: at `/admin`,
//! the first page is `/admin`, without a trailing slash. Their links are relative, so that a proxy in front may use another
//! path. To make and delete accounts, and to set passwords, use the command line.
//!
//! The accounts may come from `auth-store` or from your own tables: see [`AdminStore`].
//!
//! # Who may come in
//!
//! Only [staff](auth_runtime::User::is_staff) accounts, identified by the login cookie of [`Session`]. They sign in here or on
//! any other login page of the application. An anonymous caller is redirected to the sign-in page and back. An account that is
//! not staff gets 403. Failed attempts are throttled by [`Settings::login_failures`].
//!
//! # What every answer has
//!
//! A `Content-Security-Policy` that allows only the pages' own style sheet, `nosniff`, and a `Referrer-Policy` that sends no
//! referrer to other sites. All answers except the style sheet have `no-store`. Every change is a `POST` whose CSRF token is
//! verified.
//!
//! # Events and traces
//!
//! Each change sends an [event](auth_runtime::event) for the affected account, with the operator who made the change, and
//! writes a `tracing` event under the target `auth::admin`.
//!
//! [`Session`]: auth_runtime::scheme::Session
//! [`Settings::login_failures`]: auth_runtime::Settings::login_failures

mod answer;
mod clients;
mod here;
mod layout;
mod lifetime;
mod notice;
mod refusal;
mod sign_in;
mod staff;
mod store;
mod style;
mod time;
mod users;

use auth_runtime::audit::{Routes, any, get, post};
use auth_runtime::permission::AllowAny;
use auth_runtime::{AuthState, authenticate};
use axum::Router;
use axum::middleware::from_fn;

use crate::refusal::Refusal;
pub use crate::store::AdminStore;

/// Returns the pages as a router. Nest it under any path.
///
/// ```
/// # use auth_runtime::AuthState;
/// fn app<S: AuthState>() -> axum::Router<S> where S::Backend: auth_admin::AdminStore {
///     axum::Router::new().nest("/staff/admin", auth_admin::pages())
/// }
/// ```
pub fn pages<S: AuthState>() -> Router<S>
where
    S::Backend: AdminStore,
{
    routes().into_router()
}

/// Returns [`pages`] as [audited](auth_runtime::audit) routes. Anonymous callers may open the sign-in page, the style sheet,
/// and the page for unknown addresses.
///
/// ```
/// use auth_runtime::audit::Routes;
/// # use auth_runtime::AuthContext;
/// # use auth_store::MemoryStore;
/// let routes = Routes::<AuthContext<MemoryStore>>::new().nest("/admin", auth_admin::routes());
/// routes.audit().assert_public(&[
///     "GET /admin/sign-in",
///     "POST /admin/sign-in",
///     "POST /admin/sign-out",
///     "GET /admin/style.css",
///     "* /admin/{*rest}",
/// ]);
/// ```
pub fn routes<S: AuthState>() -> Routes<S>
where
    S::Backend: AdminStore,
{
    Routes::new()
        .route("/", get(users::start))
        .route("/style.css", get(style::sheet))
        .route("/sign-in", get(sign_in::show::<S>).post(sign_in::sign_in::<S>))
        .route("/sign-out", post(sign_in::sign_out::<S>))
        .route("/users", get(users::list::<S>))
        .route("/users/{id}", get(users::show::<S>))
        .route("/users/{id}/disable", post(users::disable::<S>))
        .route("/users/{id}/enable", post(users::enable::<S>))
        .route("/users/{id}/make-staff", post(users::make_staff::<S>))
        .route("/users/{id}/remove-staff", post(users::remove_staff::<S>))
        .route("/users/{id}/logins/end", post(users::end_login::<S>))
        .route("/users/{id}/logins/end-all", post(users::end_logins::<S>))
        .route("/users/{id}/tokens", post(users::create_token::<S>))
        .route("/users/{id}/tokens/revoke", post(users::revoke_token::<S>))
        .route("/users/{id}/tokens/revoke-all", post(users::revoke_tokens::<S>))
        .route("/clients", get(clients::list::<S>))
        .route("/clients/new", get(clients::new::<S>).post(clients::create::<S>))
        .route("/clients/edit", get(clients::edit::<S>).post(clients::save::<S>))
        .route("/clients/delete", get(clients::confirm_delete::<S>).post(clients::delete::<S>))
        // A fallback would be lost where the router that these pages are nested in is nested itself.
        .route("/{*rest}", any(no_page))
        .layer(from_fn(answer::finish))
}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
async fn no_page() -> Refusal {
    Refusal::no_page()
}
