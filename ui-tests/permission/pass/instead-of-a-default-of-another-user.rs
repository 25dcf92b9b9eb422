use auth_runtime::{AuthState, AuthContext, Authenticator, Policy, authenticate};
use auth_runtime::permission::{Access, IsAuthenticated, Permission};
use auth_runtime::scheme::Token;
use auth_runtime::throttle::{Admission, Throttle};
use auth_runtime::{AuthError, User};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::routing::get;

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

struct Hours;

impl<S: Sync> Throttle<S, Account> for Hours {
    async fn admit(&self, _: &Access<'_, S, Account>) -> Result<Admission, AuthError> {
        Ok(Admission::Granted)
    }
}

#[derive(Policy)]
#[policy(chain(Token), permit(IsCustomer), throttle(Hours))]
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

#[derive(Policy)]
#[policy(chain(PartnerKey), permit(IsAuthenticated), throttle(none))]
struct Partners;

#[authenticate(PartnerKey, state = Own)]
#[permit(IsAuthenticated)]
#[throttle(none)]
async fn prices(#[user] _: Partner) {}

#[authenticate(policy = Partners, state = Own)]
async fn named(#[user] _: Partner) {}

#[authenticate(Token, state = Own)]
async fn fits(#[user] _: Account) {}

fn main() {
    let _ = Router::<Own>::new().route("/", get(prices).post(named).put(fits));
}
