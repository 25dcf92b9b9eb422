use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;

#[derive(Authenticator)]
#[authenticator(chain(Token, Sesion))]
struct Api;

use auth_runtime::scheme::Session;

fn main() {}
