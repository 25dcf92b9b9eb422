use auth_runtime::Policy;
use auth_runtime::scheme::Token;
use ui_tests::App;

struct Hours;

#[derive(Policy)]
#[policy(chain(Token), throttle(Hours), state = App)]
struct Api;

fn main() {}
