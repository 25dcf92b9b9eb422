//! Endpoints for [`auth_runtime`]: logging in and out, listing and ending logins, personal tokens, clients.
//!
//! ```
//! use auth_runtime::permission::IsAuthenticated;
//! use auth_runtime::scheme::{Basic, Session, Token};
//! use auth_runtime::{AuthContext, Policy};
//! use auth_store::MemoryStore;
//! use axum::Router;
//!
//! /// Who may call them: the chain and the permission of all endpoints but `login/`.
//! #[derive(Policy)]
//! #[policy(chain(Token(keyword = "Bearer"), Session, Basic), permit(IsAuthenticated))]
//! struct Api;
//!
//! type App = AuthContext<MemoryStore>;
//!
//! let router: Router = Router::new()
//!     .nest("/auth", auth_endpoints::endpoints::<App, Api>())
//!     .with_state(AuthContext::new(MemoryStore::new()));
//! ```
//!
//! Bodies are JSON or forms, answers are JSON. Times are RFC 3339 in UTC, ids are strings.
//!
//! | endpoint | body | answer |
//! |---|---|---|
//! | `POST login/` | `username`, `password`, `client`?, `name`? | 200 with a token; 401 wrong; 400 no such client; 403 the client's rules; 429 too many failures |
//! | `POST obtain/` | `client`?, `name`? | 200 with a token of a new login; accepts any scheme of the chain |
//! | `POST renew/` | | 200 with a new access token that replaces the presented one |
//! | `POST logout/` | | 204; ends the login of the presented token or cookie |
//! | `POST logout/all/` | `except_current`? | 204; ends all of the caller's logins |
//! | `GET logins/` | | 200 with a list |
//! | `PATCH`, `DELETE logins/{id}/` | `name` | 200 or 204; 404 |
//! | `GET tokens/` | | 200 with a list of personal tokens |
//! | `POST tokens/` | `name`, `expires_in`? in seconds | 201 with the token, shown this once |
//! | `PATCH`, `DELETE tokens/{id}/` | `name` | 200 or 204; 404 |
//!
//! A personal token cannot create or renew credentials, so that a stolen one cannot create others. [`clients`] are endpoints
//! for staff. [`routes`] and [`client_routes`] are the same endpoints for [`audit::Routes`](auth_runtime::audit::Routes).
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod api;
mod body;
mod caller;
#[cfg(any(feature = "durin", feature = "knox"))]
mod compat;
#[cfg(feature = "durin")]
pub mod durin;
#[cfg(feature = "knox")]
pub mod knox;
mod service;

pub use self::api::{client_routes, clients, endpoints, routes};
pub use self::caller::{Application, Callers, User};
