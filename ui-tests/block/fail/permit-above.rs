use auth_runtime::{authenticate, handlers, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;

struct Notes;

#[handlers]
impl Notes {
    #[permit(IsStaff)]
    #[authenticate(Token)]
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {}
