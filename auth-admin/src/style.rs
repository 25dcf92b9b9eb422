//! The style sheet, which every page has.

use auth_runtime::authenticate;
use auth_runtime::permission::AllowAny;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

const SHEET: &str = include_str!("style.css");

/// A number that another sheet would not have: with it in the address a browser may keep the sheet for good. FNV-1a.
pub(crate) const VERSION: u32 = {
    let (bytes, mut hash, mut at) = (SHEET.as_bytes(), 0x811c_9dc5_u32, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
};

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
pub(crate) async fn sheet() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, SHEET).into_response()
}
