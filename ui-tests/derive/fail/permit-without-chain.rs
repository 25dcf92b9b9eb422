use auth_runtime::Authenticator;
use auth_runtime::permission::IsStaff;

#[derive(Authenticator)]
#[authenticator(permit(IsStaff), challenges = all)]
struct ApiKey;

fn main() {}
