#![doc = include_str!("../docs/crate.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
// The guide leads to what the features add.
#![cfg_attr(not(all(feature = "metrics", feature = "test")), allow(rustdoc::broken_intra_doc_links))]

// Lets the macros be used in this crate's own documentation and tests.
extern crate self as auth_runtime;

mod address;
#[allow(missing_docs)]
mod assertions;
mod authenticator;
mod authorization;
mod chain;
mod challenge;
mod clock;
mod cookie;
mod declaration;
#[allow(unnameable_types)] // what only the bounds of states name
mod defaults;
mod error;
mod extract;
mod form;
mod guard;
mod identity;
mod last_used;
mod observation;
mod origin;
mod password;
mod policy;
mod proxies;
mod resolved;
mod response;
mod secret;
mod setting;
mod state;
#[allow(missing_docs, clippy::exhaustive_structs)]
mod steps;
mod token_format;
mod username;
#[allow(missing_docs)]
mod witness;

#[doc(hidden)]
#[allow(missing_docs, clippy::exhaustive_enums, clippy::exhaustive_structs)]
pub mod __private;
pub mod audit;
pub mod body;
pub mod csrf;
pub mod event;
pub mod guide;
pub mod login;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod permission;
pub mod personal_token;
pub mod scheme;
pub mod settings;
pub mod store;
#[cfg(feature = "test")]
pub mod testing;
pub mod throttle;
pub mod views;

#[doc = include_str!("../docs/authenticator.md")]
pub use auth_macros::Authenticator;
#[doc = include_str!("../docs/policy.md")]
pub use auth_macros::Policy;
#[doc = include_str!("../docs/authenticate.md")]
pub use auth_macros::authenticate;
#[doc = include_str!("../docs/handlers.md")]
pub use auth_macros::handlers;
#[doc = include_str!("../docs/permit.md")]
pub use auth_macros::permit;
#[doc = include_str!("../docs/throttle.md")]
pub use auth_macros::throttle;
#[doc(no_inline)]
pub use {axum, http};

pub use self::authenticator::{Authenticator, Claim, Declared, Outcome, Scheme, Verdict, is_http_token, is_same_text};
pub use self::authorization::{
    MalformedAuthorization, after_keyword as authorization_after_keyword, credentials as authorization_credentials,
    is_for as authorization_is_for,
};
pub use self::chain::{Chain, NoSchemes, OneOf, Select};
#[doc(hidden)]
pub use self::chain::{First, Later};
pub use self::challenge::Challenge;
pub use self::clock::Clock;
pub use self::csrf::{CsrfCheck, CsrfForm, CsrfToken};
pub use self::declaration::{Caller, Declaration, SchemeDeclaration};
#[doc(hidden)]
pub use self::defaults::NamesDefaultPolicy;
pub use self::defaults::{DefaultPermission, DefaultPolicy, DefaultThrottles, NoDefaultPolicy, StateDefault};
pub use self::error::{AuthError, ErrorKind};
pub use self::extract::{Auth, AuthSlot, Credentials, CurrentUser, Guarded};
pub use self::guard::{StatesPermission, guard};
pub use self::identity::{FromCredentials, FromIdentity, Identity, Nobody, Unread, User};
pub use self::origin::{NotAnOrigin, Origin, PublicOrigin, TrustedOrigin};
pub use self::password::{HashPasswordError, Passwords, is_password_hash};
pub use self::permission::Permission;
pub use self::policy::{Challenges, IgnoreCredentials, Policy, PolicyUser, answer};
pub use self::proxies::{InvalidPeer, Peers, Proxies};
pub use self::resolved::Resolved;
pub use self::response::{Answer, ErrorFormat, Rejection};
pub use self::secret::{Digest, NewSecret};
pub use self::settings::Settings;
pub use self::state::{AuthState, Authentication};
pub use self::steps::AtHandler;
pub use self::token_format::{NotAnApp, PresentedToken, TokenFormat, TokenKind};
pub use self::username::{InvalidUsername, Username};
