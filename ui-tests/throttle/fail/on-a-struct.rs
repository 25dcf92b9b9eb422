use auth_runtime::throttle;

#[throttle(user = "1000/day")]
struct Search;

fn main() {}
