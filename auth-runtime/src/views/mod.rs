//! Endpoints to mount: the login pages and the token endpoint.

mod login_pages;
mod obtain_token;

pub use self::login_pages::login_pages;
pub use self::obtain_token::obtain_token;
