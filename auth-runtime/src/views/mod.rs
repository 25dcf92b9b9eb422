//! Endpoints to mount: the login pages and the token endpoint, and building blocks for similar endpoints.

mod fields;
mod login_pages;
mod obtain_token;
mod see_other;

pub use self::fields::{Fields, Invalid, UnreadFields};
pub use self::login_pages::{login_pages, login_routes};
pub use self::obtain_token::{obtain_token, obtain_token_methods};
pub use self::see_other::see_other;
