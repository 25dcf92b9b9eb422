use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;
use auth_store::Account;
use ui_tests::App;

fn same(name: String) -> Account {
    unimplemented!("{name}")
}

#[derive(Authenticator)]
#[authenticator(wraps(Token), map_user = same, user = Account, state = App)]
struct StaffToken;

#[auth_runtime::authenticate(StaffToken)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
