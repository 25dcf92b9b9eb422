use auth_runtime::Policy;
use auth_runtime::scheme::Token;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Token), throttle(), state = App)]
struct Api;

fn main() {}
