use auth_runtime::permit;
use auth_runtime::permission::IsStaff;

#[permit(IsStaff)]
struct Staff;

fn main() {}
