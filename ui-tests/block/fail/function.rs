use auth_runtime::handlers;

#[handlers]
async fn list() -> &'static str {
    "notes"
}

fn main() {}
