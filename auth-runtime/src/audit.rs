//! [`Routes`]: a router that knows what each of its handlers declares, and can be asked.
//!
//! ```
//! use auth_runtime::audit::{Routes, get};
//! use auth_runtime::permission::{AllowAny, IsAuthenticated};
//! use auth_runtime::scheme::Token;
//! use auth_runtime::store::TokenStore;
//! use auth_runtime::{AuthState, authenticate};
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
//! fn routes<S: AuthState>() -> Routes<S>
//! where
//!     S::Backend: TokenStore,
//! {
//!     Routes::new().route("/report", get(report)).route("/health", get(health))
//! }
//!
//! # fn example<App: AuthState>() where App::Backend: TokenStore {
//! // In the program:
//! let router: axum::Router<App> = routes().into_router();
//! // In a test:
//! routes::<App>().audit().assert_public(&["GET /health"]);
//! # }
//! ```
//!
//! A handler without `#[authenticate]` does not compile here; what declares nothing is mounted by name and with a reason, by
//! [`Routes::undeclared`], and stands in the audit as such.

mod methods;

use std::fmt;

use axum::Router;
use serde::Serialize;

pub use self::methods::{DeclaredArguments, Declares, Methods, any, delete, get, patch, post, put};
use crate::declaration::Declaration;
use crate::guard::guard;
use crate::policy::Policy;
use crate::state::AuthState;

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
    /// Without any.
    pub fn new() -> Self {
        Self { router: Router::new(), rows: Vec::new() }
    }

    /// Mounts handlers at a path.
    #[must_use]
    pub fn route(mut self, path: &str, methods: Methods<S>) -> Self {
        let rows = methods.declared.into_iter().map(|(method, declaration)| Row {
            method,
            path: path.to_owned(),
            is_public: declaration.is_public(),
            declaration: Some(declaration),
            guards: Vec::new(),
            undeclared: None,
        });
        self.rows.extend(rows);
        Self { router: self.router.route(path, methods.router), ..self }
    }

    /// Mounts what declares nothing, such as a foreign router, below a path, and says why that is right.
    #[must_use]
    pub fn undeclared(mut self, path: &str, router: Router<S>, reason: &'static str) -> Self {
        self.rows.push(Row {
            method: "*",
            path: path.to_owned(),
            is_public: false,
            declaration: None,
            guards: Vec::new(),
            undeclared: Some(reason),
        });
        Self { router: self.router.nest(path, router), ..self }
    }

    /// Mounts routes below a path.
    #[must_use]
    pub fn nest(mut self, path: &str, routes: Self) -> Self {
        self.rows.extend(routes.rows.into_iter().map(|row| Row { path: format!("{path}{}", row.path), ..row }));
        Self { router: self.router.nest(path, routes.router), ..self }
    }

    /// Puts a policy in front of all of them: see [`guard`]. What a handler declares holds as well.
    #[must_use]
    pub fn guarded_by<P: Policy<S>>(mut self, state: &S) -> Self
    where
        S: AuthState,
    {
        for row in &mut self.rows {
            row.is_public &= P::DECLARED.is_public();
            row.guards.insert(0, P::DECLARED);
        }
        Self { router: guard::<P, S>(self.router, state), ..self }
    }

    /// Takes the routes of another one.
    #[must_use]
    pub fn merge(mut self, routes: Self) -> Self {
        self.rows.extend(routes.rows);
        Self { router: self.router.merge(routes.router), ..self }
    }

    /// The router to serve.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// What is mounted, in the order of paths.
    pub fn audit(&self) -> Audit {
        let mut rows = self.rows.clone();
        rows.sort_by(|a, b| (&a.path, a.method).cmp(&(&b.path, b.method)));
        Audit(rows)
    }
}

/// A mounted handler.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Row {
    /// The method; `*` for all.
    pub method: &'static str,
    /// The path, as axum has it.
    pub path: String,
    /// Whether everybody may come in.
    pub is_public: bool,
    /// What the handler declares.
    pub declaration: Option<Declaration>,
    /// What stands in front of it, the outermost first.
    pub guards: Vec<Declaration>,
    /// Why nothing is declared.
    pub undeclared: Option<&'static str>,
}

/// A table of all handlers that are mounted: as text by [`Display`](fmt::Display), as JSON by [`Serialize`], and to be asked in
/// tests.
#[derive(Debug, Clone, Serialize)]
pub struct Audit(Vec<Row>);

impl Audit {
    /// Its rows.
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// Asserts that everybody may come in to these handlers, written as `GET /health`, and to no others.
    ///
    /// # Panics
    ///
    /// When there are others, or some of these are none.
    #[track_caller]
    pub fn assert_public(&self, expected: &[&str]) {
        let name = |row: &Row| format!("{} {}", row.method, row.path);
        let public: Vec<String> = self.0.iter().filter(|row| row.is_public).map(name).collect();
        let more: Vec<&String> = public.iter().filter(|name| !expected.contains(&name.as_str())).collect();
        assert!(more.is_empty(), "everybody may come in here too: {more:?}\n{self}");
        let less: Vec<_> = expected.iter().filter(|name| !public.iter().any(|public| public == *name)).collect();
        assert!(less.is_empty(), "not everybody may come in here, or it is not mounted: {less:?}\n{self}");
    }

    /// Asserts that every handler declares something.
    ///
    /// # Panics
    ///
    /// When one does not.
    #[track_caller]
    pub fn assert_all_declared(&self) {
        let undeclared: Vec<_> = self.0.iter().filter(|row| row.undeclared.is_some()).map(|row| &row.path).collect();
        assert!(undeclared.is_empty(), "nothing is declared here: {undeclared:?}\n{self}");
    }
}

impl Row {
    /// Method, path, chain, permission, throttle, and where it is declared.
    fn cells(&self) -> [String; 6] {
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let [chain, permit, throttle, place] = match (&self.declaration, self.undeclared) {
            (Some(it), _) => [
                it.chain().to_string(),
                or_dash(it.permit),
                or_dash(it.throttle),
                format!("{}:{} {}", it.file, it.line, it.name),
            ],
            (None, reason) => {
                ["?".to_owned(), "?".to_owned(), "?".to_owned(), format!("undeclared: {}", or_dash(reason))]
            }
        };
        let guards = self.guards.iter().map(|guard| format!(", behind {}", guard.name));
        let place = place + &guards.collect::<String>();
        [self.method.to_owned(), self.path.clone(), chain, permit, throttle, place]
    }
}

impl Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut row = serializer.serialize_struct("Row", 10)?;
        row.serialize_field("method", self.method)?;
        row.serialize_field("path", &self.path)?;
        row.serialize_field("is_public", &self.is_public)?;
        let schemes = self.declaration.map(|it| it.schemes.iter().map(|scheme| scheme.text).collect::<Vec<_>>());
        row.serialize_field("schemes", &schemes)?;
        row.serialize_field("permit", &self.declaration.and_then(|it| it.permit))?;
        row.serialize_field("throttle", &self.declaration.and_then(|it| it.throttle))?;
        row.serialize_field("handler", &self.declaration.map(|it| format!("{}::{}", it.module, it.name)))?;
        row.serialize_field("source", &self.declaration.map(|it| format!("{}:{}", it.file, it.line)))?;
        row.serialize_field("guards", &self.guards.iter().map(|it| it.name).collect::<Vec<_>>())?;
        row.serialize_field("undeclared", &self.undeclared)?;
        row.end()
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["method", "path", "schemes", "permission", "throttle", "declared"].map(str::to_owned);
        let lines: Vec<_> = std::iter::once(head).chain(self.0.iter().map(Row::cells)).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        for line in &lines {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}
