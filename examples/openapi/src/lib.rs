//! An OpenAPI document whose security is what the handlers declare, and a page to try it on: `cargo run -p openapi`.

mod api;
mod page;
mod state;

use auth_runtime::audit::{self, Routes};
use auth_runtime::{IgnoreCredentials, views};
use axum::Router;

pub use self::api::document;
pub use self::state::{ADA_PASSWORD, App, BOSS_PASSWORD};

/// What is mounted.
pub fn routes() -> Routes<App> {
    let token = Router::new().route("/", views::obtain_token::<App, IgnoreCredentials>());
    Routes::new()
        .merge(page::routes())
        .route("/health", audit::get(api::health))
        .route("/me", audit::get(api::me))
        .route("/reports/{year}", audit::get(api::report))
        .route("/greeting", audit::post(api::greet))
        .undeclared("/token", token, "a user name and a password are in the body")
}

/// What is served.
pub fn router(app: App) -> Router {
    routes().into_router().with_state(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_gets_the_page_and_the_document_and_nothing_else() {
        let page = ["GET /", "GET /openapi.json", "GET /page.css", "GET /page.js"];
        routes().audit().assert_public(&[&page[..], &["GET /health"]].concat());
    }

    #[test]
    fn the_token_endpoint_alone_declares_nothing() {
        let audit = routes().audit();
        let undeclared = audit.rows().iter().filter(|row| row.declaration.is_none()).map(|row| row.path.as_str());
        assert_eq!(undeclared.collect::<Vec<_>>(), ["/token"]);
    }
}
