use auth_runtime::Authenticator;
use auth_store::Account;

fn same(account: Account) -> Account {
    account
}

#[derive(Authenticator)]
#[authenticator(map_user = same, user = Account)]
struct StaffToken;

fn main() {}
