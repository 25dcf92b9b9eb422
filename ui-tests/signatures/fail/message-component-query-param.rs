use auth_runtime::authenticate;
use auth_signatures::HttpSignature;
use auth_store::Account;

#[authenticate(HttpSignature(components = &["@method", "@query-param"]))]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
