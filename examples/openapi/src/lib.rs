//! An OpenAPI document whose security is what the handlers declare, and a page to try it on: `cargo run -p openapi`.

mod api;
mod demo;
mod page;
mod state;

use auth_runtime::audit::{self, Routes};
use auth_runtime::{AllowAnonymous, views};
use axum::Router;

pub use self::api::document;
pub use self::state::{ADA_PASSWORD, App, BOSS_PASSWORD};

/// Returns the API routes.
pub fn routes() -> Routes<App> {
    Routes::new()
        .merge(page::routes())
        .route("/health", audit::get(api::health))
        .route("/me", audit::get(api::me))
        .route("/reports/{year}", audit::get(api::report))
        .route("/greeting", audit::post(api::greet))
        .route("/token", views::obtain_token_methods::<App, AllowAnonymous>())
}

/// Returns the router of everything that the example serves.
pub fn router(app: App) -> Router {
    routes().into_router().with_state(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anonymous_callers_can_only_get_the_page_the_document_and_a_token() {
        let page = ["GET /", "GET /openapi.json", "GET /page.css", "GET /page.js"];
        routes().audit().assert_public(&[&page[..], &["GET /health", "POST /token"]].concat());
        routes().audit().assert_all_declared();
    }
}
