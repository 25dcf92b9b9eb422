use auth_runtime::Authenticator;
use auth_runtime::scheme::{Session, Token};
use ui_tests::Storeless;

#[derive(Authenticator)]
#[authenticator(chain(Token, Session), state = Storeless)]
struct Api;

fn main() {}
