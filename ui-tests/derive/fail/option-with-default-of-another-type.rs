use auth_runtime::Authenticator;

#[derive(Authenticator)]
struct ApiKey {
    #[authenticator(default = 5)]
    scope: &'static str,
}

fn main() {}
