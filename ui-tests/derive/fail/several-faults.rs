use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(heder = "X-Api-Key", cookie = key, verify = "partner")]
struct ApiKey {
    #[authenticator(defalt = "read")]
    scope: &'static str,
}

fn main() {}
