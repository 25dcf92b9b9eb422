use auth_runtime::Authenticator;

#[derive(Authenticator)]
enum Key {
    Header,
    Cookie,
}

fn main() {}
