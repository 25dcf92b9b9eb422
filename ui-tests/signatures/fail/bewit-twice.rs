use auth_runtime::authenticate;
use auth_signatures::HawkBewit;
use auth_store::Account;

#[authenticate(HawkBewit, HawkBewit(sha1 = true))]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {}
