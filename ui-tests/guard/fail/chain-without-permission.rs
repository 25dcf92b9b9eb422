use auth_runtime::scheme::Token;
use auth_runtime::{Policy, guard};
use axum::Router;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer")))]
struct Open;

fn internal(router: Router<App>, app: &App) -> Router<App> {
    guard::<Open, App>(router, app)
}

fn main() {}
