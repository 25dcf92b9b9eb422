use auth_runtime::Policy;
use auth_runtime::audit::Routes;
use auth_runtime::scheme::Token;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Token), throttle(anon = "10/minute"))]
struct Open;

fn internal(routes: Routes<App>, app: &App) -> Routes<App> {
    routes.guarded_by::<Open>(app)
}

fn main() {}
