use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;
use ui_tests::App;

struct Hours;

#[derive(Authenticator)]
#[authenticator(chain(Token), throttle(Hours), state = App)]
struct Api;

fn main() {}
