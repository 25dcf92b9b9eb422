use auth_runtime::Policy;
use auth_runtime::scheme::Token;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Token), throttle(usr = "1000/day"), state = App)]
struct Api;

fn main() {}
