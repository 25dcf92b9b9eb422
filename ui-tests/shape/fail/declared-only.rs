use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

trait Notes {
    #[authenticate(Token)]
    async fn list(#[user] me: Account);
}

fn main() {}
