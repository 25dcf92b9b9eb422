use auth_runtime::authenticate;
use auth_runtime::scheme::Session;
use auth_store::Account;

struct CsrfForm<T>(T);

#[authenticate(Session)]
async fn note(#[user] me: Account, CsrfForm(text): CsrfForm<String>) -> String {
    me.username + &text
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(note));
}
