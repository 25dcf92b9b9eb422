//! A custom scheme: partners send a key in a header.

use std::borrow::Cow;

use auth_runtime::{AuthError, Authenticator, Digest, User, authenticate};

/// The key of the partner that the demo knows. A real one is random, and only its digest is kept.
pub(crate) const DEMO_KEY: &str = "partner-demo-key";

#[derive(Debug, Clone)]
pub(crate) struct Partner {
    name: &'static str,
}

impl User for Partner {
    fn id(&self) -> Cow<'_, str> {
        self.name.into()
    }
}

#[derive(Debug, Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find_partner, user = Partner, challenge = "ApiKey realm=\"partners\"")]
pub(crate) struct PartnerKey;

#[allow(clippy::unused_async)] // a real one asks a database
async fn find_partner(key: &str) -> Result<Option<Partner>, AuthError> {
    let known = Digest::of(key.as_bytes()) == Digest::of(DEMO_KEY.as_bytes());
    Ok(known.then_some(Partner { name: "Analytical Engines" }))
}

#[authenticate(PartnerKey)]
pub(crate) async fn prices(#[user] partner: Partner) -> String {
    format!("prices for {}\n", partner.name)
}
