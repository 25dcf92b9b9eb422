use auth_runtime::authenticate;
use auth_store::Account;

#[authenticate(Session)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {}
