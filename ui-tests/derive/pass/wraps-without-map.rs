use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;
use auth_store::Account;

fn same(account: Account) -> Account {
    account
}

#[derive(Authenticator)]
#[authenticator(wraps(Token), map_user = same, user = Account, state = ui_tests::App)]
struct StaffToken;

#[auth_runtime::authenticate(StaffToken)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
