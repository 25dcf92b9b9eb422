use auth_runtime::authenticate;
use auth_runtime::scheme::Session;
use auth_store::Account;

struct CsrfForm<T>(T);

#[authenticate(Session)]
async fn note(#[user] me: Account, form: CsrfForm<String>) -> String {
    me.username
}

fn main() {}
