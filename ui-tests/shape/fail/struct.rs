use auth_runtime::authenticate;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
struct Me;

fn main() {}
