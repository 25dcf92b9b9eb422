//! The CSRF secret that a login keeps.

use http::HeaderMap;

use crate::context::login_cookie::cookie_digest;
use crate::context::state::AuthContext;
use crate::store::{LoginStore, StoreResult};

/// Returns the CSRF secret of the login that the request came with.
pub(crate) async fn csrf_secret<B: LoginStore>(
    context: &AuthContext<B>,
    request: &HeaderMap,
) -> StoreResult<Option<String>> {
    let Some(digest) = cookie_digest(request, context.settings()) else { return Ok(None) };
    Ok(context.backend().find_login(&digest).await?.and_then(|record| record.csrf_secret))
}
