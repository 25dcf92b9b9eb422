use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;
use ui_tests::App;

struct IsOwner;

#[derive(Authenticator)]
#[authenticator(chain(Token), permit(IsOwner), state = App)]
struct Api;

fn main() {}
