use auth_runtime::authenticate;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
mod handlers {}

fn main() {}
