use auth_runtime::permit;
use auth_runtime::permission::IsStaff;

#[permit(IsStaff)]
async fn staff() -> &'static str {
    "staff"
}

fn main() {}
