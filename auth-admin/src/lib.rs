//! Admin pages for the staff of an application: its accounts, their logins and personal tokens, and its clients.
//!
//! ```
//! use auth_runtime::AuthContext;
//! //! use axum::Router;
//!
//! let app: Router = Router::new()
//!     .nest("/admin", auth_admin::pages())
//!     .with_state(AuthContext::new(MemoryStore::new()));
//! ```
//!
//! They are plain HTML of the server's, without scripts, and work under whatever path they are nested: at `/admin` they
//! begin with `/admin`, without a slash behind it. Links in them are relative, so that a proxy in front may give them
//! another path. What they do not do is left to the command line: making and deleting accounts, and setting passwords.
//!
//! The accounts may be those of `auth-store` or of tables of your own: see [`AdminStore`].
//!
//! # Who may come in
//!
//! Accounts that are [staff](auth_runtime::User::is_staff), by the login cookie of [`Session`]. They sign in here or on any
//! other login page of the application. Whoever is not signed in is led to the sign-in page and back; whoever is not staff
//! gets 403. Failed attempts are throttled as [`Settings::login_failures`] says.
//!
//! # What every answer has
//!
//! A `Content-Security-Policy` that allows the pages' own style sheet and nothing else, `nosniff`, a `Referrer-Policy` that
//! tells no other site, and `no-store`, but for the style sheet. Every change is a `POST` whose CSRF token is verified.
//!
//! # What is told
//!
//! Each change is an [event](auth_runtime::event) of the account that it is about, with the operator who made it, and a line of
//! `tracing` under the target `auth::admin`.
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

/// The pages, to be nested under a path of the application's choice.
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

/// [`pages`] for an [audited](auth_runtime::audit) application. Anonymous callers may come in to the page for signing in, the
/// style sheet, and the page that says that there is none at an address.
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
