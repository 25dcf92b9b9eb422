use auth_runtime::__private::assert_guarded;
use auth_runtime::{Guarded, Policy};
use auth_runtime::scheme::Token;
use axum::http::HeaderMap;

#[derive(Policy)]
#[policy(chain(Token))]
struct Api;

#[derive(Policy)]
#[policy(chain(Token))]
struct Other;

async fn open(_: HeaderMap) {}
async fn without_arguments() {}
async fn guarded(_: Guarded<Api, HeaderMap>) {}

const _: () = assert_guarded::<Api, (_,), _>(&guarded);
const _: () = assert_guarded::<Other, (_,), _>(&guarded);
const _: () = assert_guarded::<Api, (_,), _>(&open);
const _: () = assert_guarded::<Api, _, _>(&without_arguments);

#[auth_runtime::authenticate(policy = Api)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
