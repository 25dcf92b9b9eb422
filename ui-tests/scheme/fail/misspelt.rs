use auth_runtime::authenticate;
use auth_store::Account;

#[authenticate(Tokn)]
async fn me(#[user] me: Account) -> String {
    me.username
}

use auth_runtime::scheme::Token;

fn main() {}
