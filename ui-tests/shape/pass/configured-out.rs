use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[authenticate(Token(keyword = "Api Key"))]
#[cfg(any())]
async fn gone(#[user] me: Missing) -> String {
    me.username
}

#[cfg(any())]
#[authenticate(Tokn)]
async fn gone(#[user] me: Missing) -> String {
    me.username
}

#[cfg_attr(all(), authenticate(Token))]
#[cfg_attr(all(), allow(clippy::unused_async))]
async fn here(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(here));
}
