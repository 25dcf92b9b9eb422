use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[authenticate(Token, state = Ap)]
async fn me(#[user] me: Account) -> String {
    me.username
}

use ui_tests::App;

fn main() {}
