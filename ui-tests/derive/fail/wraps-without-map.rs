use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;

#[derive(Authenticator)]
#[authenticator(wraps(Token))]
struct StaffToken;

fn main() {}
