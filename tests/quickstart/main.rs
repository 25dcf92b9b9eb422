//! The real `quickstart` program over real HTTP, as somebody sees it who has Rust alone.

#![allow(clippy::unwrap_used)] // tests panic

mod client;
mod curl;
mod killed;
mod odd_requests;
mod restart;
mod server;
mod start_errors;
mod store_failures;
mod ways_in;
