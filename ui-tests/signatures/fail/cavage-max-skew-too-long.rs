use auth_runtime::authenticate;
use auth_signatures::CavageSignature;
use auth_store::Account;

#[authenticate(CavageSignature(max_skew = 604_800))]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
