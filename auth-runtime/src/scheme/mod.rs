//! The built-in schemes: one file each, all of the same shape.
//!
//! | scheme | reads | options | credentials | challenge |
//! |---|---|---|---|---|
//! | [`Basic`] | `Authorization: Basic` | `realm = "api"` | `()` | `Basic realm="api"` |
//! | [`Bearer`] | `Authorization: Bearer` | `keyword = "Bearer"` | [`AccessToken`](crate::store::AccessToken) | `Bearer` |
//! | [`RemoteUser`] | what a trusted gateway says | `header = ""` | `()` | none |
//! | [`Session`] | the login cookie | `challenge = ""` | [`Login`](crate::store::Login) | none |
//! | [`Token`] | `Authorization: Token` | `keyword = "Token"` | [`AccessToken`](crate::store::AccessToken) | `Token` |

mod basic;
mod bearer;
mod remote_user;
mod session;
mod token;

pub use self::basic::Basic;
pub use self::bearer::Bearer;
pub use self::remote_user::{GatewayUser, RemoteUser};
pub use self::session::Session;
pub use self::token::Token;
