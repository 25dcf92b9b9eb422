use auth_runtime::Authenticator;

#[derive(Authenticator)]
struct ApiKey {
    #[authenticator(defalt = "read")]
    scope: &'static str,
}

fn main() {}
