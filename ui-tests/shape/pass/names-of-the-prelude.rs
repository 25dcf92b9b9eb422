#![no_implicit_prelude]
#![allow(dead_code)]

mod core {}
mod std {}
struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Send;
struct Sync;
struct String;

use ::auth_runtime::permission::IsStaff;
use ::auth_runtime::scheme::{Basic, Session, Token};
use ::auth_runtime::{Authenticator, CsrfForm, Policy, authenticate, handlers};
use ::auth_store::Account;
use ::ui_tests::App;

async fn partner(_: &str) -> ::core::result::Result<::core::option::Option<Account>, ::auth_runtime::AuthError> {
    ::core::result::Result::Ok(::core::option::Option::None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, user = Account, challenge = "ApiKey")]
struct ApiKey;

#[derive(Authenticator)]
#[authenticator(wraps(Token), map_user = ::core::convert::identity, user = Account, state = App)]
struct Wrapped {
    #[authenticator(default = 1)]
    number: u8,
}

#[derive(Policy)]
#[policy(chain(ApiKey, Session), permit(IsStaff), challenges = all)]
struct Api;

#[authenticate(ApiKey, Wrapped(number = 2), Session, state = App)]
#[permit(IsStaff)]
async fn me(#[user] me: ::core::option::Option<Account>, CsrfForm(_): CsrfForm<()>) {
    ::core::mem::drop(me);
}

#[authenticate(policy = Api)]
async fn named(#[user] me: Account) {
    ::core::mem::drop(me);
}

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Basic)]
    async fn list(#[user] me: Account) {
        ::core::mem::drop(me);
    }
}

#[authenticate(none)]
#[permit(IsStaff)]
async fn open() {}

fn main() {
    let router = ::axum::Router::<App>::new();
    let _ = router.route("/", ::axum::routing::get(named).post(me).put(Notes::list).delete(open));
}
