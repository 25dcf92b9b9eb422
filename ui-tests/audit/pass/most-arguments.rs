use auth_runtime::audit::{Routes, get};
use auth_runtime::authenticate;
use auth_runtime::permission::AllowAny;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::http::{Method, Uri};
use ui_tests::App;

/// As many as axum takes.
#[authenticate(Token, state = App)]
async fn many(
    #[user] _me: Account,
    _02: Method,
    _03: Method,
    _04: Method,
    _05: Method,
    _06: Method,
    _07: Method,
    _08: Method,
    _09: Method,
    _10: Method,
    _11: Method,
    _12: Method,
    _13: Method,
    _14: Method,
    _15: Method,
    _16: String,
) {
}

/// Without a caller, the first argument carries the declaration.
#[authenticate(none)]
#[permit(AllowAny)]
async fn first(_uri: Uri) {}

fn main() {
    let _ = Routes::<App>::new().route("/many", get(many)).route("/first", get(first));
}
