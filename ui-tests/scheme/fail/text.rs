use auth_runtime::authenticate;
use auth_store::Account;

#[authenticate("Token")]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {}
