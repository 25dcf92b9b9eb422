use auth_runtime::Policy;
use auth_runtime::scheme::Token;
use ui_tests::App;

struct IsOwner;

#[derive(Policy)]
#[policy(chain(Token), permit(IsOwner), state = App)]
struct Api;

fn main() {}
