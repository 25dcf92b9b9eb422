use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;
use ui_tests::App;

#[derive(Authenticator)]
#[authenticator(chain(Token), throttle(usr = "1000/day"), state = App)]
struct Api;

fn main() {}
