use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;
use auth_store::Account;

fn same(account: Account) -> Account {
    account
}

#[derive(Authenticator)]
#[authenticator(wraps(Token), map_user = same)]
struct StaffToken;

fn main() {}
