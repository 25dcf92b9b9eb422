//! Adds the security of an OpenAPI document, from the declarations of handlers. Behind the feature `openapi`, for `utoipa`.
//!
//! ```
//! use auth_runtime::audit::{Routes, get};
//! use auth_runtime::permission::IsAuthenticated;
//! use auth_runtime::scheme::Token;
//! use auth_runtime::store::TokenStore;
//! use auth_runtime::{AuthState, NoDefaultPolicy, Settings, authenticate, openapi};
//! use utoipa::OpenApi;
//!
//! #[utoipa::path(get, path = "/report", responses((status = 200, description = "Figures", body = String)))]
//! #[authenticate(Token(keyword = "Bearer"))]
//! #[permit(IsAuthenticated)]
//! async fn report() -> &'static str {
//!     "figures"
//! }
//!
//! #[derive(OpenApi)]
//! #[openapi(paths(report))]
//! struct Document;
//!
//! fn document<S: AuthState<DefaultPolicy = NoDefaultPolicy>>(settings: &Settings) -> utoipa::openapi::OpenApi
//! where
//!     S::Backend: TokenStore,
//! {
//!     let routes = Routes::<S>::new().route("/report", get(report));
//!     let mut document = Document::openapi();
//!     openapi::secure(&mut document, &routes.audit(), settings).expect("every operation is mounted");
//!     document
//! }
//! ```

use std::collections::BTreeSet;
use std::fmt;

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, OpenApi, RefOr, Response, Responses};

use crate::audit::{Audit, Row};
use crate::context::settings::Settings;
use crate::policy::declaration::Declaration;
use crate::policy::permission::Anonymous;
use crate::scheme::source::CredentialSource;

/// Adds to each operation of the document what its handler in `audit` declares: the security schemes that it accepts, and the
/// answers 401, 403 and 429, if it can give them and the document does not describe them.
///
/// The schemes of a chain are alternatives. Behind a [guard](crate::guard), a caller must satisfy both chains. If anonymous
/// callers are accepted, the empty requirement is an alternative too. The user of a gateway in front is not sent by clients,
/// and is left out.
///
/// An operation belongs to the handler with its method and the same shape of path: names of parameters may differ, and axum's
/// `{*rest}` is `{rest}` in a document. An operation below [`Routes::undeclared`](crate::audit::Routes::undeclared) stays as it
/// is.
///
/// # Errors
///
/// If the audit has no handler for an operation and the operation does not state its own security: without any, OpenAPI would
/// treat it as public. All other operations are changed nevertheless.
pub fn secure(document: &mut OpenApi, audit: &Audit, settings: &Settings) -> Result<(), UnmatchedOperations> {
    let mut unmatched = Vec::new();
    let mut used = Vec::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let Some(row) = row_of(audit, &method, path) else {
                let is_open = operation.security.is_none() && !is_below_undeclared(audit, path);
                unmatched.extend(is_open.then(|| format!("{method} {path}")));
                continue;
            };
            let layers: Vec<&Declaration> = row.guards.iter().chain(&row.declaration).collect();
            operation.security = Some(requirements(&layers, &method, settings));
            describe_refusals(&mut operation.responses, &layers);
            let claims = layers.iter().flat_map(|layer| layer.schemes);
            used.extend(claims.filter_map(|it| scheme(it.claim, settings)));
        }
    }
    for (name, scheme) in used {
        document.components.get_or_insert_with(Components::new).add_security_scheme(name, scheme);
    }
    if unmatched.is_empty() { Ok(()) } else { Err(UnmatchedOperations { operations: unmatched }) }
}

/// The document has operations for which the audit has no handler: see [`secure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedOperations {
    operations: Vec<String>,
}

impl UnmatchedOperations {
    /// Returns the operations, written as `GET /pets/{id}`.
    pub fn operations(&self) -> &[String] {
        &self.operations
    }
}

impl fmt::Display for UnmatchedOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.operations.join(", ");
        write!(
            f,
            "the audit has no handler for {operations}: write the path in `#[utoipa::path]` as it is mounted, mount the handler \
             on `audit::Routes`, or state the security of the operation by `security(..)`"
        )
    }
}

impl std::error::Error for UnmatchedOperations {}

/// Returns the operations of a path, by their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (String, &mut Operation)> {
    let PathItem { get, put, post, delete, options, head, patch, trace, query, additional_operations, .. } = item;
    let known = [
        ("GET", get),
        ("PUT", put),
        ("POST", post),
        ("DELETE", delete),
        ("OPTIONS", options),
        ("HEAD", head),
        ("PATCH", patch),
        ("TRACE", trace),
        ("QUERY", query),
    ];
    let known = known.into_iter().filter_map(|(method, operation)| Some((method.to_owned(), operation.as_mut()?)));
    known.chain(additional_operations.iter_mut().map(|(method, operation)| (method.clone(), operation)))
}

/// Returns the handler that answers an operation: the most specific match.
fn row_of<'a>(audit: &'a Audit, method: &str, path: &str) -> Option<&'a Row> {
    let serves = |row: &Row| [method, "*"].contains(&row.method) || (method == "HEAD" && row.method == "GET");
    let fits = |row: &&Row| row.declaration.is_some() && serves(row) && shape(&row.path) == shape(path);
    audit
        .rows()
        .iter()
        .filter(fits)
        .max_by_key(|row| (!row.path.contains("{*"), row.method == method, row.method != "*"))
}

/// Returns whether an operation belongs to a router that declares nothing.
fn is_below_undeclared(audit: &Audit, path: &str) -> bool {
    let path = shape(path);
    audit.rows().iter().filter(|row| row.declaration.is_none()).any(|row| {
        let below = path.strip_prefix(shape(&row.path).trim_end_matches('/'));
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Returns a path without the names of its parameters.
fn shape(path: &str) -> String {
    let mut parts = path.split('{');
    let mut shape = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shape.push_str("{}");
        shape.push_str(part.split_once('}').map_or(part, |(_, behind)| behind));
    }
    shape
}

/// Lists the sets of schemes that a caller can choose from. Each set satisfies every layer.
fn requirements(layers: &[&Declaration], method: &str, settings: &Settings) -> Vec<SecurityRequirement> {
    let mut alternatives = vec![BTreeSet::new()];
    for layer in layers {
        let schemes = layer.schemes.iter().filter_map(|it| scheme(it.claim, settings));
        let mut own: Vec<Option<String>> = schemes.map(|(name, _)| Some(name)).collect();
        if own.is_empty() || layer.on_anonymous(method).may_allow() {
            own.push(None);
        }
        let both = |name: &Option<String>| {
            let name = name.clone();
            alternatives.iter().map(move |names: &BTreeSet<String>| names.iter().cloned().chain(name.clone()).collect())
        };
        let mut combined: Vec<BTreeSet<String>> = Vec::new();
        for names in own.iter().flat_map(both) {
            if !combined.contains(&names) {
                combined.push(names);
            }
        }
        alternatives = combined;
    }
    if alternatives.iter().all(BTreeSet::is_empty) {
        return Vec::new();
    }
    let requirement = |names: BTreeSet<String>| {
        names.into_iter().fold(SecurityRequirement::default(), |all, name| all.add(name, [] as [&str; 0]))
    };
    alternatives.into_iter().map(requirement).collect()
}

/// Adds the refusals that the document does not describe, by themselves, as `4XX` or as `default`.
fn describe_refusals(responses: &mut Responses, layers: &[&Declaration]) {
    let any = |holds: fn(&Declaration) -> bool| layers.iter().any(|layer| holds(layer));
    let refusals = [
        ("401", any(asks_for_credentials), "The credentials are missing or not valid."),
        ("403", any(denies), "The caller may not do this."),
        (
            "429",
            any(|layer| layer.throttle.is_some()),
            "There were too many requests. `Retry-After` says how long to wait.",
        ),
    ];
    for (status, can_happen, description) in refusals {
        let is_described = [status, "4XX", "default"].iter().any(|key| responses.responses.contains_key(*key));
        if can_happen && !is_described {
            responses.responses.insert(status.to_owned(), RefOr::T(Response::new(description)));
        }
    }
}

/// Returns whether a refusal may be a 401: the first scheme has, or may have, a challenge.
fn asks_for_credentials(layer: &Declaration) -> bool {
    layer
        .schemes
        .first()
        .is_some_and(|first| !matches!(first.claim, CredentialSource::Login | CredentialSource::Gateway))
}

/// Returns whether a refusal may be a 403: by the permission, as a forged request of a browser, or because there is no
/// challenge.
fn denies(layer: &Declaration) -> bool {
    let has_permission = layer.permit.is_some() && layer.anonymous != Anonymous::ALLOWED;
    let claims = layer.schemes.iter().map(|it| it.claim);
    has_permission || claims.into_iter().any(|claim| !matches!(claim, CredentialSource::Authorization(_)))
}

/// Returns a scheme for what it reads, and its name in the document.
fn scheme(claim: CredentialSource, settings: &Settings) -> Option<(String, SecurityScheme)> {
    let key = |place: &str, name: &str, key: fn(ApiKeyValue) -> ApiKey| {
        (format!("{place}_{}", plain(name)), SecurityScheme::ApiKey(key(ApiKeyValue::new(name))))
    };
    Some(match claim {
        CredentialSource::Authorization(keyword) => {
            let http = if keyword.eq_ignore_ascii_case("bearer") {
                HttpAuthScheme::Bearer
            } else if keyword.eq_ignore_ascii_case("basic") {
                HttpAuthScheme::Basic
            } else {
                // OpenAPI only supports registered keywords.
                let says = format!("`{keyword} ` and the credentials.");
                let value = ApiKeyValue::with_description("Authorization", says.as_str());
                return Some((
                    format!("authorization_{}", plain(keyword)),
                    SecurityScheme::ApiKey(ApiKey::Header(value)),
                ));
            };
            let name = format!("http_{}", keyword.to_ascii_lowercase());
            (name, SecurityScheme::Http(HttpBuilder::new().scheme(http).build()))
        }
        CredentialSource::Cookie(name) => key("cookie", name, ApiKey::Cookie),
        CredentialSource::Header(name) => key("header", name, ApiKey::Header),
        CredentialSource::Query(name) => key("query", name, ApiKey::Query),
        CredentialSource::Login => key("cookie", settings.session().cookie_name(), ApiKey::Cookie),
        CredentialSource::Gateway | CredentialSource::Nothing => return None,
    })
}

/// Returns a name of letters, digits, `.`, `-` and `_`, as components require (OpenAPI 3.1, section 4.8.7.1).
fn plain(name: &str) -> String {
    let fits = |char: char| char.is_ascii_alphanumeric() || ".-_".contains(char);
    name.chars().map(|char| if fits(char) { char } else { '-' }).collect()
}
