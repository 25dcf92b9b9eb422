use auth_runtime::authenticate;
use auth_runtime::store::KeyAlgorithm;
use auth_signatures::HttpSignature;
use auth_store::Account;

#[authenticate(HttpSignature(algorithms = &[KeyAlgorithm::Ed25519, KeyAlgorithm::HmacSha1]))]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
