use auth_runtime::Authenticator;
use auth_store::Account;

fn same(account: Account) -> Account {
    account
}

#[derive(Authenticator)]
#[authenticator(wraps(Tokn), map_user = same, user = Account)]
struct StaffToken;

use auth_runtime::scheme::Token;

fn main() {}
