use auth_runtime::Authenticator;

#[derive(Authenticator)]
struct ApiKey {
    scope: &'static str,
}

fn main() {}
