use auth_runtime::authenticate;
use auth_runtime::scheme::{Basic, Session, Token};
use auth_store::Account;

#[authenticate(Tokn, Sesion, Basic(relm = "files"))]
async fn me(#[user] me: Account) -> String {
    me.username
}

use auth_runtime::scheme::{Session, Token};

fn main() {}
