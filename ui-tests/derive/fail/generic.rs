use auth_runtime::Authenticator;

#[derive(Authenticator)]
struct ApiKey<T> {
    #[authenticator(default = None)]
    keys: Option<T>,
}

fn main() {}
