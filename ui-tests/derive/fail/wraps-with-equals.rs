use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(wraps = Token, map_user = Some, user = Account)]
struct StaffToken;

fn main() {}
