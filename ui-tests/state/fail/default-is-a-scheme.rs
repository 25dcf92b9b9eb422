use auth_runtime::{AuthState, Authentication, DefaultPolicy};
use auth_runtime::scheme::Token;

#[derive(Clone)]
struct Own(Authentication<auth_store::MemoryStore>);

impl AuthState for Own {
    type Backend = auth_store::MemoryStore;

    fn authentication(&self) -> &Authentication<auth_store::MemoryStore> {
        &self.0
    }
}

impl DefaultPolicy for Own {
    type Policy = Token;
}

fn main() {}
