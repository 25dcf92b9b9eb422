use auth_runtime::Policy;

#[derive(Policy)]
#[policy(chain(none))]
struct Open;

#[auth_runtime::authenticate(policy = Open)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
