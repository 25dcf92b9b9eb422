//! Behaviour over HTTP, as a user of the crates sees it.

#![allow(clippy::unused_async, clippy::unwrap_used)] // handlers are async, and tests panic

mod documents;
mod handlers;
