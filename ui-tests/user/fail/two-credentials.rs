use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{AccessToken, Login};

#[authenticate(Token, Session)]
async fn me(#[auth] token: Option<AccessToken>, #[auth] login: Option<Login>) -> String {
    String::new()
}

fn main() {}
