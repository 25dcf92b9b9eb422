use auth_runtime::{authenticate, handlers};
use auth_store::Account;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Tokn)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }
}

use auth_runtime::scheme::Token;

fn main() {}
