//! Endpoints to mount: the login pages and the token endpoint, and what others like them need.

mod fields;
mod login_pages;
mod obtain_token;

pub use self::fields::{Fields, Invalid, UnreadFields};
pub use self::login_pages::login_pages;
pub use self::obtain_token::obtain_token;
