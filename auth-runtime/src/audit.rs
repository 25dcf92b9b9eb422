//! [`Routes`]: a router that knows what each of its handlers declares.
//!
//! ```
//! use auth_runtime::audit::{Routes, get};
//! use auth_runtime::permission::{AllowAny, IsAuthenticated};
//! use auth_runtime::scheme::Token;
//! use auth_runtime::store::TokenStore;
//! use auth_runtime::{AuthState, NoDefaultPolicy, authenticate};
//!
//! #[authenticate(Token(keyword = "Bearer"))]
//! #[permit(IsAuthenticated)]
//! async fn report() -> &'static str {
//!     "figures"
//! }
//!
//! #[authenticate(none)]
//! #[permit(AllowAny)]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! fn routes<S: AuthState<DefaultPolicy = NoDefaultPolicy>>() -> Routes<S>
//! where
//!     S::Backend: TokenStore,
//! {
//!     Routes::new().route("/report", get(report)).route("/health", get(health))
//! }
//!
//! # fn example<App: AuthState<DefaultPolicy = NoDefaultPolicy>>() where App::Backend: TokenStore {
//! // In the program:
//! let router: axum::Router<App> = routes().into_router();
//! // In a test:
//! routes::<App>().audit().assert_public(&["GET /health"]);
//! # }
//! ```
//!
//! A handler without `#[authenticate]` does not compile here. [`Routes::undeclared`] mounts routers that declare nothing, with
//! a reason, and the audit lists them as such.

mod methods;
mod table;

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

pub use self::methods::{DeclaredArguments, Declares, Methods, any, delete, get, patch, post, put};
pub use self::table::{Audit, Row};
use crate::context::state::AuthState;
use crate::policy::contract::Policy;
use crate::policy::declaration::Declaration;
use crate::policy::guard::{StatesPermission, guard};

/// A router of declared handlers.
#[derive(Debug)]
pub struct Routes<S> {
    router: Router<S>,
    rows: Vec<Row>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Creates an empty set of routes.
    pub fn new() -> Self {
        Self { router: Router::new(), rows: Vec::new() }
    }

    /// Mounts handlers at a path.
    ///
    /// # Panics
    ///
    /// As [`Router::route`]: when the path overlaps with another one, or is not valid.
    #[must_use]
    #[track_caller]
    pub fn route(mut self, path: &str, methods: Methods<S>) -> Self {
        let rows = methods.declared.into_iter().map(|(method, declaration)| Row {
            method,
            path: path.to_owned(),
            declaration: Some(declaration),
            guards: Vec::new(),
            undeclared: None,
        });
        self.rows.extend(rows);
        Self { router: self.router.route(path, methods.router), ..self }
    }

    /// Mounts a router that declares nothing, such as one of another crate, and states why that is right. At `/`, its routes
    /// are merged into these; below any other path, it is nested.
    ///
    /// Its callers are unknown, so it counts as public. [`Audit::assert_public`] accepts the reason instead of an entry in its
    /// list. A [guard](Self::guarded_by) around it closes it.
    ///
    /// ```
    /// use auth_runtime::audit::Routes;
    /// use axum::{Router, routing::get};
    ///
    /// let logo = Router::new().route("/logo.svg", get(async || "<svg/>"));
    /// let routes = Routes::<()>::new().undeclared("/static", logo, "files that everybody may have");
    /// routes.audit().assert_public(&[]);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Router::nest`] and [`Router::merge`]: when a path overlaps with another one, or is not valid.
    #[must_use]
    #[track_caller]
    pub fn undeclared(mut self, path: &str, router: Router<S>, reason: &'static str) -> Self {
        assert_path(path);
        self.rows.push(Row {
            method: "*",
            path: path.to_owned(),
            declaration: None,
            guards: Vec::new(),
            undeclared: Some(reason),
        });
        let router = if path == "/" { self.router.merge(router) } else { self.router.nest(path, router) };
        Self { router, ..self }
    }

    /// Nests routes below a path.
    ///
    /// # Panics
    ///
    /// At the root, where [`merge`](Self::merge) must be used instead; otherwise as [`Router::nest`].
    #[must_use]
    #[track_caller]
    pub fn nest(mut self, path: &str, routes: Self) -> Self {
        assert_path(path);
        assert!(path != "/", "routes cannot be nested at the root; merge them instead: `routes.merge(other)`");
        self.rows.extend(routes.rows.into_iter().map(|row| Row { path: nested(path, &row.path), ..row }));
        Self { router: self.router.nest(path, routes.router), ..self }
    }

    /// Puts a policy in front of all routes that are already mounted: see [`guard`]. A handler's own declaration is checked as
    /// well.
    #[must_use]
    pub fn guarded_by<P>(mut self, state: &S) -> Self
    where
        P: Policy<S> + StatesPermission<S>,
        S: AuthState,
    {
        for row in &mut self.rows {
            row.guards.insert(0, Declaration::of_policy::<S, P>());
        }
        Self { router: guard::<P, S>(self.router, state), ..self }
    }

    /// Adds the routes of another value.
    ///
    /// # Panics
    ///
    /// As [`Router::merge`]: when two paths overlap.
    #[must_use]
    #[track_caller]
    pub fn merge(mut self, routes: Self) -> Self {
        self.rows.extend(routes.rows);
        Self { router: self.router.merge(routes.router), ..self }
    }

    /// Puts a layer around all routes that are already mounted: see [`Router::layer`].
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.layer(layer), ..self }
    }

    /// Answers methods without a handler at the paths that are already mounted: see [`Router::method_not_allowed_fallback`].
    /// The audit has no row for it, so it is only for endpoints of this project, which refuse there.
    #[doc(hidden)]
    #[must_use]
    pub fn method_not_allowed_fallback<H, T>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        Self { router: self.router.method_not_allowed_fallback(handler), ..self }
    }

    /// Returns the router to serve.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// Returns a table of what is mounted, ordered by path.
    pub fn audit(&self) -> Audit {
        Audit::of(self.rows.clone())
    }
}

#[track_caller]
fn assert_path(path: &str) {
    assert!(path.starts_with('/'), "the path {path:?} must begin with a slash, such as \"/v1\"");
}

/// Returns a path as axum nests it.
fn nested(prefix: &str, path: &str) -> String {
    match (prefix.strip_suffix('/'), path) {
        (Some(prefix), path) => format!("{prefix}{path}"),
        (None, "/") => prefix.to_owned(),
        (None, path) => format!("{prefix}{path}"),
    }
}
