//! The built-in schemes.
//!
//! | scheme | reads | options | credentials | challenge |
//! |---|---|---|---|---|
//! | [`Basic`] | `Authorization: Basic` | `realm = "api"` | `()` | `Basic realm="api"` |
//! | [`Bearer`] | `Authorization: Bearer` | `keyword = "Bearer"` | [`AccessToken`](crate::store::AccessToken) | `Bearer` |
//! | [`RemoteUser`] | what a trusted gateway says | `header = ""` | `()` | none |
//! | [`Session`] | the login cookie | `challenge = ""` | [`Login`](crate::store::Login) | none |
//! | [`Token`] | `Authorization: Token` | `keyword = "Token"` | [`AccessToken`](crate::store::AccessToken) | `Token` |

pub(crate) mod authenticator;
mod basic;
mod bearer;
pub(crate) mod chain;
#[cfg(feature = "test")]
pub(crate) mod forced;
pub(crate) mod outcome;
mod remote_user;
pub(crate) mod resolved;
mod session;
pub(crate) mod source;
mod token;

pub use self::basic::Basic;
pub use self::bearer::Bearer;
pub use self::remote_user::{GatewayUser, RemoteUser};
pub use self::session::Session;
pub use self::token::Token;
