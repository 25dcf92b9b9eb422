use auth_runtime::{AuthError, Authenticator, Nobody};

async fn find(_: &str) -> Result<Option<Nobody>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(cookie = "key", verify = find, user = Nobody, csrf = off)]
struct Key;

fn main() {}
