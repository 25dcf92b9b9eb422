use auth_runtime::Authenticator;
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(wraps(Token, Session), map_user = Some, user = Account)]
struct StaffToken;

fn main() {}
