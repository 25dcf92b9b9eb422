use auth_runtime::handlers;

struct Notes;

#[handlers]
impl Notes {
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {}
