use auth_store::Account;

async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {}
