use auth_runtime::{AuthState, AuthContext, Authenticator, Policy, authenticate};
use auth_runtime::permission::{Access, Permission};
use auth_runtime::scheme::Token;
use auth_runtime::{AuthError, User};
use auth_store::{Account, MemoryStore};

struct Partner;

impl User for Partner {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        "partner".into()
    }
}

async fn find_partner(_: &str) -> Result<Option<Partner>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find_partner, user = Partner)]
struct PartnerKey;

struct IsCustomer;

impl<S: Sync> Permission<S, Account> for IsCustomer {
    async fn has_permission(&self, _: &Access<'_, S, Account>) -> Result<(), AuthError> {
        Ok(())
    }
}

#[derive(Policy)]
#[policy(chain(Token), permit(IsCustomer))]
struct Defaults;

#[derive(Clone)]
struct Own(AuthContext<MemoryStore>);

impl AuthState for Own {
    type Backend = MemoryStore;
    type DefaultPolicy = Defaults;

    fn auth_context(&self) -> &AuthContext<MemoryStore> {
        &self.0
    }
}

#[authenticate(PartnerKey, state = Own)]
async fn prices(#[user] _: Partner) {}

fn main() {
    let _ = axum::Router::<Own>::new().route("/", axum::routing::get(prices));
}
