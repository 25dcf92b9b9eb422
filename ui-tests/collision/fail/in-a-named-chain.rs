use auth_runtime::Authenticator;
use auth_runtime::scheme::{Session, Token};

#[derive(Authenticator)]
#[authenticator(chain(Token(keyword = "Bearer"), Session, Token(keyword = "BEARER")))]
struct Api;

fn main() {}
