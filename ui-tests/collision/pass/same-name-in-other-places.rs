use auth_runtime::{AuthError, Authenticator, authenticate};
use auth_store::Account;
use ui_tests::App;

async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "key", verify = partner, user = Account)]
struct InHeader;

#[derive(Authenticator)]
#[authenticator(query = "key", verify = partner, user = Account)]
struct InQuery;

#[derive(Authenticator)]
#[authenticator(cookie = "key", verify = partner, user = Account)]
struct InCookie;

#[derive(Authenticator)]
#[authenticator(cookie = "Key", verify = partner, user = Account)]
struct InOtherCookie;

#[authenticate(InHeader, InQuery, InCookie, InOtherCookie, state = App)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {}
