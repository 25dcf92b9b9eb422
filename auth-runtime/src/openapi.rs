//! The security of an OpenAPI document, from what handlers declare. Behind the feature `openapi`, for `utoipa`.
//!
//! ```
//! use auth_runtime::audit::{Routes, get};
//! use auth_runtime::permission::IsAuthenticated;
//! use auth_runtime::scheme::Token;
//! use auth_runtime::store::TokenStore;
//! use auth_runtime::{AuthState, Settings, authenticate, openapi};
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
//! fn document<S: AuthState>(settings: &Settings) -> utoipa::openapi::OpenApi
//! where
//!     S::Backend: TokenStore,
//! {
//!     let routes = Routes::<S>::new().route("/report", get(report));
//!     let mut document = Document::openapi();
//!     openapi::secure(&mut document, &routes.audit(), settings);
//!     document
//! }
//! ```

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, OpenApi};

use crate::audit::Audit;
use crate::authenticator::Claim;
use crate::settings::Settings;

/// Writes the security schemes of all handlers of `audit` into the document, and into each of its operations that is one of
/// them, which of the schemes it takes: any one of its chain, and none where anonymous callers may come in too.
///
/// What a gateway in front says is no matter of a client's, and is left out.
pub fn secure(document: &mut OpenApi, audit: &Audit, settings: &Settings) {
    for row in audit.rows() {
        let Some(declaration) = row.declaration else { continue };
        let Some(item) = document.paths.paths.get_mut(&row.path) else { continue };
        let schemes: Vec<_> = declaration.schemes.iter().filter_map(|it| scheme(it.claim, settings)).collect();
        let mut requirements: Vec<_> =
            schemes.iter().map(|(name, _)| SecurityRequirement::new(name.clone(), [] as [&str; 0])).collect();
        if row.is_public() && !requirements.is_empty() {
            requirements.push(SecurityRequirement::default());
        }
        for operation in operations(item, row.method) {
            operation.security = Some(requirements.clone());
        }
        let components = document.components.get_or_insert_with(Components::new);
        for (name, scheme) in schemes {
            components.add_security_scheme(name, scheme);
        }
    }
}

fn operations<'a>(item: &'a mut PathItem, method: &str) -> Vec<&'a mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)];
    let wanted = all.into_iter().filter(|(name, _)| method == "*" || method == *name);
    wanted.filter_map(|(_, operation)| operation.as_mut()).collect()
}

/// A scheme by what it reads, and its name in the document.
fn scheme(claim: Claim, settings: &Settings) -> Option<(String, SecurityScheme)> {
    let key = |place: &str, name: &str, key: fn(ApiKeyValue) -> ApiKey| {
        (format!("{place}_{}", plain(name)), SecurityScheme::ApiKey(key(ApiKeyValue::new(name))))
    };
    Some(match claim {
        Claim::Authorization(keyword) => {
            let http = if keyword.eq_ignore_ascii_case("bearer") {
                HttpAuthScheme::Bearer
            } else if keyword.eq_ignore_ascii_case("basic") {
                HttpAuthScheme::Basic
            } else {
                // OpenAPI names registered keywords alone.
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
        Claim::Cookie(name) => key("cookie", name, ApiKey::Cookie),
        Claim::Header(name) => key("header", name, ApiKey::Header),
        Claim::Query(name) => key("query", name, ApiKey::Query),
        Claim::Login => key("cookie", settings.session().cookie_name(), ApiKey::Cookie),
        Claim::Gateway | Claim::Nothing => return None,
    })
}

/// A name of letters, digits, `.`, `-` and `_`, as components have them (OpenAPI 3.1, section 4.8.7.1).
fn plain(name: &str) -> String {
    let fits = |char: char| char.is_ascii_alphanumeric() || ".-_".contains(char);
    name.chars().map(|char| if fits(char) { char } else { '-' }).collect()
}
