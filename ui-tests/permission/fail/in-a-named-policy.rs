use auth_runtime::Policy;
use auth_runtime::scheme::Token;
use ui_tests::App;

struct IsOwner;

#[derive(Policy)]
#[policy(chain(Token), permit(IsOwner), state = App)]
struct Api;

#[auth_runtime::authenticate(policy = Api)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
