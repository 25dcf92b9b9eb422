use auth_runtime::authenticate;
use auth_store::Account;

use auth_runtime::scheme;

#[authenticate(scheme::Sesion)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {}
