use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use ui_tests::App;

#[derive(Clone)]
struct Part;

impl axum::extract::FromRef<App> for Part {
    fn from_ref(_: &App) -> Self {
        Self
    }
}

#[authenticate(Token)]
async fn me(#[user] me: Account, State(_): State<App>, State(_): State<Part>) -> String {
    me.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
