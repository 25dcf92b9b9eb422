use auth_runtime::Policy;
use auth_runtime::scheme::{Session, Token};
use ui_tests::Storeless;

#[derive(Policy)]
#[policy(chain(Token, Session), state = Storeless)]
struct Api;

fn main() {}
