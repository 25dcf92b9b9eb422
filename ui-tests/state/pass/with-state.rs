use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token, state = App)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn router(app: App) -> Router {
    Router::new().route("/", get(me)).with_state(app)
}

fn main() {
    let _ = router;
}
