use auth_runtime::Policy;
use auth_runtime::scheme::{Basic, Session, Token};

#[derive(Policy)]
#[policy(chain(
    Basic,
    Session,
    Token(keyword = "A"),
    Token(keyword = "B"),
    Token(keyword = "C"),
    Token(keyword = "D"),
    Token(keyword = "E"),
    Token(keyword = "F"),
    Token(keyword = "G")
))]
struct Api;

fn main() {}
