use auth_runtime::authenticate;
use auth_runtime::permission::ModelPermissionsOrAnonReadOnly;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(ModelPermissionsOrAnonReadOnly)]
async fn notes() {}

fn main() {}
