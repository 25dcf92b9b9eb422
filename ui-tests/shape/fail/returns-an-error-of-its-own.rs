use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

enum Fault {
    Gone,
}

#[authenticate(Token)]
async fn me(#[user] _: Account) -> Result<String, Fault> {
    Err(Fault::Gone)
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
