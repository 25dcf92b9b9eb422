use auth_runtime::authenticate;
use auth_runtime::permission::ModelPermissions;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(ModelPermissions(model = "note"))]
async fn notes() {}

fn main() {}
