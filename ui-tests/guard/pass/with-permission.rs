use auth_runtime::audit::Routes;
use auth_runtime::permission::{AllowAny, IsStaff};
use auth_runtime::scheme::Token;
use auth_runtime::{AllowAnonymous, Policy, guard};
use axum::Router;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Token), permit(AllowAny))]
struct Everybody;

#[derive(Policy)]
#[policy(chain(Token), permit(!IsStaff), state = App)]
struct OfApp;

fn routers(router: Router<App>, app: &App) -> Router<App> {
    let router = guard::<Everybody, App>(router, app);
    let router = guard::<OfApp, App>(router, app);
    guard::<AllowAnonymous, App>(router, app)
}

fn main() {
    let _ = routers;
    let _ = |app: &App| Routes::new().guarded_by::<OfApp>(app);
}
