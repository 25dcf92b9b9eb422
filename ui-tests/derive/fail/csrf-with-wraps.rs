use auth_runtime::{Authenticator, Nobody, User};

fn map<U: User>(_: U) -> Nobody {
    unreachable!()
}

#[derive(Authenticator)]
#[authenticator(wraps(auth_runtime::scheme::Session), map_user = map, user = Nobody, csrf = false)]
struct Wrapped;

fn main() {}
