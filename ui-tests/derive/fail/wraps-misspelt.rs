use auth_runtime::Authenticator;
use auth_store::Account;

use auth_runtime::scheme::Token;

fn same(account: Account) -> Account {
    account
}

#[derive(Authenticator)]
#[authenticator(wraps(Tokn), map_user = same, user = Account)]
struct StaffToken;

fn main() {}
