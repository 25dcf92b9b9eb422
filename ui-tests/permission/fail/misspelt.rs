use auth_runtime::{authenticate, permit};
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(IsStaf)]
async fn staff() -> &'static str {
    "staff"
}

use auth_runtime::permission::IsStaff;

fn main() {}
